"""The files of a model, as data: checked by digest before anything is parsed, and nothing in them is ever run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from features.errors import ModelProblem

BOOSTER, BUNDLE, DIGESTS = "booster.txt", "bundle.json", "digests.json"
FORMAT = 2
"""Raised when the meaning of the bundle changes, so that older files are refused, not misread."""


class OutdatedModel(ModelProblem):
    """A model that is whole but not of today's code, definitions and settings: it can never score with them."""


def digest(content: bytes) -> str:
    """SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def canonical(value: object) -> bytes:
    """JSON that is the same for the same value; floats read back exactly."""
    return (json.dumps(value, sort_keys=True, indent=1, allow_nan=False) + "\n").encode()


def write_files(folder: Path, booster: str, bundle: Mapping[str, Any]) -> str:
    """Write booster, bundle and their digests into `folder`, made where missing.

    Returns:
        The digest of the digests: one text that stands for the whole model.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents = {BOOSTER: booster.encode(), BUNDLE: canonical({"format": FORMAT, **bundle})}
    listed = canonical({name: digest(content) for name, content in contents.items()})
    for name, content in {**contents, DIGESTS: listed}.items():
        (folder / name).write_bytes(content)
    return digest(listed)


def read_files(folder: Path) -> tuple[str, dict[str, Any]]:
    """Booster text and bundle of a folder written by `write_files`.

    Raises:
        ModelProblem: a file is missing or does not have its digest (truncated, edited).
        OutdatedModel: all is as it was written, by a version of moorings that writes another format.
    """
    expected = _parsed(folder / DIGESTS, _content(folder / DIGESTS))
    contents = {name: _content(folder / name) for name in (BOOSTER, BUNDLE)}
    for name, content in contents.items():
        if digest(content) != expected.get(name):
            raise _broken(
                folder / name, f"digest {digest(content)[:16]}… of {len(content):,} bytes", expected.get(name)
            )
    bundle = _parsed(folder / BUNDLE, contents[BUNDLE])
    written = bundle.get("format")
    if not isinstance(written, int):
        raise _broken(folder / BUNDLE, f"format {written!r}", f"format {FORMAT}")
    if written != FORMAT:
        raise _of_another_version(folder / BUNDLE, written)
    return contents[BOOSTER].decode(), bundle


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _broken(path, error.strerror or "unreadable", "a file written by moorings train") from error


def _parsed(path: Path, content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError as error:
        raise _broken(path, f"no JSON ({error})", "a JSON object") from error
    if not isinstance(value, dict):
        raise _broken(path, f"JSON of type {type(value).__name__}", "a JSON object")
    return value


def _of_another_version(path: Path, found: int) -> OutdatedModel:
    return OutdatedModel(
        "The model was written by another version of moorings; it was not loaded.",
        where=str(path),
        got=f"format {found!r}",
        expected=f"format {FORMAT}",
        todo="train again with this version: moorings train --promote; or go back to the version that wrote it",
    )


def _broken(path: Path, got: str, expected: object) -> ModelProblem:
    return ModelProblem(
        "A file of the model is damaged or was changed; it was not loaded.",
        where=str(path),
        got=got,
        expected=expected,
        todo="restore the file, or train again: moorings train",
    )
