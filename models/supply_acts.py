"""What deliveries, investments, the wallet and quotes show after a cutoff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from models.event_rows import Array, Asked, Rows, Window, month_over, sums
from models.order_acts import first_half

YEAR = 365
PAYERS = ("customer", "joint", None)
"""Who bears a relationship-specific investment; one that does not say is the customer's own."""
LEAST_PAID = 1
"""Cents. Nothing paid is no investment, whatever the settings ask for."""
Settings = Mapping[str, float]


def invested(investments: Rows, asked: Asked, settings: Settings) -> Array:
    """Whether the customer paid, alone or jointly, `least_amount` cents or more into the relationship in the window."""
    own = investments.take(np.isin(investments.texts("paid_by").astype(str), [str(payer) for payer in PAYERS]))
    paid = sums(own, own.numbers("amount"), asked.after())
    return (paid >= max(settings["least_amount"], LEAST_PAID)).astype(np.float64)


def delivery_failed(deliveries: Rows, asked: Asked, settings: Settings) -> Array:
    """Whether a delivery failed in the first half of the outcome window: late, short or faulty.

    Late by `late_days` or more, less than `least_filled` of the quantity delivered, or more than `most_faulty` of it
    defective. It fails on the day that is seen: when it comes, or once the days of grace have passed. NaN where
    no days of delivery are kept (column `delivered_on`): else every promise would pass for a broken one.
    """
    if "delivered_on" not in deliveries.columns:
        return np.full(asked.customer.size, np.nan)
    failed_on = _failed_on(deliveries, settings)
    failures = replace(deliveries, happened=np.nan_to_num(failed_on, nan=-1e6).astype(np.int64))
    found = sums(failures, ~np.isnan(failed_on), first_half(asked))
    return (found > 0).astype(np.float64)


def _failed_on(deliveries: Rows, settings: Settings) -> Array:
    """The day (n,) a delivery was seen to fail; NaN where it did not."""
    promised, delivered = deliveries.numbers("promised_on"), deliveries.numbers("delivered_on")
    overdue = promised + settings["late_days"]
    late = np.isnan(delivered) | (delivered >= overdue)
    ordered, came = deliveries.numbers("quantity_ordered"), deliveries.numbers("quantity_delivered")
    short = came < settings["least_filled"] * ordered
    faulty = deliveries.numbers("quantity_defective") > settings["most_faulty"] * came
    return np.where(late, overdue, np.where(short | faulty, delivered, np.nan))


def lead_time_raised(deliveries: Rows, asked: Asked, settings: Settings) -> Array:
    """Whether orders give `least_rise` more lead time, relatively, than in the year before.

    Lead time is the mean of promised_on - ordered_on over deliveries, by the day of the order; where it is as it was,
    at 0 too, nothing is raised. NaN with fewer than `least_orders` on either side, or where the day of the order is not
    known (column `ordered_on`).
    """
    ordered = deliveries.numbers("ordered_on")
    given = deliveries.take(~np.isnan(ordered))
    day = given.numbers("ordered_on").astype(np.int64)
    orders = replace(given, happened=day, known=np.maximum(day, given.known))
    lead = given.numbers("promised_on") - day
    means = []
    for window in (asked.before(YEAR), asked.after()):
        count = sums(orders, np.ones(day.size), window)
        means.append(_ratio(sums(orders, lead, window), np.where(count >= settings["least_orders"], count, 0)))
    raised = _at_least(means[1], means[0] * (1 + settings["least_rise"]))
    return np.where(means[1] > means[0], raised, np.minimum(raised, 0.0))


def wallet_share_kept(wallet: Rows, asked: Asked, settings: Settings) -> Array:
    """Whether our share of what the customer buys in our categories is no lower than in the year before.

    `tolerance` is how much lower still counts as kept. Only whole months inside the outcome window count, and before
    the cutoff those known by then: a month is known on the first of the next. NaN where either side holds none.
    """
    months = _ended(wallet)
    shares = []
    for window in (asked.before(YEAR), _whole_months(asked)):
        ours, all_ = (sums(months, months.numbers(name), window) for name in ("our_amount", "total_amount"))
        shares.append(_ratio(ours, all_))
    return _at_least(shares[1], shares[0] - settings["tolerance"])


def _ended(wallet: Rows) -> Rows:
    """Months by the day they were over, the first of the next one."""
    over = month_over(wallet.happened)
    return replace(wallet, happened=over, known=np.maximum(over, wallet.known))


def _whole_months(asked: Asked) -> Window:
    """Months that began and were over within the outcome window, by the day they were over."""
    first = month_over(asked.opens - 1)  # the first day of a month that is not before the opening
    return Window(asked.customer, month_over(first), asked.closes + 1)


def win_rate_kept(quotes: Rows, asked: Asked, settings: Settings) -> Array:
    """Whether the share of decided offers that were won is no lower than in the year before, at no lower a price.

    By the day of the decision. Where price gaps are given, the mean gap of offers won may not fall by more than
    `tolerance`: an order bought with a discount shows no preference. NaN with fewer than `least_quotes` on either side.
    """
    decided = _decided(quotes)
    won = decided.texts("outcome") == "won"
    rates, gaps = [], []
    for window in (asked.before(YEAR), asked.after()):
        count = sums(decided, np.ones(won.size), window)
        rates.append(_ratio(sums(decided, won, window), np.where(count >= settings["least_quotes"], count, 0)))
        gaps.append(_mean_gap(decided, won, window))
    dearer = _at_least(gaps[1], gaps[0] - settings["tolerance"])
    kept = _at_least(rates[1], rates[0])
    return np.where(np.isnan(kept) | np.isnan(dearer), kept, kept * dearer)


def _decided(quotes: Rows) -> Rows:
    decided = quotes.numbers("decided_on")
    chosen = np.isin(quotes.texts("outcome").astype(str), ["won", "lost"])
    day = np.where(np.isnan(decided), quotes.happened, decided)[chosen].astype(np.int64)
    kept = quotes.take(chosen)
    return replace(kept, happened=day, known=np.maximum(day, kept.known))


def _mean_gap(decided: Rows, won: npt.NDArray[np.bool_], window: Window) -> Array:
    gap = np.where(won, decided.numbers("price_gap"), np.nan)
    return _ratio(sums(decided, gap, window), sums(decided, ~np.isnan(gap), window))


def _ratio(part: Array, whole: Array) -> Array:
    return np.asarray(part / np.where(whole == 0, np.nan, whole))


def _at_least(value: Array, bound: Array) -> Array:
    """1 where value >= bound, 0 where not, NaN where either is unknown."""
    return np.where(np.isnan(value) | np.isnan(bound), np.nan, (value >= bound).astype(np.float64))
