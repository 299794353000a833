"""What the machine refuses - room on a disk, a folder, memory, the tracking store - said as a problem to act on."""

from __future__ import annotations

import errno
import resource
import sqlite3
from collections.abc import Iterator

from features.errors import BusyProblem, Problem

NUMBERS = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "room"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "folder"),
    **dict.fromkeys((errno.EIO, errno.ESTALE), "disk"),
}
"""What the operating system's numbers of errors say was refused."""
KEPT = "nothing that was there is damaged, and finished buckets are kept: run the same command again"
WORDS = {
    "No space left on device": errno.ENOSPC,
    "Disk quota exceeded": errno.EDQUOT,
    "File too large": errno.EFBIG,
    "Permission denied": errno.EACCES,
    "Read-only file system": errno.EROFS,
}
"""How libraries that drop the number of an error spell it."""
NO_CACHE = "cannot cache function"
"""How Numba says that it may write neither beside our modules nor below the home of the user."""
OF_SQLITE = {
    "database or disk is full": "room",
    "disk I/O error": "disk",
    "readonly database": "folder",
    "unable to open database file": "folder",
    "locked": "database",
    "malformed": "damaged",
    "not a database": "damaged",
}
"""What the words of SQLite, which has numbers of its own, say was refused."""
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
        if (refused := _refused(each)) is not None:
            kind, what, where, got, expected, todo = REFUSALS[refused]
            place = str(getattr(each, "filename", None) or where)
            again = KEPT if refused != "damaged" else "then run the same command again"
            return kind(what, where=place, got=got, expected=expected, todo=f"{todo}; {again}")
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all it came from, the last one first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _refused(error: BaseException) -> str | None:
    """The key in `REFUSALS` of what an error says was refused; None where it says nothing of the kind."""
    name, text, number = type(error).__name__, str(error), _number(error)
    if number in NUMBERS:
        return NUMBERS[number]
    if name in MEMORY or any(words in text for words in MEMORY_WORDS) or (name == "SystemError" and _limited()):
        return "memory"
    if isinstance(error, sqlite3.Error):
        return next((refused for words, refused in OF_SQLITE.items() if words in text), None)
    if NO_CACHE in text:
        return "kernels"
    return "server" if name in UNREACHABLE or isinstance(error, ConnectionError) else None


def _limited() -> bool:
    """Whether this process may not have all the memory there is.

    The interpreter raises a SystemError where it lacks the memory for the error that it would raise.
    """
    limits = (resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA))
    return any(limit != resource.RLIM_INFINITY for limit in limits)


def _number(error: BaseException) -> int | None:
    """The operating system's number of an error, by name or by its words."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    text = str(error)
    return next((number for words, number in WORDS.items() if words in text), None)


RUNS, TRACKING = "the folder of the runs, [storage] folder", "[storage] tracking_uri"
REFUSALS: dict[str, tuple[type[Problem], str, str, str, str, str]] = {
    "room": (
        MachineProblem,
        "There is no room left to write.",
        RUNS,
        "a full disk, or a quota or limit of size that is used up",
        "room for the predictions, their export and the cache",
        "free some room, or set [storage] folder to a larger disk",
    ),
    "folder": (
        MachineProblem,
        "A file or folder cannot be written or read.",
        RUNS,
        "no permission, or a file system that is read-only",
        "a folder of the runs that the user of this process may write",
        "give the permission, or set [storage] folder to another folder",
    ),
    "disk": (
        MachineProblem,
        "A disk does not take or give what is asked of it.",
        RUNS,
        "an error of input or output: the disk or its connection fails, or it is full",
        "a disk that works and has room",
        "look at the system's log, and free some room",
    ),
    "memory": (
        MachineProblem,
        "The memory is not enough.",
        "this process",
        "a request for memory or a thread that was refused",
        "as much as the history needs, or a limit that moorings knows of",
        "set [history] memory_limit_gb so that order lines are read in parts, or allow more",
    ),
    "database": (
        BusyProblem,
        "The tracking database is locked by another process.",
        TRACKING,
        "a lock that was held for longer than this process waits",
        "writers that finish within a minute and a half",
        "find out who holds it",
    ),
    "damaged": (
        MachineProblem,
        "The tracking database is damaged.",
        TRACKING,
        "a file that SQLite cannot read",
        "the database that moorings wrote",
        "restore tracking.db from a backup; predictions and exports do not need it",
    ),
    "kernels": (
        MachineProblem,
        "There is no folder to keep compiled code in.",
        "the environment variable NUMBA_CACHE_DIR",
        "a checkout and a home that are read-only",
        "a folder that this user, and nobody else, may write: what is kept there is run",
        "set NUMBA_CACHE_DIR to such a folder; the first run compiles for some minutes",
    ),
    "server": (
        MachineProblem,
        "The tracking server does not answer.",
        TRACKING,
        "no connection, after several attempts",
        "an mlflow server that answers at this address",
        "start it, check the address, or the proxy that the environment names (http_proxy, no_proxy)",
    ),
}
"""What may be refused: the kind of problem, and what, where, got, expected and todo of it."""
