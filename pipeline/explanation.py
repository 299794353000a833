"""One feature of one customer at one date, explained down to the rows of its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any

import numpy as np
import pyarrow as pa

from features.catalogue import BY_NAME
from features.engine.declaration import Feature
from features.engine.line_columns import coded
from features.engine.plan import Population
from features.engine.store import EPOCH, LineStore
from features.errors import DataProblem, UsageProblem
from features.explain import Part, explain, reasons
from features.explained_rows import Names
from features.needs import asks_for_horizon
from features.opening import opening_after
from pipeline.config import Config
from pipeline.explanation_text import lines_of, number
from pipeline.matrices.tasks import tasks
from pipeline.registry.model_horizon import settled_by_model
from pipeline.scoring.score import read_known
from pipeline.sources.asked_ids import as_read
from pipeline.sources.history_end import check_date
from pipeline.sources.id_forms import form_of, written_otherwise
from pipeline.sources.store import StoreReading, read_store

KEYS = {"order": "order_id", "product": "product_id", "category": "category"}
"""The store's columns of codes, and those of the order lines that say what the codes stand for."""


@dataclass(frozen=True)
class Explanation:
    """What a feature came to for the model of a target, and how.

    `horizons` are those of all targets in days, empty where the feature knows of none; `currency` is "" where unknown.
    """

    feature: Feature
    customer: str
    as_of: date
    part: Part
    target: str
    horizons: Mapping[str, int]
    currency: str

    def summary(self) -> dict[str, Any]:
        """JSON-able: the tree with every value and every row."""
        asked = {"feature": self.feature.name, "customer": self.customer, "as_of": str(self.as_of)}
        asked |= {"target": self.target, "unit": self.feature.unit, "expression": str(self.feature.expression)}
        known = {"horizon_days": self.horizons.get(self.target), "currency": self.currency}
        return {**asked, **known, "missing": reasons(self.part), **asdict(self.part)}

    def text(self) -> str:
        """The tree, one part a line, each leaf followed by its rows."""
        unit = self.feature.unit.replace("currency", self.currency or "currency")
        head = f"{self.feature.name} of {self.customer} at {self.as_of}: {number(self.part.value)} ({unit})"
        told = [self.feature.description, self._horizon(), *(f"No value: {why}." for why in reasons(self.part))]
        return "\n".join([head, *(f"  {each}" for each in told if each), "", *lines_of(self.part)])

    def _horizon(self) -> str:
        own = self.horizons.get(self.target)
        others = [f"{days} days: --target {kind}" for kind, days in self.horizons.items() if days != own]
        beside = f" Another model sees it with {', '.join(others)}." if others else ""
        return f"As the {self.target} model sees it, with a horizon of {own} days.{beside}" if own else ""


def explain_feature(config: Config, name: str, customer: str, as_of: date, target: str = "") -> Explanation:
    """Explain the feature `name` of a customer as the model of a target sees it, from what was known before `as_of`.

    Without a `target` it is that of the first model that learns from the feature. A customer asked for by an id that it
    had before is explained under the one it is known by now.

    Raises:
        UsageProblem: there is no such feature or target.
        DataProblem: nothing is known of the customer by then, or the history says nothing of the date.
    """
    feature = _named(name)
    kind, found = _target(target, feature, config), read_known(config, as_of)
    (customer,) = as_read([customer], config) or [customer]
    customer = found.reading.renamed.get(customer, customer)
    known = tasks(settled_by_model(config, store=found.store))
    window = known[kind].window
    (computed,) = opening_after(window.gap_days, [feature])
    check_date(found.store, as_of)
    _check_customer(found.store, customer, as_of, config)
    rule = Population(config.population.min_order_days, config.population.activity_days)
    at, names = (computed, found.store, customer, as_of), _names(found, config)
    part = explain(*at, horizon_days=window.horizon_days, population=rule, names=names)
    horizons = {each: task.window.horizon_days for each, task in known.items() if asks_for_horizon(computed)}
    return Explanation(computed, customer, as_of, part, kind, horizons, found.reading.history.currency)


def _named(name: str) -> Feature:
    if name in BY_NAME:
        return BY_NAME[name]
    nearest = get_close_matches(name, BY_NAME, n=3, cutoff=0.5)
    raise UsageProblem(
        "There is no such feature.",
        where="--explain",
        got=name,
        expected="a name that `moorings features` lists",
        todo=f"did you mean {' or '.join(map(repr, nearest))}?" if nearest else "look it up: moorings features",
    )


def _target(asked: str, feature: Feature, config: Config) -> str:
    """The target asked for, or else the first whose model learns from the family of the feature."""
    kinds, left_out = config.training.targets, config.training.families_left_out.model_dump()
    if asked in kinds:
        return asked
    if not asked:
        return next((kind for kind in kinds if feature.family not in left_out[kind]), kinds[0])
    raise UsageProblem(
        "There is no such target.",
        where="--target",
        got=asked,
        expected=f"one of: {', '.join(kinds)}, as [training] targets has them",
        todo="choose one of these, or leave --target out",
    )


def _check_customer(store: LineStore, customer: str, as_of: date, config: Config) -> None:
    """Refuse a customer that nothing is known of, and say whether another date or another spelling would help."""
    if customer in store.customer_ids:
        return
    later = read_store(config).store
    if customer in later.customer_ids:
        place = int(np.flatnonzero(later.customer_ids == customer)[0])
        rows = later.slice(place, place + 1)
        known = int((rows.day if rows.known is None else rows.known).min())
        first = EPOCH + timedelta(days=known)
        todo = f"choose a later date: its first order line was known on {first}"
    else:
        other = written_otherwise(pa.array(later.customer_ids, pa.string()), customer)
        todo = "check the spelling, capitals included: the history has no such customer at any date"
        todo = f"write it as the order lines do, of the form {form_of(other)}" if other else todo
    raise DataProblem(
        "Nothing is known of this customer before the date.",
        where="--customer, --as-of",
        got=f"{customer} at {as_of}",
        expected="a customer with an order that was known before",
        todo=todo,
    )


def _names(found: StoreReading, config: Config) -> Names:
    """What the codes of orders, products and categories stand for, as far as the supplier has such columns."""
    lines, mapped = found.reading.history.order_lines, config.history.order_lines.mapped
    texts = {key: coded(lines, column) for key, column in KEYS.items() if column in mapped}
    return {key: tuple(text[1]) for key, text in texts.items() if text is not None}
