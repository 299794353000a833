"""The compiled arithmetic on columns: programs that run block by block, and columns put in another order."""

# mypy: allow-untyped-defs, allow-untyped-decorators
from __future__ import annotations

import numpy as np
from numba import njit

BLOCK = 2048
"""Rows a step of a program works on at once: results stay in the nearer caches until the next step reads them."""

COLUMN, CONSTANT, STORE, KEEP, KEEP_DAYS = 0, 1, 2, 3, 4
FIRST_BINARY = 20
CODES = {
    "rounded_up": 10, "rounded_down": 11, "log1p": 12, "sqrt": 13,
    "add": 20, "subtract": 21, "multiply": 22, "divide": 23, "minimum": 24, "at_least": 25, "more_than": 26, "both": 27,
    "where": 28, "maximum": 29, "either": 30, "or_else": 31,
}  # fmt: skip
"""The operations of `arithmetic.py` as numbers; those of one argument come first."""


@njit(cache=True, nogil=True)
def run(steps, constants, inputs, stack, first, values, place, days, others):
    """Run a program over the columns `inputs` (columns, n), block by block.

    `steps` (m, 2): a code and its operand. COLUMN and CONSTANT push an input or a number; STORE pops a result into
    row `operand` of `values` (features, rows) from place `first` on, KEEP_DAYS and KEEP into row `operand` of `days`
    and `others` (parts, rows) at the `place` (n,) of each; every other code replaces the one or two topmost columns by
    its result. `stack` (depth, 2, BLOCK) is scratch: inputs stay where they are, and a result is written beside what it
    is made of, never over it, for a loop that may overwrite what it reads runs number by number.
    """
    column, turn = np.empty(len(stack), dtype=np.int64), np.zeros(len(stack), dtype=np.int64)
    for begin in range(0, inputs.shape[1], BLOCK):
        end, top = min(begin + BLOCK, inputs.shape[1]), -1
        for step in range(steps.shape[0]):
            code, operand = steps[step, 0], steps[step, 1]
            if code <= CONSTANT:
                top += 1
                column[top] = operand if code == COLUMN else -1
                if code == CONSTANT:
                    stack[top, turn[top]] = constants[operand]
                continue
            top -= code >= FIRST_BINARY
            x = _operand(top, column, turn, inputs, stack, begin, end)
            if code == STORE:
                _put(x, values[operand, first + begin : first + end])
                top -= 1
            elif code == KEEP:
                _deal(x, place[begin:end], others[operand])
                top -= 1
            elif code == KEEP_DAYS:
                _deal(x, place[begin:end], days[operand])
                top -= 1
            else:
                out = stack[top, 1 - turn[top], : end - begin]
                if code < FIRST_BINARY:
                    _unary(code, x, out)
                else:
                    y = _operand(top + 1, column, turn, inputs, stack, begin, end)
                    _binary(code, x, y, out)
                column[top], turn[top] = -1, 1 - turn[top]


@njit(cache=True, nogil=True, inline="always")
def _operand(level, column, turn, inputs, stack, begin, end):
    """What lies at a level of the stack (n,): rows of an input, or a result, of which there is room for two."""
    if column[level] >= 0:
        return inputs[column[level], begin:end]
    return stack[level, turn[level], : end - begin]


@njit(cache=True, nogil=True)
def _put(x, out):
    """`x` (n,) as numbers of 32 bits."""
    for i in range(x.size):
        out[i] = x[i]


@njit(cache=True, nogil=True)
def _deal(x, place, out):
    """Each of `x` (n,) to its place in `out`."""
    for i in range(x.size):
        out[place[i]] = x[i]


@njit(cache=True, nogil=True)
def _unary(code, x, out):
    """`out` (n,): a function of `x`; see `arithmetic.py`."""
    for i in range(x.size):
        if code == 10:
            out[i] = np.ceil(x[i])
        elif code == 11:
            out[i] = np.floor(x[i])
        elif code == 12:
            out[i] = np.log1p(x[i]) if x[i] > -1 else np.nan
        else:
            out[i] = np.sqrt(x[i]) if x[i] >= 0 else np.nan


@njit(cache=True, nogil=True)
def _binary(code, x, y, out):
    """`out` (n,): a function of `x` and `y`, a loop for each so that it runs at the speed of memory."""
    if code == 20:
        for i in range(x.size):
            out[i] = x[i] + y[i]
    elif code == 21:
        for i in range(x.size):
            out[i] = x[i] - y[i]
    elif code == 22:
        for i in range(x.size):
            out[i] = x[i] * y[i]
    elif code == 23:
        for i in range(x.size):
            out[i] = x[i] / y[i] if y[i] != 0 else np.nan
    elif code == 24:
        for i in range(x.size):
            out[i] = y[i] if y[i] < x[i] or np.isnan(y[i]) else x[i]
    elif code == 29:
        for i in range(x.size):
            out[i] = y[i] if y[i] > x[i] or np.isnan(y[i]) else x[i]
    else:
        _truth(code, x, y, out)


@njit(cache=True, nogil=True)
def _truth(code, x, y, out):
    """`out` (n,): whether something holds of `x` and `y`.

    28: `x` where `y` holds. 31: `y` where `x` is null.
    """
    for i in range(x.size):
        missing = np.isnan(x[i]) or np.isnan(y[i])
        if code == 25:
            out[i] = np.nan if missing else np.float64(x[i] >= y[i])
        elif code == 26:
            out[i] = np.nan if missing else np.float64(x[i] > y[i])
        elif code == 27:
            out[i] = 0.0 if x[i] == 0 or y[i] == 0 else (np.nan if missing else 1.0)
        elif code == 30:
            out[i] = 1.0 if x[i] == 1 or y[i] == 1 else (np.nan if missing else 0.0)
        elif code == 31:
            out[i] = y[i] if np.isnan(x[i]) else x[i]
        else:
            out[i] = x[i] if y[i] == 1 else np.nan


@njit(cache=True, nogil=True)
def cut(value, group, starts, out):
    """`out` (n,): the rows of `value` (n,) by group, in order; `starts` (groups,) where each begins, is used up."""
    for row in range(value.size):
        out[starts[group[row]]] = value[row]
        starts[group[row]] += 1


@njit(cache=True, nogil=True)
def pick(value, rows, out):
    """`out` (n,): the values of `rows` (n,)."""
    for place in range(rows.size):
        out[place] = value[rows[place]]


@njit(cache=True, nogil=True)
def deal_by_cutoff(there, places, out):
    """Where each row that is `there` (customers, K) lies in the order of the cutoffs, then customers; `out` (rows,).

    `places` (K,): where the rows of each cutoff begin; used up.
    """
    row = 0
    for customer in range(there.shape[0]):
        for k in range(there.shape[1]):
            if there[customer, k]:
                out[row] = places[k]
                row, places[k] = row + 1, places[k] + 1


@njit(cache=True, nogil=True)
def places_among(one_offsets, other_offsets, one_day, other_day, places):
    """Before which row of the one store each row (n,) of the other belongs, by customer and day; where equal, after it.

    Both are of the same customers.
    """
    for customer in range(one_offsets.size - 1):
        one = one_offsets[customer]
        for row in range(other_offsets[customer], other_offsets[customer + 1]):
            while one < one_offsets[customer + 1] and one_day[one] <= other_day[row]:
                one += 1
            places[row] = one


@njit(cache=True, nogil=True)
def put_among(one, other, places, out):
    """`out`: the values of the one, and each of the other before the row (n,) it belongs before."""
    begin = 0
    for row in range(other.size):
        out[begin + row : places[row] + row] = one[begin : places[row]]
        begin = places[row]
        out[begin + row] = other[row]
    out[begin + other.size :] = one[begin:]


@njit(cache=True, nogil=True)
def order_within(starts, customer, day, order):
    """`order` (n,): the rows of each part `[starts[p], starts[p + 1])` by customer, then day, as they came where equal.

    All rows of a customer lie in one part. Two counting sorts a part, or one where its days ascend already.
    """
    for part in range(starts.size - 1):
        begin, end = starts[part], starts[part + 1]
        if begin == end:
            continue
        rows = np.arange(begin, end)
        ascending = True
        for row in range(begin + 1, end):
            ascending = ascending and day[row] >= day[row - 1]
        if not ascending:
            rows = _counted(rows, day, day[begin:end].min(), day[begin:end].max())
        order[begin:end] = _counted(rows, customer, customer[begin:end].min(), customer[begin:end].max())


@njit(cache=True, nogil=True)
def _counted(rows, key, least, most):
    """`rows`, rearranged stably by their key, which lies in `[least, most]`."""
    starts = np.zeros(np.int64(most) - least + 2, dtype=np.int64)
    for row in rows:
        starts[np.int64(key[row]) - least + 1] += 1
    starts = np.cumsum(starts)
    result = np.empty_like(rows)
    for row in rows:
        place = np.int64(key[row]) - least
        result[starts[place]] = row
        starts[place] += 1
    return result
