"""How silence ends, and from it the horizon over which silence may be called leaving."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from pipeline.profile.days import Longs, OrderDays

YEAR = 365
MONTH = 30
LONGEST_HORIZON_MONTHS = 24
COMES_BACK = 0.10
"""The share of silent customers who come back below which silence may be called leaving (domain, section 5)."""
LEAST_WATCHED = 30
"""Silences still watched at the end of a year: with fewer a point of the curve is a matter of luck."""


@dataclass(frozen=True)
class ReturnCurve:
    """Of the silences that have lasted `days` days, the share that ends within a further year.

    One point per month of 30 days; `share` is None where too few could be watched for a year longer: the history ends
    sooner, or nearly all of them do. `at_least` is the share that ends while enough are watched, within a year.
    """

    points: list[dict[str, float | int | None]]
    proposed_horizon_days: int | None
    proposed_horizon_months: int | None

    def share_after(self, days: int) -> float | None:
        """The share at the last point that is not after `days`."""
        shares = [point["share"] for point in self.points if (point["days"] or 0) <= days]
        return shares[-1] if shares else None

    def at_least_after(self, days: int) -> float | None:
        """What at least comes back, at the last point that is not after `days`; None where nothing is known of it."""
        known = [point["at_least"] for point in self.points if (point["days"] or 0) <= days]
        return known[-1] if known else None

    def summary(self) -> dict[str, object]:
        """JSON-able, with the method."""
        method = "Kaplan-Meier over silences of customers, each open one censored at the end of the history"
        return {**asdict(self), "method": method, "threshold": COMES_BACK}


def return_curve(days: OrderDays) -> ReturnCurve:
    """How silence ends: 1 - S(d + 365) / S(d), with S(d) the share of silences that outlast d days.

    Every gap between order days is a silence that ended; the time since a customer's last order is one that has
    not, and is censored at the end of the history, so that the young are not taken for lost. Points need 30
    silences still watched a year later.

    Source: Kaplan & Meier 1958, JASA.
    """
    last = np.append(~days.same, True) if days.day.size else np.empty(0, dtype=bool)
    ended, open_ = days.gaps, days.end - 1 - days.day[last]
    size = max(int(max(ended.max(initial=0), open_.max(initial=0))) + 2, LONGEST_HORIZON_MONTHS * MONTH + YEAR + 1)
    events, censored = (np.bincount(lengths, minlength=size) for lengths in (ended, open_))
    watched = np.cumsum((events + censored)[::-1])[::-1]
    outlast = np.cumprod(1 - events / np.maximum(watched, 1))
    points = [_point(months * MONTH, outlast, watched) for months in range(1, LONGEST_HORIZON_MONTHS + 1)]
    low = [point for point in points if point["share"] is not None and point["share"] <= COMES_BACK]
    horizon = int(low[0]["days"] or 0) if low else None
    return ReturnCurve(points, horizon, horizon // MONTH if horizon else None)


def _point(days: int, outlast: npt.NDArray[np.floating], watched: Longs) -> dict[str, float | int | None]:
    seen = watched[days + YEAR] >= LEAST_WATCHED and outlast[days] > 0
    share = round(float(1 - outlast[days + YEAR] / outlast[days]), 4) if seen else None
    last = min(int(np.count_nonzero(watched >= LEAST_WATCHED)) - 1, days + YEAR)
    least = round(float(1 - outlast[last] / outlast[days]), 4) if last > days and outlast[days] > 0 else None
    return {"days": days, "silences": int(watched[days + 1]), "share": share, "at_least": least}
