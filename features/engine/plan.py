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

from features.engine import kernels
from features.engine.asked import Asked
from features.engine.by_cutoff import add_cohort_features
from features.engine.declaration import Feature
from features.engine.draft import ELIGIBLE, LAPSED, NEW, STATUS, Draft, Population, Programs, Question, Spine
from features.engine.events import is_purchase
from features.engine.everybody import with_market
from features.engine.freed_memory import keep_freed_memory, touch
from features.engine.leaf_values import asked_values
from features.engine.merging import MergedStore
from features.engine.room import IN_MEMORY, Room
from features.engine.store import Ints, LineStore, day_number
from features.engine.view import HistoryView

__all__ = [
    "ELIGIBLE", "LAPSED", "NEW", "ORDER_DAYS", "SILENT_DAYS", "STATUS", "Matrix", "Population", "Spine", "build",
]  # fmt: skip
Flags = npt.NDArray[np.bool_]
ROWS_A_CHUNK, CUSTOMERS_A_CHUNK = 24_000, 6_000
"""A chunk has no more than either. The fixed cost of a chunk, 3 ms, argues for large chunks; the memory that the order
lines of its customers take argues for small ones."""
CHUNKS_TO_SETTLE = 10
"""What so many chunks write, some 200 MB, may be put away at once: seldom enough to cost nothing."""
ORDER_DAYS = HistoryView().order_days.count()
SILENT_DAYS = HistoryView().order_days.since_last()
USUAL = Population()


@dataclass(frozen=True)
class Matrix:
    """Features of the eligible rows of a spine.

    `values` (eligible rows, features) is column-major float32, NaN being null, in the order of
    `np.flatnonzero(spine.eligible)`; `names` are its columns.
    """

    spine: Spine
    cutoffs: tuple[date, ...]
    names: tuple[str, ...]
    values: npt.NDArray[np.float32]

    @property
    def customer(self) -> Ints:
        """Whose each row of `values` is, (eligible rows,): an index into the store's `customer_ids`."""
        return self.spine.customer[self.spine.eligible]


def build(
    store: LineStore | MergedStore,
    cutoffs: Sequence[date],
    features: Iterable[Feature],
    *,
    horizon_days: int,
    population: Population = USUAL,
    threads: int = 1,
    progress: Callable[[float], None] = lambda share: None,
    room: Room = IN_MEMORY,
) -> Matrix:
    """The features of every eligible customer at every cutoff, from rows known before it.

    Args:
        store: the order lines.
        cutoffs: plain dates, at least one, in any order; duplicates count once.
        features: the columns, in order.
        horizon_days: what the horizon means in features that speak of it.
        population: who is eligible.
        threads: chunks computed at once; the result does not depend on it.
        progress: called with the share of customers done.
        room: where the matrix lies, and what it is made of; the result does not depend on it.

    Returns:
        The matrix, with the spine of all customers known at each cutoff.

    Raises:
        TypeError: a cutoff is no plain date, or there is none.
    """
    features = tuple(features)
    days = checked(cutoffs)
    numbers = np.array([day_number(day) for day in days], dtype=np.int32)
    question = Question(tuple(f.expression for f in features), numbers, horizon_days, population)
    programs = Programs.of(question)
    keep_freed_memory()
    with ThreadPoolExecutor(threads) as pool:
        chunks = [*_chunks(store.customers, numbers.size)]
        status = np.concatenate([*pool.map(lambda chunk: _status(store.slice(*chunk), question), chunks)])
        draft = Draft.empty(status, programs, len(features), room)
        touch(draft.values)
        store = with_market(store, numbers, programs.leaves, horizon_days)
        room.settle()
        _fill(draft, store, question, programs, pool, progress)
    add_cohort_features(draft, question, programs)
    return Matrix(draft.spine(), days, tuple(f.name for f in features), draft.values)


def checked(cutoffs: Sequence[date]) -> tuple[date, ...]:
    """The cutoffs, ascending, each once.

    Raises:
        TypeError: one is no plain date, such as a time stamp, of which nobody could say whether its own day counts; or
            there is none.
    """
    wrong = [cutoff for cutoff in cutoffs if type(cutoff) is not date]
    if wrong or not len(cutoffs):
        got = f"{wrong[0]!r}, a {type(wrong[0]).__name__}" if wrong else "none"
        raise TypeError(
            f"cutoffs: expected dates (datetime.date), at least one; got {got}; .date() makes a day of a time"
        )
    return tuple(sorted(set(cutoffs)))


def _chunks(customers: int, cutoffs: int) -> Iterator[tuple[int, int]]:
    """The customers in parts `[first, last)` of few; at least one part."""
    step = max(1, min(ROWS_A_CHUNK // max(1, cutoffs), CUSTOMERS_A_CHUNK))
    for first in range(0, max(1, customers), step):
        yield first, min(first + step, customers)


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
    store: LineStore | MergedStore,
    question: Question,
    programs: Programs,
    pool: ThreadPoolExecutor,
    progress: Callable[[float], None],
) -> None:
    """Write every customer's own values."""
    eligible, known = (np.count_nonzero(rows, axis=1) for rows in (draft.status == ELIGIBLE, draft.status >= 0))
    before = (np.concatenate([[0], np.cumsum(rows)]) for rows in (eligible, known))
    eligible_before, known_before = before

    def work(chunk: tuple[int, int]) -> None:
        first, last = chunk
        part = replace(draft, status=draft.status[first:last])
        _answer(part, store.slice(first, last), (eligible_before[first], known_before[first]), question, programs)

    chunks = [*_chunks(store.customers, question.cutoffs.size)]
    for done, _ in enumerate(pool.map(work, chunks), start=1):
        progress(done / len(chunks))
        if done % CHUNKS_TO_SETTLE == 0:
            draft.room.settle()


def _answer(draft: Draft, store: LineStore, first: tuple[int, int], question: Question, programs: Programs) -> None:
    """Write one chunk of customers, `first` being their first eligible and first known row."""
    asked = [(programs.own, draft.status == ELIGIBLE), (programs.shared, draft.status >= 0)]
    wanted = [(program.inputs, Asked.of(rows, question.cutoffs)) for program, rows in asked]
    inputs = asked_values(store, question.cutoffs, question.horizon_days, wanted)
    own, everybody = (slice(begin, begin + part.shape[1]) for begin, part in zip(first, inputs, strict=True))
    programs.own.run(inputs[0], own.start, draft.values, draft.own.place[own], draft.kept)
    programs.shared.run(inputs[1], everybody.start, draft.values, draft.everybody.place[everybody], draft.shared)
