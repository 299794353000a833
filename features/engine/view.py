"""What a feature may look at: a customer's history before the cutoff, as tables of events.

`History` views are what the argument `h` of a feature is. Every method returns an expression; nothing is
computed here. Windows are `[T - ending - days, T - ending)`; without `days` they reach back to the beginning.
"""

from __future__ import annotations

from dataclasses import dataclass

from features.engine.days import Days, Length, window
from features.engine.expression import Cohort, Expression, Horizon, Leaf, lift, one_of
from features.engine.view_of_tables import Tables

HORIZON = Horizon()
ONE_HORIZON = Days(0, 1)


@dataclass(frozen=True)
class EventTable:
    """Events of one table; adding up is common to all."""

    name: str

    def total(self, column: str, days: Length = None, ending: Days | int = 0) -> Expression:
        """The sum of `column` over the events of the window; 0 where there are none."""
        return Leaf(self.name, "total", column, window(days, ending))


@dataclass(frozen=True)
class OrderDays(EventTable):
    """One row per customer and day with a purchase (a line of positive amount that is no return).

    Columns: `orders` (counted on the day of their first line), `lines`, `spend` (cents), `quantity` (thousandths).
    """

    name: str = "order_days"

    def count(self, days: Length = None, ending: Days | int = 0) -> Expression:
        """Days with an order."""
        return self.total("days", days, ending)

    def since_last(self) -> Expression:
        """Days from the last order day to the cutoff; at least 1."""
        return Leaf(self.name, "age", "last", window(None))

    def since_first(self, days: Length = None) -> Expression:
        """Days from the first order day of the window to the cutoff; at least 1."""
        return Leaf(self.name, "age", "first", window(days))

    def gap(self, statistic: str, days: Length = None) -> Expression:
        """A statistic of the days between neighbouring order days that both lie in the window.

        `statistic`: mean, deviation (population), median, ninth_decile, longest, last. NaN with fewer
        than two order days; deviation with fewer than three.
        """
        return Leaf(self.name, "gap", statistic, window(days))

    def size(self, statistic: str, days: Length = None) -> Expression:
        """A statistic of the spend per order day: mean, deviation, median, largest, last, in cents."""
        return Leaf(self.name, "size", statistic, window(days))

    def floor(self, days: Length, within: float) -> Expression:
        """The least spend per order day that came twice, in cents: with another one from it to 1 + `within` times it.

        NaN where no two are so near each other.
        """
        return Leaf(self.name, "size", "floor", window(days), option=f"{within}")

    def days_at_floor(self, days: Length, within: float) -> Expression:
        """Order days with a spend from the floor to 1 + `within` times that; 0 without a floor."""
        return Leaf(self.name, "floor_days", "at_floor", window(days), option=f"{within}")

    def gaps_at_least(self, than: str, days: Length = None) -> Expression:
        """How many gaps between neighbouring order days of the window are at least this long.

        `than`: since_last (the current silence), since_last_and_horizon (as long as it will be if the horizon
        stays silent too, and the gap before it), horizon.
        """
        one_of(than, "since_last", "since_last_and_horizon", "horizon")
        column = "since_last" if than.startswith("since_last") else "nothing"
        return Leaf(self.name, "long_gaps", column, window(days), option="horizon" if "horizon" in than else "")

    def decayed(self, column: str, half_life: int) -> Expression:
        """The sum of `column` over all order days, each halved for every `half_life` days of age."""
        return Leaf(self.name, "decayed", column, window(None), option=str(half_life))

    def periods_with_order(self, length: int, number: int) -> Expression:
        """How many of the `number` periods of `length` days before the cutoff hold an order."""
        return Leaf(self.name, "periods", "days", window(length * number), option=str(length))

    def own_periods_with_order(self, days: int, gaps: int) -> Expression:
        """How many of the whole periods before the cutoff, as long as the customer's own gap, hold an order.

        The own gap is the median of those of the last `gaps` days. Periods reach back `days`, or to the first order.
        """
        return Leaf(self.name, "own_periods", "days", window(days), option=str(gaps))

    def streak_without_order(self, length: int, number: int) -> Expression:
        """The longest run of neighbouring periods of `length` days without an order, since the first, in periods."""
        return Leaf(self.name, "empty_run", "days", window(length * number), option=str(length))


@dataclass(frozen=True)
class Returns(EventTable):
    """One row per customer and day with a return. Columns: `days`, `lines`, `amount` (cents, positive)."""

    name: str = "returns"


@dataclass(frozen=True)
class Lines(EventTable):
    """One row per purchased line. Keys: `product`, `category`."""

    name: str = "lines"

    def distinct(self, key: str, days: Length = None, ending: Days | int = 0) -> Expression:
        """Different keys bought in the window."""
        return Leaf(self.name, "distinct", key, window(days, ending))

    def first_time(self, key: str, days: Length) -> Expression:
        """Keys bought for the first time ever in the window."""
        return Leaf(self.name, "first_time", key, window(days))

    def first_time_repeated(self, key: str, days: Length) -> Expression:
        """Keys bought for the first time ever in the window and then on a second day in it."""
        return Leaf(self.name, "first_time_repeated", key, window(days))

    def first_time_spend(self, key: str, days: Length) -> Expression:
        """Spend in the window on keys bought for the first time ever in it, in cents."""
        return Leaf(self.name, "first_time_spend", key, window(days))

    def concentration(self, key: str, statistic: str, days: Length = None) -> Expression:
        """How the spend of the window spreads over keys: herfindahl, entropy (nats) or largest (share)."""
        one_of(statistic, "herfindahl", "entropy", "largest")
        return Leaf(self.name, "concentration", key, window(days), option=statistic)


@dataclass(frozen=True)
class HistoryView(Tables):
    """The history of one customer before the cutoff, as a feature sees it."""

    order_days: OrderDays = OrderDays()
    returns: Returns = Returns()
    lines: Lines = Lines()
    horizon: Expression = HORIZON
    one_horizon: Days = ONE_HORIZON

    def among_known(self, output: str, days: Length = None) -> Expression:
        """An output of the buy-till-you-die models fitted on everybody known at the cutoff, on the window's orders.

        `output`: expected (gamma-Poisson), alive, silent, active (BG/NBD); see `features/cohort.py`.
        """
        one_of(output, "expected", "alive", "silent", "active")
        table = self.order_days
        return Cohort("buying", output, (table.count(days), table.since_first(days), table.since_last(), self.horizon))

    def time_of_year(self, part: str) -> Expression:
        """Where in the year the cutoff lies, as the sine or cosine of its angle; 1 January is at 0 degrees."""
        return Leaf("calendar", "season", part, window(None))

    def days_covered(self) -> Expression:
        """Days from the first order of anybody to the cutoff: how far back the history reaches."""
        return Cohort("everybody", "largest", (self.order_days.since_first(),))

    def peer_rank(self, value: Expression) -> Expression:
        """The share of eligible customers at the cutoff whose value is lower, ties counting half."""
        return Cohort("eligible", "rank", (value,))

    def peer_median(self, value: Expression) -> Expression:
        """The median of `value` over the eligible customers at the cutoff."""
        return Cohort("eligible", "median", (value,))

    def commonest(self, value: Expression, within: float, least: float) -> Expression:
        """The value from which to 1 + `within` times it most eligible customers are, the least such.

        NaN where that are less than a share `least` of those with a value.
        """
        return Cohort("alike", "commonest", (value, lift(within), lift(least)))
