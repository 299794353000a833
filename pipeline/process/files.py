"""Files that are whole or not there: written beside their place, then moved into it."""

from __future__ import annotations

import glob
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ABANDONED = 86_400.0
"""Seconds since anything was written to a draft after which nobody writes it any more: a day."""


@contextmanager
def replacing(path: Path, *, lasting: bool = True) -> Iterator[Path]:
    """A temporary path to write to; on success it takes the place of `path`, on failure nothing is left behind.

    Readers see the old file or the new one, never a part of either. Who may read it is for the umask to say. What a
    process that was killed had begun to write in its place is taken away with the next, once a day has passed.

    Args:
        path: what is replaced.
        lasting: waits until the disk has it, and looks for what was abandoned. Without, the machine's own end may leave
            a damaged file: for what is checked whenever it is read, can be made again, and lies among very many.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}{path.suffix}")
    draft.touch(exist_ok=False)
    try:
        yield draft
        if lasting:
            with draft.open("rb+") as written:
                os.fsync(written.fileno())
        draft.replace(path)
        if lasting:
            _remove_abandoned(path)
    finally:
        draft.unlink(missing_ok=True)


def remove_drafts(path: Path) -> None:
    """Take away what killed processes began to write in place of `path`; nobody else may be writing it."""
    for draft in _drafts(path):
        draft.unlink(missing_ok=True)


def _drafts(path: Path) -> Iterator[Path]:
    return path.parent.glob(f".{glob.escape(path.name)}.{'[0-9a-f]' * 8}{glob.escape(path.suffix)}")


def _remove_abandoned(path: Path) -> None:
    for draft in _drafts(path):
        with suppress(OSError):  # whoever comes first; what is not ours to take away does no harm
            if time.time() - draft.stat().st_mtime > ABANDONED:
                draft.unlink()
