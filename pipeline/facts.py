"""What an export says of itself: whose it is, what it predicts, and how to read it."""

from __future__ import annotations

from datetime import date

from models.explanation.language import Language
from pipeline.config import Config

LABELS = ("Supplier", "Currency", "Order lines", "Eligible", "Churn", "Margin", "Reading reasons")
UNTIL = "until {day}"
ELIGIBLE = "{order_days} order days or more, the last within {days} days"
CHURN = "no order in a horizon of {days} days, from {gap} days after the date"
MARGIN = "{share:.0%} of spend, over a planning period of {days} days"
READING = "what the model looks at; associations, not causes"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*LABELS, UNTIL, ELIGIBLE, CHURN, MARGIN, READING]


def facts(config: Config, currency: str, last_day: date, language: Language) -> dict[str, str]:
    """The facts by label; `last_day`: of the order lines. Nothing may change when a past date is scored again."""
    population, time, scoring = config.population, config.time, config.scoring
    said = (
        config.name,
        currency,
        language.say(UNTIL, day=last_day),
        language.say(ELIGIBLE, order_days=population.min_order_days, days=population.activity_days),
        language.say(CHURN, days=time.horizon_days, gap=time.gap_days),
        language.say(MARGIN, share=scoring.margin_share, days=scoring.planning_days),
        language.text(READING),
    )
    return dict(zip(map(language.text, LABELS), said, strict=True))
