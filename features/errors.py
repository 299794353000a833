"""Problems a user can act on: what, where, got, expected, what to do, and the exit code."""

from __future__ import annotations

from collections.abc import Mapping

NOTHING_BESIDE: Mapping[str, object] = {}


class Problem(Exception):  # noqa: N818 - "problem" is the word of the interface
    """Something the user can put right.

    Args:
        what: one sentence, what went wrong.
        where: the file, table, column, setting or command concerned.
        got: what was found there.
        expected: what would have been right.
        todo: what to do about it.
        found: what a program wants to know beside, such as what became of each model; in the JSON document alone.

    `str(problem)` holds all five, one a line; `exit_code` is what the command ends with.
    """

    exit_code = 1

    def __init__(
        self,
        what: str,
        *,
        where: str,
        got: object,
        expected: object,
        todo: str,
        found: Mapping[str, object] = NOTHING_BESIDE,
    ) -> None:
        self.what, self.where, self.got, self.expected, self.todo = what, where, got, expected, todo
        self.found = found
        super().__init__(what)

    def __str__(self) -> str:
        rows = [("where", self.where), ("got", self.got), ("expected", self.expected), ("do", self.todo)]
        return "\n".join([self.what, *(f"  {name + ':':<10}{value}" for name, value in rows)])


class UsageProblem(Problem):
    """The command or the configuration is wrong. Exit code 2."""

    exit_code = 2


class DataProblem(Problem):
    """The data broke its contract. Exit code 3."""

    exit_code = 3


class ModelProblem(Problem):
    """No usable model, or the gate refused it. Exit code 4."""

    exit_code = 4


class BusyProblem(Problem):
    """Somebody else is at work on the same thing. Exit code 6."""

    exit_code = 6


class NothingToDo(Problem):
    """Nothing new to work on. Exit code 7."""

    exit_code = 7
