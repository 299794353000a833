"""Settings of the population, of time, and of what is trained, scored and stored."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from features.families import FAMILIES
from models.churn import CHURN
from models.explanation.language import GRAMMARS
from pipeline.settings.filters import Section

Share = Annotated[float, Field(ge=0, le=1)]
Whole = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]


AUTO: Final = "auto"
"""A horizon that the history decides about, see `pipeline.learning.horizon`."""


def _is_horizon(value: object) -> object:
    if value == AUTO or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
        return value
    raise ValueError(f'"{AUTO}", or a whole number of days, at least 1')


class Population(Section):
    """Who is trained on and scored: the eligible customers."""

    min_order_days: Count
    activity_days: Count


class Time(Section):
    """Cutoffs, gap and horizon."""

    gap_days: Whole
    horizon_days: Count
    cutoff_months: Count
    look_back_months: Count


def _is_definition(name: str) -> str:
    if name not in CHURN:
        raise ValueError(f"one of the definitions of churn: {', '.join(CHURN)}")
    return name


class Churn(Section):
    """The first target: which definition of churn, and its thresholds, `models.churn.ChurnThresholds`."""

    target: Annotated[str, AfterValidator(_is_definition)]
    rhythm_multiple: Annotated[float, Field(gt=0)]
    rhythm_prior_gaps: Annotated[float, Field(gt=0)]
    rhythm_least_days: Count
    rhythm_most_days: Count
    partial_drop: Share
    category_share: Share
    contract_grace_days: Whole


class Partnership(Section):
    """The second target: commitment shown in the outcome window, `models.partnership.PartnershipThresholds`."""

    horizon_days: Annotated[int | Literal["auto"], BeforeValidator(_is_horizon)]
    stays_share: Share
    holds_share: Annotated[float, Field(ge=0)]
    acts_needed: Count
    discount_tolerance: Share
    lead_time_rise: Annotated[float, Field(ge=0)]
    least_orders: Count
    least_investment: Annotated[float, Field(ge=0)]
    early_days: Whole
    late_days: Count
    least_filled: Share
    most_faulty: Share
    price_rise: Annotated[float, Field(gt=0)]
    wallet_tolerance: Share
    least_quotes: Count
    price_gap_tolerance: Share
    low_base_rate: Share
    high_base_rate: Share


class Boosting(Section):
    """How trees are grown: `models.fit_settings.FitSettings`, by LightGBM's own names."""

    rounds: Count
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    num_leaves: Annotated[int, Field(ge=2, le=1024)]
    max_depth: Annotated[int, Field(ge=1, le=32)]
    min_data_in_leaf: Count
    feature_fraction: Annotated[float, Field(gt=0, le=1)]
    bagging_fraction: Annotated[float, Field(gt=0, le=1)]
    lambda_l2: Annotated[float, Field(ge=0)]
    extra_trees: bool


def _is_family(name: str) -> str:
    if name not in FAMILIES:
        raise ValueError(f"is none of the families {', '.join(FAMILIES)}")
    return name


Family = Annotated[str, AfterValidator(_is_family)]


class FamiliesLeftOut(Section):
    """By kind of target: the families of features it does not learn from."""

    churn: list[Family]
    partnership: list[Family]


class Tuning(Section):
    """A search for settings, `models.tuning`; no trials, no search."""

    trials: Whole
    folds: Count
    seconds: Annotated[float, Field(gt=0)]


class Training(Section):
    """How models are trained and tested."""

    targets: list[Literal["churn", "partnership"]] = Field(min_length=1)
    test_cutoffs: Count
    level_share: Share
    calibration: Literal["platt", "isotonic"]
    calibration_days: Count
    min_rows: Count
    bootstrap_repetitions: Whole
    interval: Annotated[float, Field(gt=0, lt=1)]
    checks: Literal["full", "quick"]
    check_customers: Whole
    trusted_features: list[str]
    min_eligible: Whole
    min_events: Whole
    seed: Whole
    threads: Whole
    families_left_out: FamiliesLeftOut
    slices: Whole
    half_life_months: Whole
    most_rounds: Whole
    patience: Whole
    monotone: bool
    survival: bool
    tuning: Tuning
    boosting: Boosting


class Promotion(Section):
    """When a challenger takes the champion's place: `models.evaluation.gate`."""

    auc_loss: Share


class Profit(Section):
    """What an offer to a customer is assumed to do: `models.evaluation.profit.Offer`."""

    acceptance: Annotated[float, Field(gt=0, le=1)]
    incentive_share: Share
    contact_cost: Annotated[float, Field(ge=0)]


def _is_language(name: str) -> str:
    if name not in GRAMMARS:
        raise ValueError(f"one of the languages {', '.join(GRAMMARS)}")
    return name


class Scoring(Section):
    """What an export holds."""

    reasons_per_customer: Annotated[int, Field(ge=1, le=10)]
    margin_share: Share
    planning_days: Count
    language: Annotated[str, AfterValidator(_is_language)]
    customers_a_bucket: Count
    page_customers: Count
    products_to_talk_about: Annotated[int, Field(ge=0, le=10)]


class Storage(Section):
    """Where everything produced is kept."""

    folder: str
    tracking_uri: str
    cache_gb: Annotated[float, Field(ge=0)]
    keep_cutoffs_days: Whole
    keep_replaced_days: Count
