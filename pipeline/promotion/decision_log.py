"""The log of decisions about models: one JSON line for each promotion, refusal and rollback, oldest first.

It lies in `<runs>/decisions/<configuration>.jsonl`. A line is written before the aliases it speaks of move, so no move
is ever without its line; a run that was killed in between leaves a line whose move the next run makes, and tells again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.config import Config
from pipeline.process.files import replacing
from pipeline.process.locks import locked
from pipeline.process.plain_json import plain


def log_file(config: Config) -> Path:
    """Where the decisions of a configuration are written."""
    return config.runs / "decisions" / f"{config.name}.jsonl"


def append(config: Config, entry: Mapping[str, Any]) -> None:
    """Add one line. Whoever reads finds all of it or nothing; writers wait for each other."""
    file = log_file(config)
    line = json.dumps(plain(entry), ensure_ascii=False, allow_nan=False)
    with locked(_lock(config, "line")):
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        with replacing(file) as draft:
            draft.write_text(f"{before}{line}\n", encoding="utf-8")


def read(config: Config) -> list[dict[str, Any]]:
    """Every decision, oldest first; none where nothing was decided."""
    file = log_file(config)
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


@contextmanager
def deciding(config: Config, *, wait: bool = False) -> Iterator[None]:
    """Let nobody else on this machine move the aliases of a configuration.

    Raises:
        BusyProblem: somebody does, and `wait` is false.
    """
    with locked(_lock(config, "decision"), "" if wait else f"deciding about the models of {config.name}"):
        yield


@contextmanager
def retraining(config: Config) -> Iterator[None]:
    """Let nobody else on this machine retrain the models of a configuration: the second would come to the same.

    Raises:
        BusyProblem: somebody does.
    """
    with locked(_lock(config, "retraining"), f"retraining the models of {config.name}"):
        yield


def _lock(config: Config, what: str) -> Path:
    return log_file(config).with_name(f".{config.name}.{what}.lock")
