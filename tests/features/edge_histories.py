"""Suppliers made up to sit on every edge that a feature has: what chance would seldom make, once and on purpose.

Each is asked at neighbouring cutoffs: what lies on the last day of a window at the one is out of it at the next.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from customers import Line
from histories import Situation, busy_supplier
from table_histories import MAKERS, Tables, of_rows
from table_rows import Row

from features.engine.plan import Population

AT = date(2021, 10, 1)
"""31, 92, 183 and 365 days before it, or 30 before, a month begins, as far as that is possible at once."""
LENGTHS = (7, 14, 15, 30, 31, 45, 60, 90, 92, 120, 180, 182, 183, 360, 364, 365, 366, 720, 730, 731, 820, 1095)
"""Of the windows that features look at, and of two of them in a row."""
USUAL = (3, 20, 41, 77, 150, 290, 500, 800)
LEADS = (13, 14, 15)
LEARNED = {
    "interactions": "resolved_on",
    "contracts": "cancelled_on",
    "deliveries": "delivered_on",
    "quotes": "decided_on",
}
"""The day of a fact that is learned later than its row, by table."""
PACES = {
    "by 73 days": (438, 365, 219, 146, 73),
    "monthly": (360, *range(285, 0, -30)),
    **{f"once {age} days ago": (age, 20) for age in (365, 730, 1095)},
}
"""Ages of orders: of periods of one's own, of a month that alone ends a silence, and of one year that was the best."""
CONTACTS = [
    *({"kind": "complaint", "severity": float(severity), "resolved_on": None} for severity in (3, 4, 5)),
    *(
        {"kind": kind, "initiated_by": "supplier"}
        for kind in ("visit", "meeting", "advice", "joint_project", "training")
    ),
]
"""Contacts that each count for something."""


def before(days: int, at: date = AT) -> date:
    return at - timedelta(days=days)


def on_the_edges_of_windows() -> Situation:
    """One customer per length of a window, with rows of every table on its last day; bought before and since."""
    names = [f"e{length:04}" for length in LENGTHS]
    lines = [line for name, length in zip(names, LENGTHS, strict=True) for line in _lines(name, length)]
    lines += [
        Line(who, f"{who}-{age}", before(age), "p", 1.0, 1000 * (1 + 100 * (age > 20)))
        for who, ages in PACES.items()
        for age in ages
    ]
    rows: dict[str, list[Row]] = {name: [] for name in MAKERS}
    for name, length in zip(names, LENGTHS, strict=True):
        for table in rows:
            rows[table] += _rows(table, name, length)
    tables = {name: of_rows(name, found) for name, found in rows.items()}
    return Situation(tuple(lines), (AT, before(-1)), 90, tables=tables)


def _lines(name: str, length: int) -> list[Line]:
    """Orders of usual days, alike but for their amounts, and one of another product on the edge, with a return."""
    chance = random.Random(length)
    usual = [
        Line(name, f"{name}-{age}", before(age), "p", float(chance.randint(1, 9)), chance.randint(900, 9000), "c",
             list_cents=9000, unit_cost=100, channel="phone")
        for age in USUAL
    ]  # fmt: skip
    edge = Line(name, f"{name}-edge", before(length), f"q{length}", 3.0, 7777, "d", False, None, 9999, 55, "EDI")
    taken = replace(edge, order=f"{name}-back", quantity=-1.0, cents=-500, is_return=True)
    launched = [
        Line(name, f"{name}-{age}-new", before(age), f"launched {ago}", 1.0, 5000 + age, "c")
        for ago, ages in ((364, (274,)), (365, (274, 275)), (366, (275,)), (200, (111, 110, 109)))
        for age in ages[length % len(ages) :][:1] + ((ago,) if length == LENGTHS[0] else ())
    ]
    return [*usual, edge, taken, replace(edge, product="p", category="c", cents=4321), *launched]


def _rows(table: str, who: str, length: int) -> list[Row]:
    """Rows of the day, rows of before whose fact is of the day, and rows that are known around the cutoff."""
    chance = random.Random(f"{table} {length}")
    found = [MAKERS[table](chance, who, before(length)) | {"known_on": None} for _ in range(8)]
    if table == "customers":
        old = {"valid_from": before(900), "valid_to": None, "employees": 7.0, "annual_revenue": 7_000}
        new = {"valid_to": None, "employees": float(length), "annual_revenue": length * 100}
        return [found[0] | old, found[1] | new]
    if table == "interactions":
        found += [row | made for row, made in zip(found, CONTACTS, strict=True)]
    if learned := LEARNED.get(table):
        for days in (1, 10, 40, 200):
            row = MAKERS[table](chance, who, before(length + days)) | {"known_on": None, learned: before(length)}
            found.append(row | ({"outcome": "won"} if row.get("outcome") == "open" else {}))
    late = [MAKERS[table](chance, who, before(length + 5)) for _ in range(4)]
    found += [row | {"known_on": before(days)} for row, days in zip(late, (1, 0, -1, 0), strict=True)]
    return found + (_of_orders(who, length) if table == "deliveries" else []) + _renewals(table, who, length)


def _of_orders(who: str, length: int) -> list[Row]:
    """Deliveries promised so many days after an order, one of them for the day of the edge."""
    chance, found = random.Random(length), []
    leads = [(age, lead) for age, lead in zip((290, 290, 150), LEADS, strict=True)]
    for age, lead in (*leads, *((age, age - length) for age in USUAL if age > length)):
        row = MAKERS["deliveries"](chance, who, before(age - lead))
        found.append(row | {"order_id": f"{who}-{age}", "known_on": None})
    return found


def _renewals(table: str, who: str, length: int) -> list[Row]:
    """A contract that is renewed 29, 30 or 31 days before its end, for a little more or as much."""
    if table != "contracts":
        return []
    old = MAKERS["contracts"](random.Random(length), who, before(length + 400))
    old |= {"contract_id": f"old {who}", "starts_on": before(length + 400), "ends_on": before(length + 40),
            "committed_amount": 1000, "cancelled_on": None, "known_on": None, "renewal_of": None}  # fmt: skip
    signed = before(length + 40 + 29 + length % 3)
    ends = signed + timedelta(days=359 + length % 3)
    new = {"contract_id": f"new {who}", "renewal_of": f"old {who}", "signed_on": signed, "starts_on": signed,
           "ends_on": ends, "committed_amount": 999 + length % 3}  # fmt: skip
    return [old, old | new]


def as_the_first_year_ends() -> Situation:
    """Cutoffs around the days on which the history becomes one year, 455 days and two years long."""
    first = before(0)
    ages = (0, 1, 90, 200, 274, 290, 364, 365, 420, 454, 500, 640, 700, 728, 729)
    lines = [
        Line(who, f"{who}{age}", first + timedelta(days=age), f"p{age % 5}", 1.0, 1000 + age)
        for who, step in (("ann", 1), ("bob", 2))
        for age in ages[::step]
    ]
    spans = (364, 365, 366, 454, 455, 456, 729, 730, 731)
    return Situation(tuple(lines), tuple(first + timedelta(days=span) for span in spans), 90)


def of_months() -> Situation:
    """Purchases from everybody, one customer with a month of its own for each month that is just in a window.

    A month is known on the first of the next: the cutoffs are those that lie so many days after the first of one.
    """
    cutoffs = tuple(date(2021, *day) for day in ((9, 1), (9, 2), (9, 30), (10, 1), (10, 2)))
    firsts = [date(2021, 8, 1), date(2021, 7, 1), date(2021, 4, 1), date(2020, 10, 1), date(2019, 10, 1)]
    lines, rows = [], []
    for first in firsts:
        for who, ours, total in (("theirs", 0, 70), ("ours", 50, 50), ("both", 30, 90)):
            name = f"{who} {first}"
            lines.append(Line(name, name, date(2021, 6, 1), "p", 1.0, 1000))
            amounts = [(day, "c", 80, 100) for day in (date(2019, 5, 1), date(2020, 12, 1), date(2021, 8, 15))]
            for day, category, own, all_ in (*amounts, (before(1, first), "edge", ours, total)):
                rows.append({"customer_id": name, "month": day, "category": category, "our_amount": own,
                             "total_amount": all_})  # fmt: skip
    return Situation(tuple(lines), cutoffs, 90, tables={"wallet": of_rows("wallet", rows)})


def around_a_minimum(sharing: int, others: int) -> Situation:
    """`sharing` customers order for 100.00 or up to a tenth more; `others` have minima of their own, one has none.

    Those of the others are more than a tenth apart, and the first is half as much again as the common one.
    """
    own = [tuple(round(15_000 * 1.15**number) * times for times in (1, 1, 4)) for number in range(others)]
    alike = [(10_000, 10_000 + 250 * number, 11_000, 45_000, 90_000)[: 3 + number % 3] for number in range(sharing)]
    days = {f"t{number}": (*amounts, 400_000 + number, 800_000)[: 4 + number % 2]
            for number, amounts in enumerate((*own, *alike, (31_000, 62_000, 124_000)))}  # fmt: skip
    lines = [
        Line(who, f"{who}{number}", before(5 + 20 * number), "p", 1.0, cents)
        for who, amounts in days.items()
        for number, cents in enumerate(amounts)
    ]
    return Situation(tuple(lines), (AT,), 90, population=Population(2, 365))


def with_few_buyers(customers: int) -> Situation:
    """All buy one product, and others are bought by two of them, three, or one alone: 1 of 20 is a share of .05.

    After the last cutoff everybody buys everything, at other prices.
    """
    lines = [
        Line(f"f{number:02}", f"f{number:02} {age}", before(age), product, 2.0, cents, "c")
        for number in range(customers)
        for product, buyers in (("p", customers), ("two", 2), ("three", 3), ("one", 1))
        for age, cents in ((90, 1000), (30, 1000 + number), (0, 700), (-1, 300))
        if number < buyers or age <= 0
    ]
    return Situation(tuple(lines), (before(1), AT), 90)


def of_a_launch_learned_late() -> Situation:
    """Products that ann buys as one of the first, until bob's purchases of long before are known.

    Of one product after the other, at the second, third and last cutoff: those before may not borrow what it knows, and
    those after know it too.
    """
    lines = [Line(who, f"{who} old", before(900), "p", 1.0, 1000) for who in ("ann", "bob")]
    for ago in (2, 1, 0):
        lines.append(Line("ann", f"ann {ago}", before(40), f"new {ago}", 1.0, 1000))
        lines.append(Line("bob", f"bob {ago}", before(200), f"new {ago}", 1.0, 1000, known=before(ago)))
    return Situation(tuple(lines), tuple(map(before, (2, 1, 0, -1))), 90)


def with_nothing_settled() -> Situation:
    """The only row of each table is the first of its kind: nothing arrived, was decided, settled or cancelled."""
    order = Line("ann", "o", before(30), "p", 1.0, 1000)
    open_ = {"known_on": None, "resolved_on": None, "cancelled_on": None, "delivered_on": None, "decided_on": None,
             "order_id": "another's", "outcome": "open", "renewal_of": None}  # fmt: skip
    tables: Tables = {
        name: of_rows(name, [make(random.Random(1), "ann", before(9)) | open_]) for name, make in MAKERS.items()
    }
    return Situation((order,), (before(9), before(8), AT), 90, tables=tables)


EDGES = {
    "windows": on_the_edges_of_windows(),
    "months": of_months(),
    "first years": as_the_first_year_ends(),
    "a common minimum": around_a_minimum(sharing=8, others=6),
    "a minimum of a tenth": around_a_minimum(sharing=1, others=9),
    "no common minimum": around_a_minimum(sharing=1, others=10),
    **{f"two of {customers} buyers": with_few_buyers(customers) for customers in (19, 20, 21)},
    "never late": Situation(tuple(busy_supplier(customers=9, late=False)), (date(2020, 9, 23), date(2021, 1, 1)), 90),
    "a launch learned late": of_a_launch_learned_late(),
    "nothing settled": with_nothing_settled(),
}
