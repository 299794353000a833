"""One feature of one customer at one date, explained down to the rows of its tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from features.catalogue import FEATURES
from features.engine.declaration import Feature
from features.engine.plan import Population
from features.engine.store import LineStore
from features.errors import UsageProblem
from features.explain import Part, explain
from features.opening import opening_after
from pipeline.config import Config
from pipeline.dataset import churn_task
from pipeline.sources import read_history

ROWS_SHOWN = 12
"""Rows of a leaf that are printed for people, the latest; JSON holds them all."""
FIRST = ".age(first,"
"""A leaf that asks for the first row of all: of that the earliest are printed."""


@dataclass(frozen=True)
class Explanation:
    """What a feature came to, and how."""

    feature: Feature
    customer: str
    as_of: date
    part: Part

    def summary(self) -> dict[str, Any]:
        """JSON-able: the tree with every value and every row."""
        asked = {"feature": self.feature.name, "customer": self.customer, "as_of": str(self.as_of)}
        return {**asked, "unit": self.feature.unit, "expression": str(self.feature.expression), **asdict(self.part)}

    def text(self) -> str:
        """The tree, one part a line, each leaf followed by its rows."""
        head = [
            f"{self.feature.name} of {self.customer} at {self.as_of}: {_number(self.part.value)} ({self.feature.unit})",
            f"  {self.feature.description} Amounts inside are in cents.",
            "",
        ]
        return "\n".join([*head, *_lines(self.part, "")])


def explain_feature(config: Config, name: str, customer: str, as_of: date) -> Explanation:
    """Explain the feature `name` of a customer as the churn model sees it, from what was known before `as_of`.

    Raises:
        UsageProblem: there is no such feature.
        DataProblem: nothing is known of the customer by then.
    """
    found = next((feature for feature in FEATURES if feature.name == name), None)
    if found is None:
        raise UsageProblem(
            "There is no such feature.",
            where="--explain",
            got=name,
            expected="a name that `moorings features` lists",
            todo="look it up: moorings features",
        )
    store = LineStore.from_history(read_history(config, known_before=as_of).history)
    rule = Population(config.population.min_order_days, config.population.activity_days)
    window = churn_task(config).window
    (computed,) = opening_after(window.gap_days, [found])
    part = explain(computed, store, customer, as_of, horizon_days=window.horizon_days, population=rule)
    return Explanation(computed, customer, as_of, part)


def _lines(part: Part, indent: str) -> Iterator[str]:
    yield f"{indent}{_number(part.value)}  {part.text}"
    first = FIRST in part.text
    for row in part.rows[:ROWS_SHOWN] if first else part.rows[-ROWS_SHOWN:]:
        yield f"{indent}    {', '.join(_cell(name, value) for name, value in row.items())}"
    if len(part.rows) > ROWS_SHOWN:
        yield f"{indent}    and {len(part.rows) - ROWS_SHOWN:,} {'later' if first else 'earlier'} rows"
    for below in part.parts:
        yield from _lines(below, indent + "  ")


def _cell(name: str, value: str | float | None) -> str:
    return str(value) if name == "day" else f"{name} {_number(value) if isinstance(value, float) else value}"


def _number(value: float | None) -> str:
    return "null" if value is None else f"{value:,.6g}"
