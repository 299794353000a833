"""A past that is another than the export of before says: customers that are gone, and years that are others."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from features.engine.store import LineStore, day_number
from features.history import History
from pipeline.export.origin import Origin
from pipeline.scoring.changed_past import COLUMNS, Past, changed_past, past_of
from pipeline.standing.ordering import ordering_at

START, DAYS = date(2022, 1, 3), 400
BEFORE, AS_OF = START + timedelta(days=DAYS - 1), START + timedelta(days=DAYS)
Rows = list[tuple[str, int, int]]


def regulars(customers: int = 100) -> Rows:
    """(customer, day, cents): everybody orders once a fortnight, each on a day of its own."""
    return [(f"C{each:03d}", day, 1000) for each in range(customers) for day in range(each % 14, DAYS, 14)]


def store_of(rows: Rows) -> LineStore:
    customers, days, cents = zip(*rows, strict=True)
    table = pa.table(
        {
            "customer_id": pa.array(customers).dictionary_encode(),
            "order_id": pa.array([f"{c} {d}" for c, d, _ in rows]).dictionary_encode(),
            "ordered_on": pa.array([START + timedelta(days=day) for day in days], pa.date32()),
            "net_amount": pa.array(cents, pa.int64()),
        }
    )
    return LineStore.from_history(History(table, "EUR"))


class Exports:
    """An export of a date, as it was made of rows."""

    def __init__(self, rows: Rows, cutoff: date = BEFORE, begins: date | None = None) -> None:
        known = store_of(rows).known_before(day_number(cutoff))
        self.begins = str(begins or "")
        found, self.cutoff = ordering_at(known, cutoff), cutoff
        columns = known.customer_ids.tolist(), found.days, found.spend, pa.array(found.last_order_on(), pa.date32())
        self.table = pa.table(dict(zip(COLUMNS, columns, strict=True)))

    def cutoffs(self) -> tuple[date, ...]:
        return (self.cutoff,)

    def columns(self, cutoff: date, names: object) -> pa.Table:
        return self.table

    def origin(self, cutoff: date) -> Origin:
        return Origin(cutoff, "a run", begins=self.begins)


def found(before: Rows, now: Rows, renamed: dict[str, str] | None = None) -> Past:
    past = past_of(store_of(now), AS_OF, Exports(before), renamed or {})  # type: ignore[arg-type]
    assert past is not None
    return past


def changed(rows: Rows, customers: int, cents: int) -> Rows:
    return [(who, day, cents if int(who[1:]) < customers else paid) for who, day, paid in rows]


ROWS = regulars()


@pytest.mark.parametrize(
    ("now", "gone", "otherwise"),
    [
        (ROWS, 0, 0),
        ([row for row in ROWS if row[0] >= "C050"], 50, 0),
        ([row for row in ROWS if row[1] >= 20], 0, 0),  # before the year, and orders of the year are there
        ([row for row in ROWS if not 200 <= row[1] < 260], 0, 100),  # a file of two months is missing
        ([row for row in ROWS if row[1] < 30 or row[0] >= "C050"], 0, 50),
        (changed(ROWS, 100, 100_000), 0, 100),
        (changed(ROWS, 4, 5000), 0, 4),
        ([*ROWS, *[(who, day + 1, paid) for who, day, paid in ROWS if day < 300]], 0, 100),
        ([(f"K{who}" if who < "C030" else who, day, paid) for who, day, paid in ROWS], 30, 0),
        ([row for row in ROWS if row[1] != DAYS - 2], 0, 0),  # the last night is missing: a day less for a few
    ],
    ids=["as ever", "halved", "old years", "gap", "cut", "unit", "corrected", "twice", "ids", "late"],
)
def test_who_is_gone_and_whose_year_is_another(now: Rows, gone: int, otherwise: int) -> None:
    past = found(ROWS, now)
    assert (past.customers, past.gone, past.otherwise) == (100, gone, otherwise)


def test_what_is_said_of_it() -> None:
    now = store_of([row for row in changed(ROWS, 40, 90) if row[0] >= "C010"])
    lost, rewritten = changed_past(now, AS_OF, Exports(ROWS), {})  # type: ignore[arg-type]
    assert lost.startswith("10 of the 100 customers (10%) who had ordered in the year before 2023-02-06, as its export")
    assert "list the older ones in [history.customer_ids]" in lost and "customer_ids" not in rewritten
    assert rewritten.startswith("of 30 of the 90 customers (33%) who had ordered in the year before 2023-02-06 order")


@pytest.mark.parametrize(
    ("past", "lost", "rewritten"),
    [
        (Past(BEFORE, 1000, 10, 49), False, False),
        (Past(BEFORE, 1000, 11, 50), True, True),
        (Past(BEFORE, 100, 2, 2), False, False),  # corrected by hand
        (Past(BEFORE, 19, 19, 0), False, False),
        (Past(BEFORE, 30, 3, 3), True, True),
    ],
)
def test_what_is_told_and_what_is_not(past: Past, lost: bool, rewritten: bool) -> None:
    assert (past.lost, past.rewritten) == (lost, rewritten)


def test_customers_that_are_listed_as_renamed_are_not_gone_and_those_put_together_not_compared() -> None:
    now = [("N" if who < "C010" else who, day, paid) for who, day, paid in ROWS]
    past = found(ROWS, now, {f"C{each:03d}": "N" for each in range(10)})
    assert (past.gone, past.otherwise) == (0, 0)


def test_the_export_is_old_enough_or_there_is_none() -> None:
    store, exports = store_of(ROWS), Exports(ROWS)
    assert past_of(store, AS_OF, exports, {}, days=2) is None  # type: ignore[arg-type]
    assert past_of(store, BEFORE, exports, {}) is None  # type: ignore[arg-type]
    exports.columns = lambda *_: None  # type: ignore[method-assign,assignment,return-value]
    assert past_of(store, AS_OF, exports, {}) is None  # type: ignore[arg-type]


def test_orders_since_the_export_are_no_other_past() -> None:
    exports = Exports(ROWS, AS_OF - timedelta(days=150))
    past = past_of(store_of(ROWS), AS_OF, exports, {}, days=28)  # type: ignore[arg-type]
    assert past is not None and (past.gone, past.otherwise) == (0, 0)


def test_a_week_that_had_not_been_delivered_is_no_other_past() -> None:
    """Who orders six times a year has an order day more by a sixth: of those of a week, one customer in nine has."""
    rare = [(f"C{each:03d}", day, 1000) for each in range(120) for day in range(each % 60, DAYS, 60)]
    exports = Exports([row for row in rare if row[1] < DAYS - 8])
    past = past_of(store_of(rare), AS_OF, exports, {})  # type: ignore[arg-type]
    assert past is not None and (past.gone, past.otherwise) == (0, 0)


def test_who_was_silent_for_a_year_may_be_erased() -> None:
    silent = [(f"S{each:03d}", day, 1000) for each in range(50) for day in range(0, 30, 7)]
    past = found([*ROWS, *silent], ROWS)
    assert (past.customers, past.gone, past.otherwise) == (100, 0, 0)


LAST = 365
"""Days that a supplier delivers of whatever went before."""
SELDOM: Rows = [(f"C{each:03d}", day, 1000) for each in range(100) for day in range(each % 40, DAYS, 40)]
SELDOM += [(f"C{100 + each:03d}", DAYS - back - LAST, 1000) for each, back in enumerate([1, 7, 28] * 5)]
"""And some who ordered once, on a day that is let go of."""


def held(rows: Rows, until: int, days: int = LAST) -> Rows:
    return [row for row in rows if until - days <= row[1] < until]


def rolled(back: int, now: Rows, *, told: bool = True) -> Past:
    """Beside an export of so many days before, of a supplier whose deliveries hold the last year."""
    cutoff, until = AS_OF - timedelta(days=back), DAYS - back
    begins = START + timedelta(days=until - LAST) if told else None
    past = past_of(store_of(now), AS_OF, Exports(held(SELDOM, until), cutoff, begins), {}, back)  # type: ignore[arg-type]
    assert past is not None
    return past


@pytest.mark.parametrize("back", [1, 7, 28])
def test_a_history_that_lets_go_of_its_oldest_days_is_no_other_past(back: int) -> None:
    found = rolled(back, held(SELDOM, DAYS))
    assert (found.gone, found.otherwise) == (0, 0)
    by_months = rolled(back, held(SELDOM, DAYS, LAST - 30))
    assert (by_months.lost, by_months.rewritten) == (False, False)
    assert back < 28 or rolled(back, held(SELDOM, DAYS), told=False).rewritten, (
        "the export does not tell where it began"
    )


def test_of_such_a_history_the_last_orders_are_compared() -> None:
    half = [row for row in held(SELDOM, DAYS) if (int(row[0][1:]) + row[1] // 40) % 2]
    assert rolled(7, half).rewritten
    assert rolled(7, [row for row in held(SELDOM, DAYS) if row[0] >= "C050"]).lost


def test_a_history_that_lost_more_of_its_beginning_than_passed_is_another_past() -> None:
    assert rolled(28, held(SELDOM, DAYS, LAST - 33)).rewritten


def test_amounts_that_nobody_knows_are_not_compared() -> None:
    exports = Exports(ROWS)
    exports.table = exports.table.set_column(2, "spend_of_year", pa.array(np.full(100, np.nan)))
    past = past_of(store_of(changed(ROWS, 100, 5)), AS_OF, exports, {})  # type: ignore[arg-type]
    assert past is not None and past.otherwise == 0
