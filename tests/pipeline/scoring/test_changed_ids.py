"""Ids of order lines that change their form between two deliveries: customers that are suddenly new, or gone."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from features.engine.store import LineStore
from features.history import ORDER_LINES, History
from pipeline.scoring import changed_ids as module
from pipeline.scoring.changed_ids import changed_ids, newcomers

START = date(2022, 1, 3)
DAYS = 600
DELIVERED = DAYS - 31
AS_OF = START + timedelta(days=DAYS)


def store_of(rows: list[tuple[str, int]]) -> LineStore:
    """One order line of (customer, day), day 0 being START."""
    customers, days = zip(*rows, strict=True)
    table = pa.table(
        {
            "customer_id": pa.array(customers).dictionary_encode(),
            "order_id": pa.array([f"{c} {d}" for c, d in rows]).dictionary_encode(),
            "ordered_on": pa.array([START + timedelta(days=int(day)) for day in days], pa.date32()),
        }
    )
    assert set(table.column_names) <= set(ORDER_LINES.by_name)
    return LineStore.from_history(History(table, ""))


def regulars(number: int = 40, *, written: str = "{:05d}", since: int = DELIVERED, last: int = DAYS) -> LineStore:
    """Customers who order every fortnight; from `since` on they are written in another form."""
    form = lambda customer, day: (written if day >= since else "{:05d}").format(customer)  # noqa: E731
    return store_of([(form(each, day), day) for each in range(1, number) for day in range(each % 14, last, 14)])


class Exports:
    """Exports by their cutoff."""

    def __init__(self, exports: dict[date, list[str]]) -> None:
        self.exports = exports

    def cutoffs(self) -> tuple[date, ...]:
        return tuple(sorted(self.exports))

    def customers(self, cutoff: date) -> pa.Array:
        return pa.array(self.exports[cutoff], pa.string())


NONE = Exports({})


@pytest.mark.parametrize(
    ("written", "cause"),
    [("{:d}", "leading zeros"), ("{:05d}.0", 'a ".0" at the end'), ("K{:07d}", "Check that both")],
)
def test_a_delivery_of_another_form_is_noticed(written: str, cause: str) -> None:
    (said,) = changed_ids(regulars(written=written), AS_OF, NONE, {})  # type: ignore[arg-type]
    assert said.startswith("100% of the customers who ordered in the last 31 days never did before, though the history")
    assert cause in said and "one of old looks like '00009', one of them like" in said


@pytest.mark.parametrize(
    "store",
    [
        regulars(),
        regulars(15, written="{:d}"),  # too few to tell
        regulars(written="K{:d}", since=DELIVERED - 31),  # new for two months: one who began then may be a new market
        store_of([(f"N{day}-{each}", day) for day in range(DAYS) for each in range(2)]),  # nobody ever comes back
        regulars(written="{:d}", since=200, last=231),  # a young supplier has new customers only
    ],
    ids=["as ever", "few", "not since this delivery", "one order each", "short"],
)
def test_what_is_usual_is_not_told(store: LineStore) -> None:
    assert [*newcomers(store)] == []


def test_half_of_the_customers_are_enough_where_their_ids_are_old_ones_in_another_form() -> None:
    rows = [(f"{each:05d}", day) for each in range(1, 80) for day in range(each % 14, DAYS, 14)]
    new = [(each.lstrip("0") if day >= DELIVERED and int(each) > 30 else each, day) for each, day in rows]
    assert "leading zeros" in next(iter(newcomers(store_of(new))))
    others = [(f"K{each}" if day >= DELIVERED and int(each) > 30 else each, day) for each, day in rows]
    assert [*newcomers(store_of(others))] == []


@pytest.mark.parametrize(("kept", "told"), [(0, True), (3, True), (4, False), (39, False)])
def test_customers_of_the_last_export_that_are_nearly_all_gone_are_told(kept: int, told: bool) -> None:
    before = [f"{each:05d}" if each <= kept else f"{each}" for each in range(1, 40)]
    exports = Exports({AS_OF: [], AS_OF - timedelta(days=30): before, AS_OF - timedelta(days=60): ["x"] * 30})
    said = changed_ids(regulars(), AS_OF, exports, {})  # type: ignore[arg-type]
    assert bool(said) is told
    if told:
        assert f"of the 39 customers of the export of {AS_OF - timedelta(days=30)}" in said[0]
        assert "leading zeros" in said[0]


def test_customers_under_an_older_id_that_is_listed_are_not_gone() -> None:
    before = [f"old {each}" for each in range(1, 40)]
    exports = Exports({AS_OF - timedelta(days=30): before})
    assert changed_ids(regulars(), AS_OF, exports, {})  # type: ignore[arg-type]
    listed = {f"old {each}": f"{each:05d}" for each in range(1, 40)}
    assert changed_ids(regulars(), AS_OF, exports, listed) == ()  # type: ignore[arg-type]


def test_a_few_customers_of_an_export_tell_nothing() -> None:
    exports = Exports({AS_OF - timedelta(days=30): ["a", "b"]})
    assert changed_ids(regulars(), AS_OF, exports, {}) == ()  # type: ignore[arg-type]


def test_shares_are_those_of_a_plain_count() -> None:
    store = regulars(written="{:d}")
    rows = [(str(store.customer_ids[c]), int(d)) for c in range(store.customers) for d in _days(store, c)]
    recent = store.end - 31
    ordered = {who for who, day in rows if day >= recent}
    old = {who for who, day in rows if day < recent}
    first, last = module._first_and_last(store)
    assert module._share_of_new(first, last >= recent, recent) == len(ordered - old) / len(ordered)
    then = {who for who, day in rows if recent - 31 <= day < recent}
    older = {who for who, day in rows if day < recent - 31}
    assert module._share_before(store, recent) == len(then - older) / len(then)


def _days(store: LineStore, customer: int) -> np.ndarray:
    return store.day[store.offsets[customer] : store.offsets[customer + 1]]
