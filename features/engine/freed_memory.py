"""Memory that was used before is cheap, memory that was not is dear: what is freed is kept where it is used again."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

PAGE = 4096
"""Bytes."""
MOST_TOUCHED = 2**31
"""Bytes: of more, little would be what had been freed, and all of it would be in memory before it is filled."""


def keep_freed_memory() -> None:
    """Have the C library keep what a chunk or batch frees for the next one, and Arrow give back what reading has freed.

    Freeing one block just under 32 MiB teaches glibc so; elsewhere it does nothing. Each page that is asked for again
    costs as much as computing what goes into it. What Arrow gives back, the matrix is written into: memory that is in
    use already costs a virtual machine a twentieth of memory that is not.
    """
    np.empty(2**25 - 2**16, dtype=np.uint8)
    pa.default_memory_pool().release_unused()


def touch(memory: npt.NDArray[Any]) -> None:
    """Take memory into use at once, page by page, while what was freed before it has not been given away yet.

    What lies in a file is left alone, and what is larger than could have been freed.
    """
    if memory.base is not None or memory.nbytes > MOST_TOUCHED:
        return
    memory.reshape(-1, order="A").view(np.uint8)[::PAGE] = 0
