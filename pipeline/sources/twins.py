"""Customers that are in one list twice, under ids that differ only in how they are written."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.sources.id_forms import CAUSES, Change, Meeting

Places = npt.NDArray[np.int64]


def twins(ids: pa.Array) -> Meeting | None:
    """How many ids of a list are another one but for how they are written, by the cause of most; None where none is."""
    found = [(cause, _merged(ids, changes)) for cause, changes in CAUSES.items()]
    cause, (later, first) = max(found, key=lambda each: each[1][0].size)
    if not later.size:
        return None
    return Meeting(later.size, len(ids), str(ids[int(first[0])].as_py()), str(ids[int(later[0])].as_py()), cause)


def _merged(ids: pa.Array, changes: tuple[Change, ...]) -> tuple[Places, Places]:
    """The places (m,) of the ids that, once changed, are one that came before, and the places (m,) of that one."""
    for change in changes:
        ids = change(ids)
    codes = ids.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    firsts = np.unique(codes, return_index=True)[1][codes]
    later = np.flatnonzero(firsts != np.arange(codes.size))
    return later, firsts[later]
