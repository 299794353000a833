"""Raw order lines to stores and matrices, and ways to make up histories that sit on every edge."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from buying_reference import weeks
from customers import OPTIONAL, Cohort, Line, cohort_at
from hypothesis import strategies as st
from reference import REFERENCE
from rhythm_reference import TWO_YEARS, days_of
from table_histories import Tables, busy_tables, tables, to_arrow

from features.btyd import fit_bg_nbd, fit_gamma_poisson
from features.catalogue import FEATURES
from features.engine.declaration import Feature
from features.engine.evaluation import Columns, add_cohorts, cohorts
from features.engine.expression import leaves
from features.engine.leaf_values import leaf_values
from features.engine.plan import ELIGIBLE, ORDER_DAYS, SILENT_DAYS, STATUS, Matrix, Population, build
from features.engine.store import LineStore, day_number
from features.history import ORDER_LINES, History
from features.table_declaration import ARROW_TYPE

EVERYTHING = frozenset(OPTIONAL)
NO_TABLES: Tables = {}
ANYBODY = Population(min_order_days=1, activity_days=36_500)
FIELD = {
    "customer_id": "customer",
    "order_id": "order",
    "ordered_on": "day",
    "product_id": "product",
    "quantity": "quantity",
    "net_amount": "cents",
    "category": "category",
    "list_amount": "list_cents",
    "unit_cost": "unit_cost",
    "channel": "channel",
    "is_return": "is_return",
    "known_on": "known_on",
}


def day(days: int, start: date = date(2021, 1, 1)) -> date:
    return start + timedelta(days=days)


def to_history(lines: Sequence[Line], has: Iterable[str] = EVERYTHING, tables: Tables = NO_TABLES) -> History:
    """Lines and tables as the pipeline would hand them over, without the optional columns not in `has`."""
    columns = {}
    for name, attribute in FIELD.items():
        if name not in OPTIONAL or name in has:
            values, kind = [getattr(line, attribute) for line in lines], ARROW_TYPE[ORDER_LINES.by_name[name].kind]
            text = pa.types.is_dictionary(kind)
            columns[name] = pa.array(values, pa.string()).dictionary_encode() if text else pa.array(values, kind)
    return History(pa.table(columns), optional={name: to_arrow(name, table) for name, table in tables.items()})


def to_store(lines: Sequence[Line], has: Iterable[str] = EVERYTHING, tables: Tables = NO_TABLES) -> LineStore:
    return LineStore.from_history(to_history(lines, has, tables))


def to_matrix(
    lines: Sequence[Line],
    cutoffs: Sequence[date],
    *,
    horizon: int = 90,
    has: Iterable[str] = EVERYTHING,
    features: Iterable[Feature] = FEATURES,
    population: Population = ANYBODY,
    threads: int = 1,
    tables: Tables = NO_TABLES,
) -> Matrix:
    store = to_store(lines, has, tables)
    return build(store, cutoffs, features, horizon_days=horizon, population=population, threads=threads)


Values = dict[tuple[str, date, str], float]


def engine_values(
    store: LineStore, cutoffs: Sequence[date], horizon: int, population: Population, features: Sequence[Feature]
) -> tuple[Values, dict[tuple[str, date], str]]:
    """What the engine has of every known customer before rounding to float32, and everybody's status."""
    dates = sorted(set(cutoffs))
    days = np.array([day_number(cutoff) for cutoff in dates], dtype=np.int32)
    expressions = tuple(feature.expression for feature in features)
    wanted = set().union(leaves(ORDER_DAYS), leaves(SILENT_DAYS), *map(leaves, expressions))
    dense = leaf_values(store, days, wanted, horizon)
    known = dense[ORDER_DAYS] > 0
    customer, cutoff = np.nonzero(known)
    status = population.status(dense[ORDER_DAYS][known], dense[SILENT_DAYS][known])
    columns = Columns(customer.size, horizon, {leaf: value[known] for leaf, value in dense.items()})
    add_cohorts(columns, cohorts(expressions), cutoff, status == ELIGIBLE)
    rows = [(store.customer_ids[c], dates[k]) for c, k in zip(customer, cutoff, strict=True)]
    values = {
        (*row, feature.name): float(value)
        for feature in features
        for row, value in zip(rows, columns.value(feature.expression), strict=True)
    }
    return values, {row: STATUS[code] for row, code in zip(rows, status, strict=True)}


def fitted(cohort: Cohort) -> Cohort:
    """The cohort with the parameters that the product fits to it (the fits are tested in test_btyd.py)."""
    for days in (math.inf, TWO_YEARS):
        rows = [weeks(c, days) for c in cohort.customers if days_of(c, days)]
        repeats, last, age, _ = np.array(rows, dtype=float).reshape(-1, 4).T
        poisson, model = fit_gamma_poisson(repeats, age), fit_bg_nbd(repeats, last, age)
        cohort.poisson[days] = None if poisson is None else (poisson.r, poisson.alpha)
        cohort.bg_nbd[days] = None if model is None else (model.r, model.alpha, model.a, model.b)
    return cohort


def reference_values(
    lines: Sequence[Line],
    cutoffs: Sequence[date],
    horizon: int,
    population: Population,
    has: frozenset[str],
    tables: Tables = NO_TABLES,
    gap: int = 0,
    features: Sequence[Feature] = FEATURES,
) -> tuple[Values, dict[tuple[str, date], str]]:
    """The same by the plain reference; null is NaN."""
    values, statuses = {}, {}
    for cutoff in sorted(set(cutoffs)):
        cohort = fitted(cohort_at(lines, cutoff, horizon, has, tables, **population.__dict__))
        for c in cohort.customers:
            c.gap = gap
        for c in cohort.customers:
            statuses[c.name, cutoff] = cohort.status(c)
            for name in (feature.name for feature in features if feature.name in REFERENCE):
                value = REFERENCE[name](c)
                values[c.name, cutoff, name] = float("nan") if value is None else float(value)
    return values, statuses


def disagreements(engine: Values, reference: Values, relative: float = 1e-9) -> dict:
    """Keys whose values differ by more than `relative`, with both; NaN equals NaN only."""
    return {
        key: (engine.get(key), reference.get(key))
        for key in engine.keys() | reference.keys()
        if key not in engine
        or key not in reference
        or not np.isclose(engine[key], reference[key], rtol=relative, atol=1e-12, equal_nan=True)
    }


@dataclass(frozen=True)
class Situation:
    """A history with the questions asked of it."""

    lines: tuple[Line, ...]
    cutoffs: tuple[date, ...]
    horizon: int
    has: frozenset[str] = EVERYTHING
    population: Population = ANYBODY
    tables: Tables = field(default_factory=dict)


LENGTHS = (0, 1, 7, 14, 30, 60, 90, 180, 182, 330, 360, 365, 366, 730)


@st.composite
def situations(draw: st.DrawFn, most_lines: int = 40) -> Situation:
    """Histories whose orders sit on the edges of windows, with everything that goes wrong in real tables."""
    steps = draw(st.lists(st.integers(1, 200), min_size=0, max_size=5))
    cutoffs = tuple(day(sum(steps[:number])) for number in range(len(steps) + 1))
    horizon = draw(st.one_of(st.sampled_from((1, 7, 30, 90, 180, 364, 365, 366, 400)), st.integers(1, 400)))
    edges = sorted({*LENGTHS, *(horizon * n for n in (1, 2, 3, 4)), 365 - horizon, -horizon})
    on_an_edge = st.builds(
        lambda cutoff, ago, nudge: cutoff - timedelta(days=ago + nudge),
        st.sampled_from(cutoffs),
        st.sampled_from(edges),
        st.sampled_from((0, 1, -1)),
    )
    days = st.one_of(on_an_edge, st.integers(-800, 300).map(day))
    lateness = draw(st.sampled_from(((None, None, 0, 1, 5, 60, 400), (None, 0))))  # or not one line of all is late
    lines = st.builds(
        lambda line, late: replace(line, known=None if late is None else line.day + timedelta(days=late)),
        st.builds(
            Line,
            customer=st.sampled_from(("ann", "bob", "cy")),
            order=st.sampled_from([f"o{number}" for number in range(8)]),
            day=days,
            product=st.sampled_from(("p", "q", "r", "s", None)),
            quantity=st.sampled_from((1.0, 2.0, 0.5, 0.0, 12.345, -1.0, None)),
            cents=st.sampled_from((1, 99, 10_000, 7, 123_456_789_012, 0, -500, None)),
            category=st.sampled_from(("c", "d", None)),
            is_return=st.sampled_from((False, False, False, True, None)),
            list_cents=st.sampled_from((None, 0, 99, 110, 20_000)),
            unit_cost=st.sampled_from((None, 0, 60)),
            channel=st.sampled_from((None, "EDI", "api/v2", "phone", "media")),
        ),
        st.sampled_from(lateness),
    )
    made = draw(st.lists(lines, min_size=1, max_size=most_lines))
    again = draw(st.lists(st.sampled_from(made), max_size=3))  # exact duplicates
    order = draw(st.permutations(range(len(made + again)))) if draw(st.booleans()) else range(len(made + again))
    return Situation(
        tuple((made + again)[number] for number in order),
        cutoffs,
        horizon,
        draw(st.sampled_from((EVERYTHING, *(EVERYTHING - {name} for name in OPTIONAL), frozenset(), EVERYTHING))),
        draw(st.sampled_from((ANYBODY, Population(2, 180), Population()))),
        draw(tables(cutoffs)),
    )


STAPLE = "p1"
"""What every fifth customer of a busy supplier buys with four of five orders."""


def busy_supplier(customers: int = 60, seed: int = 1, days: int = 1100, late: bool = True) -> list[Line]:
    """A larger history, from `day(-days)` to `day(450)`: enough customers to fit a cohort, every kind of line."""
    chance, lines = random.Random(seed), []
    for number in range(customers):
        name, pace = f"k{number:03}", chance.choice((4, 12, 30, 45))
        left = (-200 if pace > 12 else 0, -600 if pace > 30 else 0)  # never so dead that P(silent) is 1.0
        stops = chance.choice((*left, 450, 450, 450))
        at, order = chance.randrange(-days, -50), 0
        while at < stops:
            order += 1
            for _ in range(chance.choice((1, 1, 2, 3))):
                line = _line(chance, name, f"{name}-{order}", at, late)
                lines.append(replace(line, product=STAPLE) if number % 5 == 0 and order % 5 else line)
            at += 1 + int(chance.expovariate(1 / pace))
    chance.shuffle(lines)
    return lines


def tables_of(lines: Sequence[Line], first: date | None = None, days: int = 1500) -> Tables:
    """Every optional table, full, for the customers of these lines."""
    orders = sorted({(line.customer, line.order) for line in lines})
    return busy_tables(sorted({line.customer for line in lines}), orders, first or day(-1100), days)


def _line(chance: random.Random, name: str, order: str, at: int, late: bool) -> Line:
    back = chance.random() < 0.06
    placed = day(at + (chance.random() < 0.1))
    product = chance.choice((None, *(f"p{number}" for number in range(25))))
    return Line(
        name,
        order,
        placed,
        product={"p24": f"of season {at // 60}", "p23": f"made for {name}"}.get(product or "", product),
        quantity=(-1 if back else 1) * chance.choice((1, 2, 5, 0.25)),
        cents=(-1 if back else 1) * chance.choice((0, 50, 1999, 2500, 120_000)),
        category=chance.choice((None, "a", "b", "c", "d", "e")),
        is_return=back,
        known=placed + timedelta(days=chance.choice((0, 0, 0, 3, 40))) if late else None,
        list_cents=(None, 50, 2500, 150_000)[at % 4],
        unit_cost=(None, 10, 700)[at % 3],
        channel=(None, "EDI", "phone", "EDI", "phone")[at % 5],
    )
