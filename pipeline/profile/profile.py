"""`moorings profile`: what a history holds, and what it is too thin for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.engine.store import LineStore
from features.history import ORDER_LINES, History
from models.outcome_tables import outcome_tables
from pipeline.config import Config
from pipeline.profile.credits import positive_credits
from pipeline.profile.days import Calendar, Rhythm, calendar, order_days, rhythm
from pipeline.profile.line_doubts import line_doubts
from pipeline.profile.once_an_order import once_an_order
from pipeline.profile.partner_warnings import partner_warnings
from pipeline.profile.partners import Partners, partners_seen
from pipeline.profile.returns import ReturnCurve, return_curve
from pipeline.profile.table_doubts import table_doubts
from pipeline.profile.tables import TableProfile, absent_tables, as_records, table_profiles, table_warnings
from pipeline.profile.targets import StatusCounts, TargetSize, status_counts, target_sizes
from pipeline.profile.text import as_text
from pipeline.profile.unread_states import unread_states
from pipeline.profile.warnings import numbered_lines, warnings
from pipeline.sources.account import Account
from pipeline.sources.history import Reading, read_history


@dataclass(frozen=True)
class Content:
    """How much there is: counts, days, and money in currency units (None where there are no amounts)."""

    rows: int
    customers: int
    orders: int
    order_days: int
    products: int | None
    categories: int | None
    first_day: date
    last_day: date
    net_amount: float | None
    returned_share: float | None
    currency: str


@dataclass(frozen=True)
class Profile:
    """Everything `moorings profile` says. `missing` is the share of rows without a value, None for absent columns."""

    name: str
    reading: Reading
    content: Content
    missing: dict[str, float | None]
    calendar: Calendar
    rhythm: Rhythm
    returns: ReturnCurve
    standing: StatusCounts
    targets: list[TargetSize]
    tables: dict[str, TableProfile]
    absent_tables: list[str]
    warnings: list[str]
    partners: Partners | None = None

    @property
    def account(self) -> Account:
        """What became of every order line."""
        return self.reading.account

    def summary(self) -> dict[str, object]:
        """JSON-able: every number of the profile."""
        parts = ("content", "calendar", "rhythm", "standing")
        return {
            "name": self.name,
            "fingerprint": self.reading.fingerprint,
            "account": self.reading.summary(),
            **{part: asdict(getattr(self, part)) for part in parts},
            "missing": self.missing,
            "return_curve": self.returns.summary(),
            "targets": [asdict(target) for target in self.targets],
            "tables": as_records(self.tables),
            "partners": None if self.partners is None else self.partners.summary(),
            "absent_tables": self.absent_tables,
            "warnings": self.warnings,
        }

    def text(self) -> str:
        """The profile as tables, for people."""
        return as_text(self)


def profile(config: Config, reading: Reading | None = None) -> Profile:
    """Read the history of a configuration, unless `reading` holds it already, and say what it holds.

    Raises:
        UsageProblem, DataProblem: as `pipeline.sources.history.read_history`.
    """
    reading = read_history(config) if reading is None else reading
    days = order_days(reading.history)
    curve, now, targets = return_curve(days), status_counts(days, config), target_sizes(days, config)
    tables, content = table_profiles(reading), _content(reading.history, days.day.size)
    store = LineStore.from_history(reading.history)
    partners = partners_seen(store, outcome_tables(reading.history, store), config)
    return Profile(
        name=config.name,
        reading=reading,
        content=content,
        missing=_missing(reading.history),
        calendar=calendar(days),
        rhythm=rhythm(days),
        returns=curve,
        standing=now,
        targets=targets,
        tables=tables,
        absent_tables=absent_tables(reading),
        warnings=[
            *warnings(reading.history, days, curve, now, targets, config),
            *_of_rows(reading, content, config),
            *once_an_order(config),
            *table_warnings(reading.history, tables),
            *table_doubts(reading.history),
            *partner_warnings(partners, config),
        ],
        partners=partners,
    )


def _of_rows(reading: Reading, content: Content, config: Config) -> Iterator[str]:
    """Warnings of how rows were written: numbers of orders, credits, what could not be read, ids that do not meet."""
    yield from numbered_lines(content.rows, content.orders, content.order_days)
    yield from positive_credits(reading.history, config)
    yield from unread_states(config)
    yield from line_doubts(reading.history)
    yield from reading.unread
    yield from reading.unmet


def _content(history: History, order_days: int) -> Content:
    lines = history.order_lines
    span = pc.min_max(lines.column("ordered_on")).as_py()
    return Content(
        rows=lines.num_rows,
        customers=_distinct(history, "customer_id") or 0,
        orders=_orders(history),
        order_days=order_days,
        products=_distinct(history, "product_id"),
        categories=_distinct(history, "category"),
        first_day=span["min"],
        last_day=span["max"],
        net_amount=_cents(history) / 100 if history.has("net_amount") else None,
        returned_share=_returned(history),
        currency=history.currency,
    )


def _distinct(history: History, column: str) -> int | None:
    if not history.has(column):
        return None
    return len(history.order_lines.column(column).combine_chunks().dictionary)


def _orders(history: History) -> int:
    """Orders of all customers: one number of two customers is two orders."""
    customer, order = (history.order_lines.column(key).combine_chunks() for key in ("customer_id", "order_id"))
    codes = [keys.indices.to_numpy().astype(np.int64) for keys in (customer, order)]
    return int(pc.count_distinct(pa.array(codes[0] * len(order.dictionary) + codes[1])).as_py())


def _cents(history: History) -> int:
    return pc.sum(history.order_lines.column("net_amount")).as_py() or 0


def _returned(history: History) -> float | None:
    """Value taken back as a share of the value bought."""
    if not history.has("net_amount"):
        return None
    cents = pc.fill_null(history.order_lines.column("net_amount"), 0).to_numpy()
    bought = int(cents[cents > 0].sum())
    return round(-int(cents[cents < 0].sum()) / bought, 4) if bought else None


def _missing(history: History) -> dict[str, float | None]:
    lines = history.order_lines
    return {
        column.name: round(lines.column(column.name).null_count / lines.num_rows, 4)
        if history.has(column.name)
        else None
        for column in ORDER_LINES.columns
    }
