"""`python -m pipeline.contract.generate`: write the contract of the export, if its version allows for the change.

A major version has a file of its own, `predictions-v1.json`; the files of earlier ones stay for their readers.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from features.errors import Problem, UsageProblem
from pipeline.contract.schema import allowed, changed, schema
from pipeline.contract.version import EXPORT_VERSION
from pipeline.process.files import replacing

FOLDER = Path(__file__).parent
COMMAND = "python -m pipeline.contract.generate"


def committed(folder: Path = FOLDER) -> dict[str, Any] | None:
    """The newest contract in `folder`; None where there is none."""
    files = sorted(folder.glob("predictions-v*.json"), key=lambda file: int(file.stem.rpartition("v")[2]))
    return json.loads(files[-1].read_text(encoding="utf-8")) if files else None


def check(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Refuse a change that the version does not allow for.

    Raises:
        UsageProblem: with every change, and the version they need.
    """
    change, texts = changed(old, new)
    if allowed(change, old["version"], new["version"]):
        return
    major, minor = map(int, old["version"].split("."))
    needed = {"major": f"{major + 1}.0", "minor": f"{major}.{minor + 1}"}.get(change, old["version"])
    raise UsageProblem(
        "The columns of the export and the version of their contract do not go together.",
        where="pipeline/contract/version.py, EXPORT_VERSION",
        got=f"{new['version']} after {old['version']}: {'; '.join(texts) or 'nothing has changed'}",
        expected=f"{needed}: added columns are minor, all else that readers rely on is major",
        todo=f'set EXPORT_VERSION = "{needed}", then: {COMMAND}',
    )


def generate(folder: Path = FOLDER) -> Path:
    """Write the contract of today's columns into `folder`.

    Raises:
        UsageProblem: the version does not allow for what has changed.
    """
    old, new = committed(folder), schema()
    if old is not None:
        check(old, new)
    path = folder / f"predictions-v{EXPORT_VERSION.split('.')[0]}.json"
    with replacing(path) as draft:
        draft.write_text(json.dumps(new, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    try:
        print(generate())
    except Problem as problem:
        print(problem, file=sys.stderr)
        sys.exit(problem.exit_code)
