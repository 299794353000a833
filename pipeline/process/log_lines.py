"""The log of a command on stderr: lines for people, or one JSON object a line for programs; both name the run."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

from pipeline.process.run_id import run_id

Form = Literal["text", "json"]
OURS = ("features", "models", "pipeline")
ADDED = "moorings"
"""The attribute of a record that holds what a JSON line says beside its message."""

logger = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time (UTC), level, run, logger, message, and what was added to it.

    The text of an exception is left out, for it may quote a customer's data; its type stays.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        found = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "run": run_id(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, ADDED, {}),
        }
        if record.exc_info and record.exc_info[0]:
            found["error"] = record.exc_info[0].__name__
        return json.dumps(found, ensure_ascii=False)


def follow(form: Form) -> None:
    """Let the log of our own modules appear on stderr in this form.

    Other people's logs stay as they are in lines for people; as JSON their warnings come too, so that every line of
    stderr can be parsed. May be called again: the last form holds.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter("%(message)s"))
    for name in OURS:
        ours = logging.getLogger(name)
        ours.handlers, ours.propagate = [handler], False
        ours.setLevel(logging.INFO)
    if form == "json":
        logging.getLogger().handlers = [handler]
        logging.captureWarnings(True)


def say(message: str, level: int = logging.INFO, /, **added: object) -> None:
    """One line of the log; `added` stands beside the message where lines are JSON, or in its place."""
    logger.log(level, message, extra={ADDED: added})
