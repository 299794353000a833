"""Who a play is withheld from at random, so that its effect can be measured: by hash, the same for ever in a campaign.

Without a group held out, the highest risks seem to be saved by any campaign (Ascarza 2018).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
VALUE_CLASSES = 3


def chance_of(campaign: str, key: str) -> float:
    """A number in `[0, 1)` that a campaign gives a key: as good as random, and always the same."""
    digest = hashlib.sha256(f"{campaign}\0{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def held_out(customers: Sequence[str], strata: Sequence[str], campaign: str, share: float) -> Flags:
    """Which customers (n,) are held out: in each stratum the given share, those with the lowest numbers.

    A stratum of few gets one or none by chance, so that the share holds on average. While a campaign lasts, who is
    held out hardly changes as others come and go, so that nobody is treated one month and withheld the next.

    Args:
        customers: their keys, (n,).
        strata: what the share has to hold within, (n,).
        campaign: its name; another name draws anew.
        share: 0 to 1.
    """
    number = np.array([chance_of(campaign, key) for key in customers])
    out = np.zeros(number.size, dtype=bool)
    kinds = np.asarray(strata, dtype=object)
    for stratum in sorted(set(strata)):
        rows = np.flatnonzero(kinds == stratum)
        count = int(rows.size * share + chance_of(campaign, f"stratum {stratum}"))
        out[rows[np.argsort(number[rows], kind="stable")[:count]]] = True
    return out


def value_class(value: Array) -> npt.NDArray[np.int64]:
    """The third of the customers by value that each belongs to, 0 to 2, (n,); 0 for all without values."""
    if np.isnan(value).all():
        return np.zeros(value.size, dtype=np.int64)
    edges = np.nanquantile(value, np.arange(1, VALUE_CLASSES) / VALUE_CLASSES)
    return np.searchsorted(edges, np.nan_to_num(value), side="right").astype(np.int64)
