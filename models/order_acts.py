"""What order lines show after a cutoff beyond sums over all of them: categories, discounts and prices.

Columns of the rows: cents, thousandths, product and category codes, -1 for none, list_cents; see
`event_rows.rows_of_lines`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.event_rows import Array, Asked, Longs, Rows, Window, pairs, sums

YEAR = 365
PARTS = 2
"""What happens in the first of so many parts of the outcome window can be answered in the rest."""
Settings = Mapping[str, float]


@dataclass(frozen=True)
class CategoryOutcomes:
    """One row per customer asked about, by position `asked`, and category that was worth the share: did it stop?

    `category` codes; `share` of the spend of the 365 days before the cutoff; `stopped` 1 or 0. All (p,).
    """

    asked: Longs
    category: Longs
    share: Array
    stopped: Array


def category_outcomes(lines: Rows, asked: Asked, least_share: float) -> CategoryOutcomes:
    """The categories worth at least `least_share` of each customer's spend, and whether nothing of them was bought.

    The share is of the year before the cutoff, as known then; bought or not is seen over the outcome window. What names
    no category is spend like any other, and no category that could stop.
    """
    codes = np.asarray(lines.columns["category"], dtype=np.int64)
    whole = sums(lines, lines.numbers("cents"), asked.before(YEAR))
    lines, codes = lines.take(codes >= 0), codes[codes >= 0]
    owner, category, mine, asker = _series(lines, codes, asked)
    owned, cents = lines.owned_by(owner), lines.numbers("cents")
    before = Window(mine, asked.cutoff[asker] - YEAR, asked.cutoff[asker], asked.cutoff[asker])
    share = _ratio(sums(owned, cents, before), whole[asker])
    big = share >= least_share
    after = Window(mine[big], asked.opens[asker[big]], asked.closes[asker[big]])
    bought = sums(owned, np.ones(cents.size), after)
    return CategoryOutcomes(asker[big], category[mine[big]], share[big], (bought == 0).astype(np.float64))


def category_stopped(lines: Rows, asked: Asked, settings: Settings) -> Array:
    """Whether a category worth at least `least_share` of the year's spend was not bought; NaN without categories."""
    if "category" not in lines.columns or "cents" not in lines.columns:
        return np.full(asked.customer.size, np.nan)
    found = category_outcomes(lines, asked, settings["least_share"])
    stopped = np.zeros(asked.customer.size)
    np.maximum.at(stopped, found.asked, found.stopped)
    return stopped


def discount_no_higher(lines: Rows, asked: Asked, settings: Settings) -> Array:
    """Whether the discount on list prices in the outcome window is no higher than in the year before.

    A discount is 1 - net / list over all lines with a list price; `tolerance` is how much higher still counts as the
    same. NaN without list prices on either side.
    """
    listed = np.where(lines.numbers("list_cents") > 0, lines.numbers("list_cents"), np.nan)
    net = np.where(np.isnan(listed), np.nan, lines.numbers("cents"))
    discount = [1 - _ratio(sums(lines, net, part), sums(lines, listed, part)) for part in _before_and_after(asked)]
    return _at_most(discount[1], discount[0] + settings["tolerance"])


def price_rise(lines: Rows, asked: Asked, settings: Settings) -> Array:
    """Whether prices rose by `least_rise` or more in the first half of the outcome window.

    The quantities bought then, at the prices then, over the same quantities at the average prices that the customer
    paid in the year before; products not bought on both sides are left out, and so are lines of no pieces: what is paid
    on them, a fee, is no price. NaN without any, or without quantities.

    Source: the Paasche price index.
    """
    if "product" not in lines.columns:
        return np.full(asked.customer.size, np.nan)
    lines = lines.take((lines.numbers("thousandths") > 0) & (lines.numbers("product") >= 0))
    codes = np.asarray(lines.columns["product"], dtype=np.int64)
    owner, _, mine, asker = _series(lines, codes, asked)
    owned, before, early = lines.owned_by(owner), asked.before(YEAR).known_by, first_half(asked)
    past = Window(mine, asked.cutoff[asker] - YEAR, asked.cutoff[asker], None if before is None else before[asker])
    now = Window(mine, early.start[asker], early.stop[asker])
    paid, pieces = lines.numbers("cents"), lines.numbers("thousandths")
    price = _ratio(sums(owned, paid, past), sums(owned, pieces, past))
    amount, quantity = sums(owned, paid, now), sums(owned, pieces, now)
    both = ~np.isnan(price) & (quantity > 0)
    size = asked.customer.size
    spent = np.bincount(asker[both], weights=amount[both], minlength=size).astype(np.float64)
    before_rise = np.bincount(asker[both], weights=(price * quantity)[both], minlength=size).astype(np.float64)
    return _at_most(np.full(size, 1 + settings["least_rise"]), _ratio(spent, before_rise))


def first_half(asked: Asked) -> Window:
    """The first half of each outcome window: what happens in it can be answered in the rest."""
    return replace(asked.after(), stop=asked.opens + (asked.closes - asked.opens) // PARTS)


def _before_and_after(asked: Asked) -> tuple[Window, Window]:
    return asked.before(YEAR), asked.after()


def _series(lines: Rows, codes: Longs, asked: Asked) -> tuple[Longs, Longs, Longs, Longs]:
    """Order lines by customer and key.

    Returns:
        The series each line belongs to (n,), the key of each series, and for every pair of a customer asked about and
        one of its series the number of the series and the position of the asker.
    """
    width = int(codes.max(initial=0)) + 1
    series, owner = np.unique(lines.customer * width + codes, return_inverse=True)
    mine, asker = pairs(series // width, asked.customer)
    return owner.astype(np.int64), series % width, mine, asker


def _ratio(part: npt.ArrayLike, whole: Array) -> Array:
    return np.asarray(part / np.where(whole == 0, np.nan, whole))


def _at_most(value: Array, bound: Array) -> Array:
    """1 where value <= bound, 0 where not, NaN where either is unknown."""
    return np.where(np.isnan(value) | np.isnan(bound), np.nan, (value <= bound).astype(np.float64))
