"""Settings of the population, of time, and of what is trained, scored and stored."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.settings_history import Section

Share = Annotated[float, Field(ge=0, le=1)]
Whole = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]


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


class Partnership(Section):
    """The second target: commitment shown in the outcome window."""

    horizon_days: Count
    stays_share: Share
    holds_share: Annotated[float, Field(ge=0)]
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


class Training(Section):
    """How models are trained and tested."""

    targets: list[Literal["churn", "partnership"]] = Field(min_length=1)
    test_cutoffs: Count
    calibration_days: Count
    min_rows: Count
    bootstrap_repetitions: Whole
    interval: Annotated[float, Field(gt=0, lt=1)]
    seed: Whole
    threads: Whole
    boosting: Boosting


class Scoring(Section):
    """What an export holds."""

    reasons_per_customer: Annotated[int, Field(ge=1, le=10)]
    margin_share: Share
    planning_days: Count


class Storage(Section):
    """Where everything produced is kept."""

    folder: str
    tracking_uri: str
    cache_gb: Annotated[float, Field(ge=0)]
