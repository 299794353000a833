"""What an export says of itself: whose it is, what it predicts, and how to read it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from models.explanation.language import Language
from pipeline.config import Config
from pipeline.matrices.tasks import churn_task
from pipeline.standing.margins import Margins

SILENCE = "silence"
LABELS = ("Supplier", "Currency", "Order lines", "Eligible", "Churn", "Partnership", "Margin", "Reading reasons")
UNTIL = "until {day}"
ELIGIBLE = "{order_days} order days or more, the last within {days} days"
CHURN = "no order in a horizon of {days} days, from {gap} days after the date"
OTHER_CHURN = "{definition} Watched for {days} days, from {gap} days after the date."
PARTNERSHIP = "commitment shown in a horizon of {days} days, from {gap} days after the date"
MARGIN = "{share:.0%} of spend, over a planning period of {days} days"
OWN_MARGIN = (
    "each customer's own by unit costs, {share:.1%} of all spend in the year before, over a planning period of {days} "
    "days; 0 for who pays less than cost"
)
IN_PART = ("partial", "contract")
"""The definitions by which a customer can leave and go on buying."""
WHOLE = "{margin}. All of it counts as at risk, though who leaves by this definition may go on buying in part"
READING = "what the model looks at; associations, not causes"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*LABELS, UNTIL, ELIGIBLE, CHURN, OTHER_CHURN, PARTNERSHIP, MARGIN, OWN_MARGIN, WHOLE, READING]


def facts(
    config: Config,
    currency: str,
    last_day: date,
    margins: Margins,
    language: Language,
    kinds: Collection[str] = ("churn", "partnership"),
) -> dict[str, str]:
    """The facts by label. Nothing may change when a past date is scored again.

    Args:
        config: whose customers, and what is predicted of them, with settled horizons.
        currency: of the amounts.
        last_day: of the order lines.
        margins: those of the date.
        language: of the facts.
        kinds: of target that there are models of; of others nothing is predicted, and nothing said.
    """
    population, time = config.population, config.time
    horizon = config.partnership.horizon_days
    said = (
        config.name,
        currency,
        language.say(UNTIL, day=last_day),
        language.say(ELIGIBLE, order_days=population.min_order_days, days=population.activity_days),
        _churn(config, language),
        language.say(PARTNERSHIP, days=horizon, gap=time.gap_days),
        _margin(config, margins, language),
        language.text(READING),
    )
    found = dict(zip(LABELS, said, strict=True))
    if "partnership" not in kinds:
        del found["Partnership"]
    return {language.text(label): text for label, text in found.items()}


def _margin(config: Config, margins: Margins, language: Language) -> str:
    """What margins are, and how much of one is at risk where leaving is not the end of buying."""
    told = OWN_MARGIN if margins.own else MARGIN
    margin = language.say(told, share=margins.usual, days=config.scoring.planning_days)
    return language.say(WHOLE, margin=margin) if config.churn.target in IN_PART else margin


def _churn(config: Config, language: Language) -> str:
    """What leaving means here: of silence how long, of any other definition what it says of itself."""
    task, gap = churn_task(config), config.time.gap_days
    days = task.window.horizon_days
    if task.target.name == SILENCE:
        return language.say(CHURN, days=days, gap=gap)
    return language.say(OTHER_CHURN, definition=language.text(task.target.description), days=days, gap=gap)
