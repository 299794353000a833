"""What the machine refuses - room on a disk, a folder, memory, the tracking store - said as a problem to act on."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator

from features.errors import BusyProblem, Problem

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
KEPT = "nothing that was there is damaged, and finished buckets are kept: run the same command again"
WORDS = {
    "No space left on device": errno.ENOSPC,
    "Disk quota exceeded": errno.EDQUOT,
    "File too large": errno.EFBIG,
    "Permission denied": errno.EACCES,
    "Read-only file system": errno.EROFS,
}
"""How libraries that drop the number of an error spell it."""
UNREACHABLE = {"ConnectionError", "ConnectTimeout", "ReadTimeout", "MaxRetryError"}
MEMORY = {"MemoryError", "ArrowMemoryError", "OutOfMemoryException"}
MEMORY_WORDS = ("bad_alloc", "can't start new thread", "failed to map segment", "Cannot allocate memory")


class MachineProblem(Problem):
    """The machine stopped the run, neither the program nor the data. Exit code 1."""

    exit_code = 1


def machine_problem(error: BaseException) -> Problem | None:
    """What the machine refused, where that is what an error comes from; None where it is not.

    The text of the error is never repeated: it may quote a customer's data.
    """
    for each in _causes(error):
        number = _number(each)
        if number in FULL:
            return _full(each)
        if number in CLOSED:
            return _closed(each)
        if type(each).__name__ in MEMORY or any(words in str(each) for words in MEMORY_WORDS):
            return _memory()
        if isinstance(each, sqlite3.OperationalError) and "locked" in str(each):
            return _locked()
        if type(each).__name__ in UNREACHABLE or isinstance(each, ConnectionError):
            return _unreachable()
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all it came from, the last one first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _number(error: BaseException) -> int | None:
    """The operating system's number of an error, by name or by its words."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    text = str(error)
    return next((number for words, number in WORDS.items() if words in text), None)


def _place(error: BaseException) -> str:
    """The file an error of the operating system is about, as far as it says."""
    return str(getattr(error, "filename", None) or "the folder of the runs, [storage] folder")


def _full(error: BaseException) -> Problem:
    return MachineProblem(
        "There is no room left to write.",
        where=_place(error),
        got="a full disk, or a quota or limit of size that is used up",
        expected="room for the predictions, their export and the cache",
        todo=f"free some room, or set [storage] folder to a larger disk; {KEPT}",
    )


def _closed(error: BaseException) -> Problem:
    return MachineProblem(
        "A file or folder cannot be written or read.",
        where=_place(error),
        got="no permission, or a file system that is read-only",
        expected="a folder of the runs that the user of this process may write",
        todo=f"give the permission, or set [storage] folder to another folder; {KEPT}",
    )


def _memory() -> Problem:
    return MachineProblem(
        "The memory is not enough.",
        where="this process",
        got="a request for memory or a thread that was refused",
        expected="as much as the history needs, or a limit that moorings knows of",
        todo=f"set [history] memory_limit_gb so that order lines are read in parts, or allow more; {KEPT}",
    )


def _locked() -> Problem:
    return BusyProblem(
        "The tracking database is locked by another process.",
        where="[storage] tracking_uri",
        got="a lock that was held for longer than this process waits",
        expected="writers that finish within a minute and a half",
        todo=f"find out who holds it; {KEPT}",
    )


def _unreachable() -> Problem:
    return MachineProblem(
        "The tracking server does not answer.",
        where="[storage] tracking_uri",
        got="no connection, after several attempts",
        expected="an mlflow server that answers at this address",
        todo=f"start it, or check the address; {KEPT}",
    )
