"""A program writes what the expressions say, to the last bit; ranks and cuts are what their names say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.engine import kernels_of_columns, kernels_of_ranks
from features.engine.arithmetic import OPERATIONS
from features.engine.days import EVER, Days, Window
from features.engine.dealt import Dealt
from features.engine.evaluation import Columns
from features.engine.expression import Cohort, Constant, Horizon, Leaf, Operation, leaves
from features.engine.kernels_of_columns import BLOCK, CODES, FIRST_BINARY
from features.engine.part_values import PartValues
from features.engine.program import compiled
from features.engine.room import IN_MEMORY
from features.engine.table_leaf import TableLeaf

NULL = math.nan
UNARY, BINARY = ([name for name in CODES if (CODES[name] >= FIRST_BINARY) == two] for two in (False, True))
A, B = (Leaf("order_days", "total", column, Window(EVER)) for column in ("orders", "lines"))
AGE = Leaf("order_days", "age", "last", Window(EVER))
EDGES = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.25, 1e300, NULL, math.inf)


def run(expressions, columns, kept=(), horizon=90) -> tuple[np.ndarray, np.ndarray]:
    program = compiled(list(enumerate(expressions)), kept, horizon)
    inputs = np.array([columns[leaf] for leaf in program.inputs], dtype=float)
    rows = len(next(iter(columns.values())))
    inputs = inputs.reshape(len(program.inputs), rows if program.inputs else 1)
    values = np.full((inputs.shape[1], len(expressions)), -7, dtype=np.float32, order="F")
    parts = PartValues.empty(kept, inputs.shape[1], IN_MEMORY)
    program.run(inputs, 0, values, np.arange(inputs.shape[1], dtype=np.uint32), parts)
    return values, np.array([*parts.by_part(kept).values()])


def test_every_operation_has_a_code():
    assert set(CODES) == set(OPERATIONS)


trees = st.recursive(
    st.sampled_from([A, B, Constant(0.0), Constant(2.5), Horizon()]),
    lambda below: st.one_of(
        st.builds(lambda name, x: Operation(name, (x,)), st.sampled_from(UNARY), below),
        st.builds(
            lambda name, x, y: Operation(name, (x, y)),
            st.sampled_from(BINARY),
            below,
            below,
        ),
    ),
    max_leaves=8,
)  # fmt: skip


@given(trees, st.lists(st.tuples(st.sampled_from(EDGES), st.sampled_from(EDGES)), min_size=1, max_size=8))
def test_a_program_computes_what_the_columns_do(tree, rows):
    columns = dict(zip((A, B), np.array(rows, dtype=float).T, strict=True))
    with np.errstate(all="ignore"):
        expected = Columns(len(rows), 90, dict(columns)).value(A + B * 0 + tree)
        _, kept = run([], columns, [A + B * 0 + tree])
    np.testing.assert_allclose(kept[0], expected, rtol=1e-15)
    assert np.array_equal(np.signbit(kept[0]), np.signbit(expected)) or np.isnan(expected).any()


@pytest.mark.parametrize("rows", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
def test_blocks_leave_no_seam(rows):
    columns = {A: np.arange(rows) * 1.0, B: np.ones(rows)}
    values, kept = run([A + B, A], columns, [A - B])
    assert values[:, 0].tolist() == list(range(1, rows + 1)) and values[:, 1].tolist() == list(range(rows))
    assert kept[0].tolist() == list(range(-1, rows - 1))


def test_a_program_writes_from_the_first_row_it_is_given_and_only_there():
    values, kept = np.full((4, 1), -7, dtype=np.float32, order="F"), PartValues.empty([A, AGE], 4, IN_MEMORY)
    kept.days[:] = kept.others[:] = -7
    program, place = compiled([(0, A)], [A, AGE], 90), np.array([3, 0], dtype=np.uint32)
    given = {A: [5.0, 6.0], AGE: [8.0, 9.0]}
    program.run(np.array([given[leaf] for leaf in program.inputs]), 1, values, place, kept)
    assert values[:, 0].tolist() == [-7, 5, 6, -7]
    assert kept.others.tolist() == [[6, -7, -7, 5]] and kept.days.tolist() == [[9, -7, -7, 8]]


LARGE = 2.0**24 + 1
"""More than 32 bits hold to the last digit."""


@pytest.mark.parametrize(
    "part",
    [A, A + AGE, Leaf("order_days", "total", "spend", Window(EVER)), TableLeaf("contracts", "age", "", Window(EVER))],
    ids=str,
)
def test_only_what_counts_days_is_kept_in_half_the_memory(part):
    _, kept = run([], {leaf: np.array([LARGE]) for leaf in leaves(part)}, [part])
    assert kept[0, 0] in (LARGE, 2 * LARGE)


@pytest.mark.parametrize("days", [0.0, 1.0, 2.0**24, NULL])
def test_days_are_kept_as_they_are(days):
    parts = [
        AGE,
        Leaf("order_days", "total", "days", Window(EVER)),
        Leaf("order_days", "periods", "days", Window(EVER)),
    ]
    _, kept = run([], dict.fromkeys(parts, np.array([days])), parts)
    np.testing.assert_array_equal(kept[:, 0], days)
    assert kept.dtype == np.float32


def test_the_horizon_is_a_number_of_days():
    assert run([Leaf("order_days", "total", "orders", Window(Days(1))) * 0 + Horizon()], {
        Leaf("order_days", "total", "orders", Window(Days(1))): np.zeros(1)
    }, horizon=33)[0].tolist() == [[33]]  # fmt: skip


def test_what_needs_a_cohort_has_no_program():
    with pytest.raises(KeyError, match=r"no program for eligible\.rank"):
        compiled([(0, Cohort("eligible", "rank", (A,)))], [], 90)


numbers = st.one_of(st.sampled_from((0.0, -0.0, 1.0, 2.0, NULL, -1.5)), st.floats(allow_nan=True, width=64))


whole = st.sampled_from((0.0, -0.0, 1.0, 2.0, 7.0, NULL))


@given(st.one_of(*(st.lists(st.tuples(kind, st.booleans()), max_size=40) for kind in (numbers, whole))))
def test_ranks_count_the_chosen_below_and_half_of_those_equal(rows):
    value, chosen = np.array([row[0] for row in rows]), np.array([row[1] for row in rows], dtype=bool)
    out = np.empty(value.size)
    median = kernels_of_ranks.ranks(value, chosen, out)
    there = value[chosen & ~np.isnan(value)]
    expected = [
        NULL if np.isnan(x) or not there.size else ((there < x).sum() + (there == x).sum() / 2) / there.size
        for x in value
    ]
    np.testing.assert_allclose(out, expected, rtol=1e-15)
    ordered = np.sort(there)
    middle = ordered[(there.size - 1) // 2] / 2 + ordered[there.size // 2] / 2 if there.size else NULL
    np.testing.assert_allclose(median, middle, rtol=1e-15)


@given(st.lists(st.integers(0, 4), max_size=30))
def test_cut_sorts_by_cutoff_in_order(groups):
    group, value = np.array(groups, dtype=np.int32), np.arange(len(groups)) * 1.0
    starts = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=5))])[:-1]
    cut = np.empty_like(value)
    kernels_of_columns.cut(value, group, starts.copy(), cut)
    assert cut.tolist() == value[np.argsort(group, kind="stable")].tolist()


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), max_size=12))
def test_rows_by_customer_are_dealt_by_cutoff_and_picked_back(there):
    flags = np.array(there, dtype=bool).reshape(-1, 3)
    dealt, cell = Dealt.of(flags), np.arange(flags.size).reshape(flags.shape)
    by_cutoff, back = cell.T[flags.T], np.empty(np.count_nonzero(flags), dtype=np.int64)
    assert [by_cutoff[dealt.cutoff(k)].tolist() for k in range(3)] == [cell[flags[:, k], k].tolist() for k in range(3)]
    kernels_of_columns.pick(by_cutoff, dealt.place, back)
    assert back.tolist() == cell[flags].tolist()
