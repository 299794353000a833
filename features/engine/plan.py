"""Declarations, history and cutoffs to a matrix: customers in chunks, one pass each, then what needs everybody.

A customer's own values come first, chunk by chunk and thread by thread; chunks are independent. Cohort values
follow on the few columns they need, and last the features built on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from features.engine import kernels
from features.engine.declaration import Feature
from features.engine.evaluation import Cohorts, Columns, add_cohorts, among_everybody, cohorts, frontier
from features.engine.events import purchases, roll_up
from features.engine.expression import Cohort, Expression, Leaf, needs_cohort
from features.engine.primitives import Array, Pass, evaluate
from features.engine.program import Program, compiled
from features.engine.store import Ints, LineStore, day_number
from features.engine.view import HistoryView

Flags = npt.NDArray[np.bool_]
ELIGIBLE, NEW, LAPSED = 0, 1, 2
STATUS = ("eligible", "new", "lapsed")
ROWS_A_CHUNK = 12_000
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


@dataclass(frozen=True)
class Programs:
    """How a customer's own values are written: once per build, for all chunks.

    `own` writes the features that need no cohort, and keeps the parts `kept` of the others; both of eligible rows.
    `shared` keeps the parts `everybody` of every known row, for the `cohorts` that look at all customers.
    """

    own: Program
    kept: tuple[Expression, ...]
    shared: Program
    everybody: tuple[Expression, ...]
    cohorts: tuple[Cohort, ...]

    @classmethod
    def of(cls, question: Question) -> Programs:
        """The programs that answer a question."""
        known = among_everybody(cohorts(question.expressions))
        own = [(place, part) for place, part in enumerate(question.expressions) if not needs_cohort(part)]
        kept = frontier(filter(needs_cohort, question.expressions), known)
        everybody = frontier(argument for node in known for argument in node.arguments)
        days = question.horizon_days
        programs = compiled(own, kept, days), compiled([], everybody, days)
        return cls(programs[0], tuple(kept), programs[1], tuple(everybody), tuple(known))

    @property
    def leaves(self) -> set[Leaf]:
        """Every leaf that has to be computed."""
        return {*self.own.inputs, *self.shared.inputs}


@dataclass(frozen=True)
class Draft:
    """A matrix that is being filled, chunk by chunk.

    `status` (customers, K) is -1 where a customer is not known; `values` (eligible rows, features); `kept` (parts,
    eligible rows) and `shared` (parts, known rows) are what cohorts are computed from.
    """

    status: npt.NDArray[np.int8]
    values: npt.NDArray[np.float32]
    kept: Array
    shared: Array

    @classmethod
    def empty(cls, status: npt.NDArray[np.int8], programs: Programs, features: int) -> Draft:
        """Memory for the rows that `status` says there are; untouched until it is written."""
        eligible, known = np.count_nonzero(status == ELIGIBLE), np.count_nonzero(status >= 0)
        values = np.empty((eligible, features), dtype=np.float32, order="F")
        return cls(
            status, values, np.empty((len(programs.kept), eligible)), np.empty((len(programs.everybody), known))
        )

    def spine(self) -> Spine:
        """The rows of everybody known."""
        customer, cutoff = (part.astype(np.int32) for part in np.nonzero(self.status >= 0))
        return Spine(customer, cutoff, self.status[customer, cutoff])


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
    programs = Programs.of(question)
    _keep_freed_memory()
    with ThreadPoolExecutor(threads) as pool:
        status = np.concatenate([*pool.map(lambda part: _status(part, question), _chunks(store, numbers.size))])
        draft = Draft.empty(status, programs, len(features))
        _fill(draft, store, question, programs, pool, progress)
    spine = draft.spine()
    _add_cohort_features(draft, spine, question, programs)
    return Matrix(spine, days, tuple(f.name for f in features), draft.values)


def _keep_freed_memory() -> None:
    """Have the C library keep what a chunk frees for the next one, instead of giving it back page by page.

    Freeing one block just under 32 MiB teaches glibc so; elsewhere it does nothing. Each page that is asked for again
    costs as much as computing what goes into it.
    """
    np.empty(2**25 - 2**16, dtype=np.uint8)


def _chunks(store: LineStore, cutoffs: int) -> Iterator[LineStore]:
    """The store in parts of few customers; at least one, and no row is copied."""
    step = max(1, ROWS_A_CHUNK // max(1, cutoffs))
    for first in range(0, max(1, store.customers), step):
        yield store.slice(first, min(first + step, store.customers))


def _status(store: LineStore, question: Question) -> npt.NDArray[np.int8]:
    """The status (customers, K) of a chunk: -1 before a customer's first order day is known."""
    shape = (store.customers, question.cutoffs.size)
    days, last = np.empty(shape, dtype=np.int32), np.zeros(shape, dtype=np.int32)
    known = store.day if store.known is None else store.known
    kernels.census(store.offsets, store.day, known, purchases(store), question.cutoffs, days, last)
    status = question.population.status(days, question.cutoffs - last)
    return np.where(days > 0, status, np.int8(-1))


def _fill(
    draft: Draft,
    store: LineStore,
    question: Question,
    programs: Programs,
    pool: ThreadPoolExecutor,
    progress: Callable[[float], None],
) -> None:
    """Write every customer's own values."""
    eligible, known = (np.count_nonzero(rows, axis=1) for rows in (draft.status == ELIGIBLE, draft.status >= 0))
    before = (np.concatenate([[0], np.cumsum(rows)]) for rows in (eligible, known))
    eligible_before, known_before = before

    def work(place: tuple[int, LineStore]) -> None:
        first, chunk = place
        part = replace(draft, status=draft.status[first : first + chunk.customers])
        _answer(part, chunk, (eligible_before[first], known_before[first]), question, programs)

    parts = [*_chunks(store, question.cutoffs.size)]
    firsts = np.cumsum([0, *(part.customers for part in parts)])
    for done, _ in enumerate(pool.map(work, zip(firsts, parts, strict=False)), start=1):
        progress(done / len(parts))


def _answer(draft: Draft, store: LineStore, first: tuple[int, int], question: Question, programs: Programs) -> None:
    """Write one chunk of customers, `first` being their first eligible and first known row."""
    chosen = draft.status == ELIGIBLE
    dense = leaf_values(store, question.cutoffs, programs.leaves, question.horizon_days, chosen)
    for program, rows, begin, kept in (
        (programs.own, chosen, first[0], draft.kept),
        (programs.shared, draft.status >= 0, first[1], draft.shared),
    ):
        index = np.flatnonzero(rows)
        inputs = np.empty((len(program.inputs), index.size))
        for leaf, column in zip(program.inputs, inputs, strict=True):
            np.take(dense[leaf].reshape(-1), index, out=column, mode="clip")
        program.run(inputs, begin, draft.values, kept)


def leaf_values(
    store: LineStore, cutoffs: Ints, wanted: set[Leaf], horizon_days: int, chosen: Flags | None = None
) -> dict[Leaf, Array]:
    """The leaves (customers, K) from rows known before each cutoff; values not `chosen` (customers, K) may be anything.

    The pass takes rows as known on their day. Customers with a row that happened before a cutoff but was known
    only later are computed again for that cutoff, from what was known.
    """
    dense = evaluate(Pass(roll_up(store.settled()), cutoffs, horizon_days, chosen), wanted)
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


def _add_cohort_features(draft: Draft, spine: Spine, question: Question, programs: Programs) -> None:
    """Write the features that need a cohort, one by one; what later ones do not need is let go of."""
    chosen = spine.status == ELIGIBLE
    everybody = Columns(len(spine), question.horizon_days, dict(zip(programs.everybody, draft.shared, strict=True)))
    with threadpool_limits(1, user_api="blas"):  # a fit has four parameters: more threads only wait for each other
        add_cohorts(everybody, list(programs.cohorts), spine.cutoff, chosen)
    given: dict[Expression, Array] = dict(zip(programs.kept, draft.kept, strict=True))
    given |= {node: everybody.found[node][chosen] for node in programs.cohorts}
    among = Cohorts(spine.cutoff[chosen], np.ones(len(draft.values), dtype=bool))
    for place, expression in enumerate(question.expressions):
        if needs_cohort(expression):
            columns = Columns(len(draft.values), question.horizon_days, dict(given))
            among.add(columns, cohorts([expression]))
            draft.values[:, place] = columns.value(expression)
