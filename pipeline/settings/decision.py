"""Settings of states and plays."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, create_model

from models.decision.plays import PLAYS
from pipeline.settings.filters import Section
from pipeline.settings.training import Count, Share, Whole

Percentile = Annotated[float, Field(ge=0, le=100)]


class States(Section):
    """Where one state of a relationship ends and the next begins: `models.decision.standing.StateThresholds`."""

    course_cutoffs: Count
    high_cost: Percentile
    low_cost: Percentile
    low_value: Percentile
    high_pressure: Percentile
    partner_value: Percentile
    partner_propensity: Percentile
    captive_propensity: Annotated[float, Field(gt=0)]
    one_sided: Share
    least_coverage: Share
    drop: Annotated[float, Field(gt=0)]
    rise: Annotated[float, Field(gt=0)]
    margin: Percentile
    probability_margin: Annotated[float, Field(ge=0, lt=1)]


class Play(Section):
    """What one play is assumed to do and to cost: `models.decision.worth.Assumption`."""

    acceptance: Annotated[float, Field(gt=0, le=1)]
    incentive_share: Share
    contact_cost: Annotated[float, Field(ge=0)]
    growth_share: Annotated[float, Field(ge=0)]
    capacity: Whole
    cooldown_days: Whole
    most_tries: Whole


def _nothing(share: float) -> float:
    if share > 0:
        raise ValueError("0: no measure of this play carries an incentive, so no text would say what is given")
    return share


class Giving(Play):
    """The same of a play with a measure that carries an incentive, which may be left out."""

    acceptance_unpaid: Share


class GivingNothing(Play):
    """The same of a play without a measure that carries an incentive: what it gave would be a blanket discount."""

    incentive_share: Annotated[Share, AfterValidator(_nothing)]


PlaySettings: Any = create_model(
    "PlaySettings",
    __base__=Section,
    __doc__="Every declared play by its code.",
    **{code: (Giving if play.carries_incentive else GivingNothing, ...) for code, play in PLAYS.items()},  # type: ignore[call-overload]
)


PlayWords: Any = create_model(
    "PlayWords",
    __base__=Section,
    __doc__="By code of a play the words for what it does in the table of treatments.",
    **dict.fromkeys(PLAYS, (list[str], ...)),  # type: ignore[call-overload]
)


class Plays(Section):
    """The campaign, its hold-out, who is left in peace, who is a key account, and every play by its code."""

    campaign: str
    holdout_share: Annotated[float, Field(ge=0, lt=1)]
    never_contact: list[str]
    key_account_share: Annotated[float, Field(gt=0, le=1)]
    also_called: PlayWords
    play: PlaySettings
