"""Where the predictions of a cutoff come from: kept with the commit that wrote them, apart from the rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

PREFIX = "moorings."
"""Before the keys of ours among those of a commit."""


@dataclass(frozen=True)
class Origin:
    """What a commit of the prediction store says of the rows it wrote.

    Args:
        cutoff: of the rows.
        run_id: the run that wrote them.
        input_fingerprint: of the history they were computed from.
        models: by kind of target, the registered name and version, and the SHA-256 of the model's digests.
        work: 64 hex digits that change with inputs, models, settings or code; see `pipeline.scoring.resume.work_key`.
        facts: what the export says of itself, by label.
        export_version: of the contract the columns follow.
        begins: the day of the first order line there was, ISO.
    """

    cutoff: date
    run_id: str
    input_fingerprint: str = ""
    models: Mapping[str, str] = field(default_factory=dict)
    work: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    export_version: str = ""
    begins: str = ""

    def metadata(self) -> dict[str, str]:
        """As Delta keeps it with a commit: texts by key."""
        parts = {**vars(self), "cutoff": str(self.cutoff)}
        return {PREFIX + key: value if isinstance(value, str) else _json(value) for key, value in parts.items()}


def origin_of(commit: Mapping[str, Any]) -> Origin | None:
    """What a commit says, as `DeltaTable.history` gives it; None where it wrote no predictions, or says nothing."""
    found = {key.removeprefix(PREFIX): value for key, value in commit.items() if key.startswith(PREFIX)}
    if "cutoff" not in found:
        return None
    tables = {name: json.loads(found.get(name, "{}")) for name in ("models", "facts")}
    known = {
        key: found[key] for key in ("run_id", "input_fingerprint", "work", "export_version", "begins") if key in found
    }
    return Origin(cutoff=date.fromisoformat(found["cutoff"]), **{"run_id": "", **known}, **tables)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
