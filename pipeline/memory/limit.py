"""What fits into the memory allowed: lines read at once, and arrays that need not lie in files."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.memory.mapped import BYTES_A_GB, LimitedRoom, settle

BYTES_A_LINE = 105
"""What a line takes at the peak of reading and sorting: 91 bytes were measured at 100 million lines."""
FOR_PROGRAM = 10**9
"""Bytes that program and database take beside the lines, whatever their number."""
LEAST_SHARE = 0.25
"""Of a small limit: it is for the lines, even where the program alone takes more than the rest."""
DATABASE_SHARE = 1 / 8
LEAST_FOR_DATABASE = 5 * 10**8
"""Bytes. With less the database cannot hold the parts of files that it works on."""
SHARE_FOR_ARRAYS = 0.5
"""Of what is left for a build: the rest is for chunks at work, what everybody bought, rows of mapped files in use."""
SHARE_WITHOUT_LIMIT = 0.5
"""Of the machine's memory, where no limit is set: the rest is for others, and for files that the system keeps."""


def buckets_for(lines: int, limit_gb: float) -> int:
    """In how many buckets to read so many lines; one without a limit, 0."""
    limit = limit_gb * BYTES_A_GB
    room = max(limit - FOR_PROGRAM, limit * LEAST_SHARE)
    return max(1, int(-(-lines * BYTES_A_LINE // room))) if limit else 1


def database_bytes(limit_gb: float) -> int:
    """What the database may take of a limit while it reads by buckets."""
    return max(int(limit_gb * BYTES_A_GB * DATABASE_SHARE), LEAST_FOR_DATABASE)


def array_bytes(limit_gb: float, resident: int, machine: int) -> int:
    """How many bytes of arrays a build may have in memory, where so many are `resident`; `machine` is all there is."""
    allowed = limit_gb * BYTES_A_GB or machine * SHARE_WITHOUT_LIMIT
    return max(0, int((allowed - resident) * SHARE_FOR_ARRAYS))


def room_of(folder: Path, limit_gb: float) -> LimitedRoom:
    """The room that is left now within a limit in GB (of 10**9 bytes), or within half of the machine where it is 0.

    What finds no place in memory lies in files without a name in `folder`.
    """
    settle()
    return LimitedRoom(folder, array_bytes(limit_gb, _resident(), _machine()))


def _machine() -> int:
    """The memory of this machine, in bytes."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _resident() -> int:
    """The bytes that this process has in memory."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
