"""Which of the purchased lines that a leaf looked at count: by rarity, prices, steady and staple goods.

As `explained_counts.py` tells it of all other leaves: slow and plain, a second way to the engine's values.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from features.engine.everybody import ALONE, RARE, Everybody, Market, share_of
from features.engine.table_leaf import TableLeaf
from features.engine.tables import Flags
from features.explained_rows import Looked, first_of

THOUSANDTHS = 1000


def _everybody(looked: Looked) -> Everybody:
    assert isinstance(looked.store.market, Market)
    return looked.store.market.windows[looked.span]


def _rare(looked: Looked) -> Flags:
    assert isinstance(looked.leaf, TableLeaf)
    share = share_of(looked.leaf)
    return looked.named & (_everybody(looked).marks(share)[looked.key, 0] >= (ALONE if share is None else RARE))


def _priced(looked: Looked) -> Flags:
    return looked.named & (_everybody(looked).prices[looked.key, 0] > 0) & (looked.number("quantity") > 0)


def _price_changes(looked: Looked) -> Flags:
    """The first row of each day on which a product cost clearly more or less than on its day before."""
    by, which = looked.leaf.option.split()
    priced, out = looked.inside & looked.named & (looked.number("quantity") > 0), np.zeros(looked.inside.size, bool)
    for code in set(looked.key[priced]):
        own = priced & (looked.key == code)
        days = [own & (looked.events.day == day) for day in np.unique(looked.events.day[own])]
        for then, now in pairwise(days):
            out[np.flatnonzero(now)[:1]] = _change(looked, then, now, float(by), which)
    return out


def _change(looked: Looked, then: Flags, now: Flags, by: float, which: str) -> bool:
    """Whether the price of the rows `now` (n,) differs clearly from that of those `then`, and was met in this way."""
    paid, got = looked.number("amount"), np.rint(looked.number("quantity") * THOUSANDTHS)
    price, before = paid[now].sum() * got[then].sum(), paid[then].sum() * got[now].sum()
    cheaper, dearer = price <= (1 - by) * before, before <= (1 - by) * price
    more = np.sign(got[now].sum() - got[then].sum()) * (1 if cheaper else -1)
    return bool((cheaper or dearer) and (which == "met" or more == (1 if which == "answered" else -1)))


def _adopted(looked: Looked) -> Flags:
    assert isinstance(looked.store.market, Market)
    launched = looked.store.market.launched[looked.key, 0]
    early = (launched >= looked.cutoff - looked.span[0]) & (looked.events.day - launched <= int(looked.leaf.option))
    return first_of(looked.key, looked.inside & looked.named & early)


def _steady(looked: Looked) -> Flags:
    """Keys bought in every period of the window that holds a purchase."""
    period = (looked.cutoff - 1 - looked.events.day) // int(looked.leaf.option)
    filled = set(period[looked.inside])
    keys = set(looked.key[looked.inside & looked.named])
    steady = [c for c in keys if set(period[looked.inside & (looked.key == c)]) == filled]
    return np.isin(looked.key, steady)


def _staple(looked: Looked) -> Flags:
    """Keys bought on most of the window's days with a purchase."""
    part, whole, *_ = map(int, looked.leaf.option.removesuffix(" or more").split(" of "))
    days = np.unique(looked.events.day[looked.inside]).size
    keys = set(looked.key[looked.named])
    own = {c: np.unique(looked.events.day[looked.inside & (looked.key == c)]).size for c in keys}
    return np.isin(looked.key, [code for code, number in own.items() if number * whole >= part * days])


RULES_OF_PURCHASES: dict[str, Callable[[Looked], Flags]] = {
    "rare_spend": _rare,
    "price_index": _priced,
    "price_changes": _price_changes,
    "adopted": _adopted,
    "steady_spend": _steady,
    "staple_spend": _staple,
}
