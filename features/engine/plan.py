"""Declarations, history and cutoffs to a matrix: customers in chunks, one pass each, then what needs everybody.

A customer's own values come first, chunk by chunk and thread by thread; chunks are independent. Cohort values
follow on the few columns they need, and last the features built on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from features.engine.declaration import Feature
from features.engine.evaluation import Columns, add_cohorts, cohorts, frontier
from features.engine.events import roll_up
from features.engine.expression import Expression, Leaf, leaves, needs_cohort
from features.engine.market import with_market
from features.engine.primitives import Array, Pass, evaluate
from features.engine.primitives_of_tables import table_values
from features.engine.store import Ints, LineStore, day_number
from features.engine.table_leaf import TableLeaf
from features.engine.view import HistoryView

ELIGIBLE, NEW, LAPSED = 0, 1, 2
STATUS = ("eligible", "new", "lapsed")
ROWS_A_CHUNK = 50_000
ORDER_DAYS = HistoryView().order_days.count()
SILENT_DAYS = HistoryView().order_days.since_last()


@dataclass(frozen=True)
class Population:
    """Who is scored: customers with `min_order_days` order days, the last within `activity_days` of the cutoff."""

    min_order_days: int = 3
    activity_days: int = 365

    def status(self, order_days: Array, silent_days: Array) -> npt.NDArray[np.int8]:
        """`ELIGIBLE`, `NEW` (too few order days) or `LAPSED` (silent for longer than the activity window), (n,)."""
        lapsed = np.where(silent_days > self.activity_days, LAPSED, ELIGIBLE)
        return np.where(order_days < self.min_order_days, NEW, lapsed).astype(np.int8)


@dataclass(frozen=True)
class Spine:
    """One row per cutoff and customer known before it, by customer, then by cutoff.

    `customer` (rows,) indexes the store's `customer_ids`, `cutoff` (rows,) the sorted cutoffs; `status` (rows,)
    is an index into `STATUS`.
    """

    customer: Ints
    cutoff: Ints
    status: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return self.customer.size


@dataclass(frozen=True)
class Matrix:
    """Features of the eligible rows of a spine.

    `values` (eligible rows, features) is column-major float32, NaN being null, in the order of
    `np.flatnonzero(spine.status == ELIGIBLE)`; `names` are its columns.
    """

    spine: Spine
    cutoffs: tuple[date, ...]
    names: tuple[str, ...]
    values: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Question:
    """What to compute: expressions at cutoffs under a horizon, for a population."""

    expressions: tuple[Expression, ...]
    cutoffs: Ints
    horizon_days: int
    population: Population

    @property
    def leaves(self) -> set[Leaf]:
        """Every leaf that has to be computed, those of the population rule included."""
        return leaves(ORDER_DAYS) | leaves(SILENT_DAYS) | set().union(*map(leaves, self.expressions))


@dataclass(frozen=True)
class Part:
    """The answer for one chunk: its spine, own values of eligible rows, and what cohorts need of all rows."""

    spine: Spine
    own: list[npt.NDArray[np.float32]]
    shared: dict[Expression, Array]


def build(
    store: LineStore,
    cutoffs: Sequence[date],
    features: Iterable[Feature],
    *,
    horizon_days: int,
    population: Population = Population(),
    threads: int = 1,
    progress: Callable[[float], None] = lambda share: None,
) -> Matrix:
    """The features of every eligible customer at every cutoff, from rows known before it.

    Args:
        store: the order lines.
        cutoffs: in any order; duplicates count once.
        features: the columns, in order.
        horizon_days: what the horizon means in features that speak of it.
        population: who is eligible.
        threads: chunks computed at once; the result does not depend on it.
        progress: called with the share of customers done.

    Returns:
        The matrix, with the spine of all customers known at each cutoff.
    """
    features = tuple(features)
    days = tuple(sorted(set(cutoffs)))
    numbers = np.array([day_number(day) for day in days], dtype=np.int32)
    question = Question(tuple(f.expression for f in features), numbers, horizon_days, population)
    store = with_market(store, numbers, question.leaves, horizon_days)
    parts = list(_answers(store, question, threads, progress))
    spine = _joined(parts)
    values = _assemble(question, parts, spine)
    return Matrix(spine, days, tuple(f.name for f in features), values)


def _answers(store: LineStore, question: Question, threads: int, progress: Callable[[float], None]) -> Iterator[Part]:
    step = max(1, ROWS_A_CHUNK // max(1, question.cutoffs.size))
    starts = range(0, store.customers, step)

    def work(first: int) -> Part:
        return _answer(store.slice(first, min(first + step, store.customers)), first, question)

    with ThreadPoolExecutor(threads) as pool:
        for done, part in enumerate(pool.map(work, starts), start=1):
            progress(done / len(starts))
            yield part


def _answer(store: LineStore, first: int, question: Question) -> Part:
    """One chunk of customers, the first of which has index `first`."""
    dense = leaf_values(store, question.cutoffs, question.leaves, question.horizon_days)
    order_days, silent_days = (dense[leaf] for leaf in (ORDER_DAYS, SILENT_DAYS))  # type: ignore[index]
    known = order_days > 0
    customer, cutoff = np.nonzero(known)
    status = question.population.status(order_days[known], silent_days[known])
    spine = Spine((customer + first).astype(np.int32), cutoff.astype(np.int32), status)
    parts = frontier(filter(needs_cohort, question.expressions))
    needed: set[Leaf] = set().union(*map(leaves, parts))
    everybody = Columns(len(spine), question.horizon_days, {leaf: dense[leaf][known] for leaf in needed})
    shared = {part: everybody.value(part) for part in parts}
    chosen = known.copy()
    chosen[known] = status == ELIGIBLE
    scored = Columns(int(chosen.sum()), question.horizon_days, {leaf: value[chosen] for leaf, value in dense.items()})
    own = [scored.value(e).astype(np.float32) for e in question.expressions if not needs_cohort(e)]
    return Part(spine, own, shared)


def leaf_values(store: LineStore, cutoffs: Ints, wanted: set[Leaf], horizon_days: int) -> dict[Leaf, Array]:
    """The leaves (customers, K) from rows known before each cutoff.

    The pass takes rows as known on their day. Customers with a row that happened before a cutoff but was known
    only later are computed again for that cutoff, from what was known.
    """
    tabled = {leaf for leaf in wanted if isinstance(leaf, TableLeaf)}
    wanted = wanted - tabled
    dense = evaluate(Pass(roll_up(store.settled()), cutoffs, horizon_days), wanted)
    dense.update(table_values(store, cutoffs, tabled, horizon_days))
    if store.known is None:
        return dense
    owner = np.repeat(np.arange(store.customers), np.diff(store.offsets))
    for k, cutoff in enumerate(cutoffs):
        unseen = (store.day < cutoff) & (store.known >= cutoff)
        late = np.zeros(store.customers, dtype=bool)
        late[owner[unseen]] = True
        if late.any():
            seen = store.select(late[owner] & (store.known < cutoff)).settled()
            for leaf, value in evaluate(Pass(roll_up(seen), cutoffs[k : k + 1], horizon_days), wanted).items():
                dense[leaf][late, k] = value[late, 0]
    return dense


def _joined(parts: list[Part]) -> Spine:
    columns = [np.concatenate([getattr(p.spine, name) for p in parts]) for name in ("customer", "cutoff", "status")]
    return Spine(*columns)


def _assemble(question: Question, parts: list[Part], spine: Spine) -> npt.NDArray[np.float32]:
    """The matrix of all chunks, with the features that need a cohort."""
    chosen = spine.status == ELIGIBLE
    values = np.empty((int(chosen.sum()), len(question.expressions)), dtype=np.float32, order="F")
    wanted = cohorts(question.expressions)
    shared = {key: np.concatenate([p.shared[key] for p in parts]) for key in parts[0].shared}
    columns = Columns(len(spine), question.horizon_days, shared)
    with threadpool_limits(1, user_api="blas"):  # a fit has four parameters: more threads only wait for each other
        add_cohorts(columns, wanted, spine.cutoff, chosen)
    own = 0
    for position, expression in enumerate(question.expressions):
        if needs_cohort(expression):
            values[:, position] = columns.value(expression)[chosen]
        else:
            np.concatenate([part.own[own] for part in parts], out=values[:, position])
            own += 1
    return values
