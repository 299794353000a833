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

CHECKOUT = Path(__file__).resolve().parents[2]
OURS = ("features", "models", "pipeline")


class Outcome(Protocol):
    """What a command came to."""

    def summary(self) -> dict[str, Any]:
        """For programs: JSON-able."""

    def text(self) -> str:
        """For people."""


def show(outcome: Outcome, *, as_json: bool) -> None:
    """Print an outcome on stdout."""
    print(to_json(outcome.summary()) if as_json else outcome.text())


def to_json(value: object) -> str:
    """A JSON document: numbers that are none become null, dates and paths become text."""
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, indent=2)


def report(what: str, share: float) -> None:
    """One line of progress on stderr: what is being done, and the share (0 to 1) of it that is done."""
    print(f"{share:4.0%}  {what}", file=sys.stderr, flush=True)


def follow_progress() -> None:
    """Let the log of our own modules appear on stderr; other people's logs stay as they are."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    for name in OURS:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)


def refuse(problem: Problem, *, as_json: bool) -> int:
    """Say a problem on stderr, and with `--json` as a document on stdout too. Returns the exit code."""
    print(problem, file=sys.stderr)
    if as_json:
        parts = {name: str(getattr(problem, name)) for name in ("what", "where", "got", "expected", "todo")}
        kind = type(problem).__name__
        print(to_json({"problem": {"kind": kind, "exit_code": problem.exit_code, **parts}}))
    return problem.exit_code


def admit(error: BaseException, *, as_json: bool) -> int:
    """Say an unexpected error: where in the program it arose, but not its text, which may quote a customer's data."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_ours(frame.filename)]
    places = [f"{Path(f.filename).relative_to(CHECKOUT)}:{f.lineno} in {f.name}" for f in frames[-3:]]
    kind = type(error).__name__
    print(f"moorings has failed: {kind}. This is a fault of the program.", file=sys.stderr)
    print("\n".join(f"  at {place}" for place in places), file=sys.stderr)
    if os.environ.get("MOORINGS_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
    else:
        print("  do: set MOORINGS_DEBUG=1 to see the whole error; it may show customer data", file=sys.stderr)
    if as_json:
        print(to_json({"problem": {"kind": kind, "exit_code": 1, "what": "an unexpected error", "where": places}}))
    return 1


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
