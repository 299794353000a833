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
import pyarrow as pa

from features.engine import kernels, kernels_of_columns
from features.engine.by_cutoff import add_cohort_features
from features.engine.declaration import Feature
from features.engine.draft import ELIGIBLE, LAPSED, NEW, STATUS, Draft, Population, Programs, Question, Spine
from features.engine.events import is_purchase, roll_up
from features.engine.everybody import with_market
from features.engine.expression import Leaf
from features.engine.primitives import Array, Pass, evaluate
from features.engine.primitives_of_tables import table_values
from features.engine.store import Ints, LineStore, day_number
from features.engine.table_leaf import TableLeaf
from features.engine.view import HistoryView

__all__ = [
    "ELIGIBLE", "LAPSED", "NEW", "ORDER_DAYS", "SILENT_DAYS", "STATUS", "Matrix", "Population", "Spine", "build",
    "leaf_values",
]  # fmt: skip
Flags = npt.NDArray[np.bool_]
ROWS_A_CHUNK, CUSTOMERS_A_CHUNK = 24_000, 12_000
"""At most. What a chunk costs beside its rows, 3 ms, speaks for many rows; the lines of its customers for few."""
ORDER_DAYS = HistoryView().order_days.count()
SILENT_DAYS = HistoryView().order_days.since_last()
USUAL = Population()


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


def build(
    store: LineStore,
    cutoffs: Sequence[date],
    features: Iterable[Feature],
    *,
    horizon_days: int,
    population: Population = USUAL,
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
    store = with_market(store, numbers, programs.leaves, horizon_days)
    with ThreadPoolExecutor(threads) as pool:
        status = np.concatenate([*pool.map(lambda part: _status(part, question), _chunks(store, numbers.size))])
        draft = Draft.empty(status, programs, len(features))
        _fill(draft, store, question, programs, pool, progress)
    add_cohort_features(draft, question, programs)
    return Matrix(draft.spine(), days, tuple(f.name for f in features), draft.values)


def _keep_freed_memory() -> None:
    """Have the C library keep what a chunk frees for the next one, and Arrow give back what reading has freed.

    Freeing one block just under 32 MiB teaches glibc so; elsewhere it does nothing. Each page that is asked for again
    costs as much as computing what goes into it. What Arrow gives back, the matrix is written into: memory that is in
    use already costs a virtual machine a twentieth of memory that is not.
    """
    np.empty(2**25 - 2**16, dtype=np.uint8)
    pa.default_memory_pool().release_unused()


def _chunks(store: LineStore, cutoffs: int) -> Iterator[LineStore]:
    """The store in parts of few customers; at least one, and no row is copied."""
    step = max(1, min(ROWS_A_CHUNK // max(1, cutoffs), CUSTOMERS_A_CHUNK))
    for first in range(0, max(1, store.customers), step):
        yield store.slice(first, min(first + step, store.customers))


def _status(store: LineStore, question: Question) -> npt.NDArray[np.int8]:
    """The status (customers, K) of a chunk: -1 before a customer's first order day is known."""
    shape = (store.customers, question.cutoffs.size)
    days, last = np.empty(shape, dtype=np.int32), np.zeros(shape, dtype=np.int32)
    known = store.day if store.known is None else store.known
    kernels.census(store.offsets, store.day, known, is_purchase(store), question.cutoffs, days, last)
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
    for program, rows, begin, dealt, kept in (
        (programs.own, chosen, first[0], draft.own, draft.kept),
        (programs.shared, draft.status >= 0, first[1], draft.everybody, draft.shared),
    ):
        index = np.flatnonzero(rows).view(np.uint64)
        inputs = np.empty((len(program.inputs), index.size))
        for leaf, column in zip(program.inputs, inputs, strict=True):
            kernels_of_columns.pick(dense[leaf].reshape(-1), index, column)
        program.run(inputs, begin, draft.values, dealt.place[begin : begin + index.size], kept)


def leaf_values(
    store: LineStore, cutoffs: Ints, wanted: set[Leaf], horizon_days: int, chosen: Flags | None = None
) -> dict[Leaf, Array]:
    """The leaves (customers, K) from rows known before each cutoff; values not `chosen` (customers, K) may be anything.

    The pass takes rows as known on their day. Customers with a row that happened before a cutoff but was known
    only later are computed again for that cutoff, from what was known.
    """
    tabled = {leaf for leaf in wanted if isinstance(leaf, TableLeaf)}
    wanted = wanted - tabled
    dense = evaluate(Pass(roll_up(store.settled()), cutoffs, horizon_days, chosen), wanted)
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
