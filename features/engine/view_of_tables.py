"""What a feature may look at beside orders: the optional tables as events, and the purchased lines as such."""

from __future__ import annotations

from dataclasses import dataclass, replace

from features.engine.days import Days, Length, window
from features.engine.expression import Cohort, Expression, one_of
from features.engine.table_leaf import UNSHARED, Condition, TableLeaf


@dataclass(frozen=True)
class Table:
    """The events of one table that pass `conditions`, and what may be asked of them.

    Windows are `[T - ending - days, T - ending)`; without `days` they reach back to the beginning. A threshold is
    stated by who asks, never here: so it stands in the text of the leaf, and in the fingerprint. Everything is NaN for
    a supplier without the table or the column. A customer without a row has 0 where things are counted or added up, and
    NaN where something is described.
    """

    name: str
    conditions: tuple[Condition, ...] = ()

    def where(self, **equal: str | float) -> Table:
        """The rows whose columns equal these texts or numbers."""
        return self._with(*(Condition(column, "is", value) for column, value in equal.items()))

    def at_least(self, column: str, least: float) -> Table:
        """The rows whose `column` is `least` or more."""
        return self._with(Condition(column, "at_least", least))

    def below(self, column: str, limit: float) -> Table:
        """The rows whose `column` is less than `limit`."""
        return self._with(Condition(column, "below", limit))

    def knowing(self, column: str) -> Table:
        """The rows whose `column` is not null."""
        return self._with(Condition(column, "known"))

    def count(self, days: Length = None, ending: Days | int = 0) -> Expression:
        """How many rows."""
        return self.total("rows", days, ending)

    def total(self, column: str, days: Length = None, ending: Days | int = 0) -> Expression:
        """The sum of `column`, nulls left out; amounts in cents."""
        return self._leaf("total", column, days, ending)

    def mean(self, column: str, days: Length = None, ending: Days | int = 0) -> Expression:
        """The mean of `column` over the rows that know it."""
        return self.total(column, days, ending) / self.knowing(column).count(days, ending)

    def distinct(self, key: str, days: Length = None, ending: Days | int = 0) -> Expression:
        """Different values of a text or key, nulls left out."""
        return self._leaf("distinct", key, days, ending)

    def largest_share(self, key: str, days: Length = None) -> Expression:
        """The share of the rows with the most frequent value of `key`, among the rows that know it."""
        return self._leaf("largest_share", key, days)

    def since_last(self) -> Expression:
        """Days from the last row to the cutoff; at least 1."""
        return self._leaf("age", "rows", option="last")

    def since_first(self) -> Expression:
        """Days from the first row to the cutoff; at least 1."""
        return self._leaf("age", "rows", option="first")

    def latest(self, column: str, ending: Days | int = 0) -> Expression:
        """The value that held on day T - ending - 1: of the periods that hold then, the one that began last."""
        return self._leaf("latest", column, None, ending)

    def standing(self, column: str = "rows", days: Length = None, ending: Days | int = 0) -> Expression:
        """The sum of `column` over rows that had not ended by the cutoff: open complaints, contracts in force."""
        return self._leaf("standing", column, days, ending)

    def longest_left(self) -> Expression:
        """Days from the cutoff to the latest end among rows that have not ended; 0 where none is left."""
        return self._leaf("longest_left", "ends")

    def stock(self, column: str) -> Expression:
        """The sum of `column`, each row in proportion to what is left of its life at the cutoff."""
        return self._leaf("stock", column)

    def fading(self, column: str, life: int) -> Expression:
        """The sum of `column`, each row falling evenly from all of it to nothing over `life` days."""
        return self._leaf("fading", column, life, option=str(life))

    def held_alone(self, key: str, column: str, days: Length, at_least: float) -> Expression:
        """The total of `column` on values of `key` of which the share `at_least` or more is ours (wallet only)."""
        return self._leaf("held_alone", key, days, option=f"{column} {at_least}")

    def known(self) -> Expression:
        """1 where a row of anybody was known before the cutoff, 0 where none was or there is no such table."""
        return Cohort("everybody", "any", (self.count(),))

    def _leaf(
        self, primitive: str, column: str, days: Length = None, ending: Days | int = 0, option: str = ""
    ) -> Expression:
        return TableLeaf(self.name, primitive, column, window(days, ending), option, self.conditions)

    def _with(self, *more: Condition) -> Table:
        return replace(self, conditions=self.conditions + more)


@dataclass(frozen=True)
class Purchases(Table):
    """The purchased order lines one by one, with what compares a customer's products to everybody's."""

    name: str = "purchases"

    def rare_spend(self, days: Length, at_most: float) -> Expression:
        """Spend on products that a share `at_most` of the window's other customers bought in it, in cents."""
        return self._leaf("rare_spend", "product", days, option=f"{at_most}")

    def unshared_spend(self, days: Length) -> Expression:
        """Spend on products that none of the window's other customers bought in it, in cents."""
        return self._leaf("rare_spend", "product", days, option=UNSHARED)

    def price_index(self, days: Length, ending: Days | int = 0) -> Expression:
        """What was paid over what the same pieces cost at everybody's mean price per piece of the product."""
        return self._leaf("price_index", "product", days, ending)

    def price_changes(self, days: Length, by: float, which: str = "met") -> Expression:
        """How often a product cost a share `by` or more less, or so much that the time before was, than that time.

        Between neighbouring days with the product that both lie in the window, lines of a day together. `which`: all
        that were met, those answered by the pieces bought (more where cheaper, fewer where dearer), or the contrary.
        """
        one_of(which, "met", "answered", "contrary")
        return self._leaf("price_changes", "product", days, option=f"{by} {which}")

    def steady_spend(self, key: str, length: int, number: int) -> Expression:
        """Spend of the last `number` periods of `length` days on keys bought in each that holds an order, in cents."""
        return self._leaf("steady_spend", key, length * number, option=str(length))

    def staple_spend(self, key: str, days: Length, on: tuple[int, int], fewest: int) -> Expression:
        """Spend on keys bought on most of the window's days with an order, in cents; NaN below `fewest` such days.

        `on`: on how many of how many days at least, such as `(2, 3)`.
        """
        return self._leaf("staple_spend", key, days, option=f"{on[0]} of {on[1]} of {fewest} or more")

    def adopted(self, days: Length, within: int) -> Expression:
        """Products first sold to anybody in the window that the customer bought `within` days of that."""
        return self._leaf("adopted", "product", days, option=str(within))

    def after_late_deliveries(self, days: Length, span: int) -> Expression:
        """Spend of the `span` days after over that of the `span` days before each late delivery, as old or older."""
        return self._leaf("after_late", "amount", days, span, option=str(span))


class Tables:
    """The tables a feature may look at beside order days, returns and lines; see `features/history.py`.

    Facts that are learned later than their row are events of their own: `resolutions` of interactions, `renewals` and
    `cancellations` of contracts, `arrivals` of deliveries, `decisions` of quotes. `leads` are deliveries whose order
    is known.
    """

    purchases = Purchases()
    customers = Table("customers")
    interactions = Table("interactions")
    resolutions = Table("resolutions")
    contracts = Table("contracts")
    renewals = Table("renewals")
    cancellations = Table("cancellations")
    investments = Table("investments")
    deliveries = Table("deliveries")
    leads = Table("leads")
    arrivals = Table("arrivals")
    quotes = Table("quotes")
    decisions = Table("decisions")
    wallet = Table("wallet")
    treatments = Table("treatments")
