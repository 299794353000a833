"""What commands say: results on stdout, as text or as one JSON document; progress and problems on stderr."""

from __future__ import annotations

import json
import logging
import math
import os
import sys
import traceback
from pathlib import Path
from typing import Any, Protocol

from features.errors import Problem
from pipeline.process.log_lines import OURS, say
from pipeline.process.machine import MachineProblem
from pipeline.process.run_id import run_id

CHECKOUT = Path(__file__).resolve().parents[2]


class Outcome(Protocol):
    """What a command came to."""

    def summary(self) -> dict[str, Any]:
        """For programs: JSON-able."""

    def text(self) -> str:
        """For people."""


def show(outcome: Outcome, *, as_json: bool) -> None:
    """Print an outcome on stdout, at once; as JSON with the id of the run before all else.

    Raises:
        MachineProblem: stdout cannot be written, for example where it leads to a file on a full disk.
        BrokenPipeError: whoever read it has gone.
    """
    try:
        print(to_json({"run": run_id(), **outcome.summary()}) if as_json else outcome.text(), flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise MachineProblem(
            "The work is done, but what it came to cannot be written.",
            where="stdout",
            got=error.strerror,
            expected="a place with room that may be written",
            todo="free some room, and run the same command again: what is done is not done twice",
        ) from error


def to_json(value: object) -> str:
    """A JSON document: numbers that are none become null, dates and paths become text."""
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, indent=2)


def refuse(problem: Problem, *, as_json: bool) -> int:
    """Say a problem on stderr, and with `--json` as a document on stdout too. Returns the exit code."""
    parts = {name: str(getattr(problem, name)) for name in ("what", "where", "got", "expected", "todo")}
    found = {"kind": type(problem).__name__, "exit_code": problem.exit_code, **parts, **problem.found}
    say(str(problem), logging.ERROR, message=problem.what, problem=found)
    if as_json:
        _tell(found)
    return problem.exit_code


def admit(error: BaseException, *, as_json: bool) -> int:
    """Say an unexpected error: where in the program it arose, but not its text, which may quote a customer's data."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_ours(frame.filename)]
    places = [f"{Path(f.filename).relative_to(CHECKOUT)}:{f.lineno} in {f.name}" for f in frames[-3:]]
    found = {"kind": type(error).__name__, "exit_code": 1, "what": "an unexpected error", "where": places}
    what = f"moorings has failed: {found['kind']}. This is a fault of the program."
    debugging = bool(os.environ.get("MOORINGS_DEBUG"))
    hint = [] if debugging else ["  do: set MOORINGS_DEBUG=1 to see the whole error; it may show customer data"]
    lines = [what, *(f"  at {place}" for place in places), *hint]
    say("\n".join(lines), logging.CRITICAL, message=what, problem=found)
    if debugging:
        traceback.print_exception(error, file=sys.stderr)
    if as_json:
        _tell(found)
    return 1


def _tell(problem: dict[str, Any]) -> None:
    """A problem as a document on stdout. Where stdout is the problem, the exit code and stderr have to do."""
    try:
        print(to_json({"run": run_id(), "problem": problem}), flush=True)
    except OSError:  # what could not be written would be tried again at the end, and change the exit code
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_ours(file: str) -> bool:
    return any(Path(file).is_relative_to(CHECKOUT / name) for name in OURS)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    return str(value)
