"""Expressions as a program: a list of steps for a machine with a stack, so that columns never leave the cache.

One program writes many features. It runs over the rows of a chunk block by block, straight into the matrix.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import filterfalse

import numpy as np
import numpy.typing as npt

from features.engine import kernels_of_columns
from features.engine.expression import Constant, Expression, Horizon, Leaf, Operation, leaves
from features.engine.kernels_of_columns import BLOCK, CODES, COLUMN, CONSTANT, FIRST_BINARY, KEEP, KEEP_DAYS, STORE
from features.engine.part_values import PartValues, counts_days

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.uint32]
Step = tuple[int, int]


@dataclass(frozen=True)
class Program:
    """`steps` (m, 2) over the columns of `inputs`, with `constants` (c,) and a stack `depth` deep."""

    inputs: tuple[Leaf, ...]
    steps: npt.NDArray[np.int32]
    constants: Array
    depth: int

    def run(self, inputs: Array, first: int, values: npt.NDArray[np.float32], place: Places, kept: PartValues) -> None:
        """Write the results of `inputs` (inputs, n) to rows `[first, first + n)` of the matrix, kept parts to `place`.

        `values` (rows, features) is column-major; `place` (n,): where each row lies in what is `kept`.
        """
        stack = np.empty((self.depth, 2, BLOCK))
        out = values.T, place, kept.days, kept.others
        kernels_of_columns.run(self.steps, self.constants, inputs, stack, first, *out)


def compiled(stored: Sequence[tuple[int, Expression]], kept: Sequence[Expression], horizon_days: int) -> Program:
    """The program that stores expressions in columns of a matrix, and keeps others in the order of the list.

    Raises:
        KeyError: an expression needs a cohort.
    """
    wanted = [(STORE, *pair) for pair in stored]
    for code, parts in ((KEEP_DAYS, filter(counts_days, kept)), (KEEP, filterfalse(counts_days, kept))):
        wanted += [(code, place, part) for place, part in enumerate(parts)]
    inputs = tuple(sorted(set().union(*(leaves(part) for _, _, part in wanted)), key=str))
    constants: dict[float, int] = {}
    steps: list[Step] = []
    for code, place, part in wanted:
        steps += [*_steps(part, {leaf: column for column, leaf in enumerate(inputs)}, constants, horizon_days)]
        steps.append((code, place))
    written = np.array(steps, dtype=np.int32).reshape(-1, 2)
    return Program(inputs, written, np.array([*constants], dtype=np.float64), _depth(steps))


def _steps(part: Expression, inputs: dict[Leaf, int], constants: dict[float, int], horizon_days: int) -> Iterator[Step]:
    """What leaves the value of an expression on top of the stack."""
    if isinstance(part, Leaf):
        yield COLUMN, inputs[part]
    elif isinstance(part, (Constant, Horizon)):
        number = part.value if isinstance(part, Constant) else float(horizon_days)
        yield CONSTANT, constants.setdefault(number, len(constants))
    elif isinstance(part, Operation):
        for argument in part.arguments:
            yield from _steps(argument, inputs, constants, horizon_days)
        yield CODES[part.name], 0
    else:
        raise KeyError(f"no program for {part}")


def _depth(steps: Sequence[Step]) -> int:
    """The most columns that are on the stack at once."""
    height = deepest = 0
    for code, _ in steps:
        if code in (COLUMN, CONSTANT):
            height += 1
        elif code in (STORE, KEEP, KEEP_DAYS) or code >= FIRST_BINARY:
            height -= 1
        deepest = max(deepest, height)
    return max(1, deepest)
