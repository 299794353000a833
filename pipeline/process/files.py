"""Files that are whole or not there: written beside their place, then moved into it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path, *, lasting: bool = True) -> Iterator[Path]:
    """A temporary path to write to; on success it takes the place of `path`, on failure nothing is left behind.

    Readers see the old file or the new one, never a part of either. Who may read it is for the umask to say.

    Args:
        path: what is replaced.
        lasting: waits until the disk has it. Without, the machine's own end may leave a damaged file: for what is
            checked whenever it is read, and can be made again.
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
    finally:
        draft.unlink(missing_ok=True)


def remove_drafts(path: Path) -> None:
    """Take away what killed processes began to write in place of `path`; nobody else may be writing it."""
    for draft in path.parent.glob(f".{path.name}.*{path.suffix}"):
        draft.unlink(missing_ok=True)
