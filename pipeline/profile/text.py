"""A profile as tables for people."""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from pipeline.profile.profile import Profile

WIDTH = 110
SHOWN_MONTHS = (1, 2, 3, 4, 6, 9, 12, 18, 24)


def as_text(profile: Profile) -> str:
    """The profile as one text of tables, at most 110 characters wide."""
    text = io.StringIO()
    page = Console(file=text, width=WIDTH, force_terminal=False, no_color=True, highlight=False, markup=False)
    page.print(profile.reading.text())
    for block in (_content, _missing, _tables, _values, _rhythm, _curve, _targets, _partners):
        title, table, note = block(profile)
        if not (table.row_count or note):
            continue
        page.print(f"\n{title}\n")
        if table.row_count:
            page.print(table)
        if note:
            page.print(note)
    thin = ["What is thin", "", *map(_bullet, profile.warnings)] if profile.warnings else ["Nothing is thin."]
    page.print("\n" + "\n".join(thin))
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


def _bullet(sentence: str) -> str:
    return textwrap.fill(f"- {sentence}", WIDTH, subsequent_indent="  ")


Block = tuple[str, Table, str]


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD if any(columns) else None, pad_edge=False, show_header=any(columns))
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    return table


def _content(profile: Profile) -> Block:
    content, when, now = profile.content, profile.calendar, profile.standing
    rows = {
        "order lines": f"{content.rows:,}",
        "customers": f"{content.customers:,}",
        "orders": f"{content.orders:,}",
        "order days (customer x day)": f"{content.order_days:,}",
        "products": _count(content.products),
        "categories": _count(content.categories),
        "from": f"{content.first_day}",
        "to": f"{content.last_day}",
        "days": f"{when.days:,}",
        "net amount": _amount(content.net_amount, content.currency),
        "taken back, share of value": _share(content.returned_share),
        "days without any order": f"{when.days_without_orders:,}",
        "weeks without any order": f"{when.weeks_without_orders:,}",
        "weekdays without any order": ", ".join(when.weekdays_without_orders) or "none",
        "longest silence of everybody": _silence(when.longest_silence),
        "eligible at the end": f"{now.eligible:,}",
        "new at the end": f"{now.new:,}",
        "lapsed at the end": f"{now.lapsed:,}",
        "never bought, in no export": f"{now.never_bought:,}",
    }
    return f"What {profile.name} holds", _pairs(rows), ""


def _pairs(rows: dict[str, str]) -> Table:
    table = _table("", "")
    for row in rows.items():
        table.add_row(*row)
    return table


def _missing(profile: Profile) -> Block:
    table = _table("column", "missing")
    for name, share in profile.missing.items():
        table.add_row(name, "no such column" if share is None else f"{share:.2%}")
    return "Share of order lines without a value", table, ""


def _tables(profile: Profile) -> Block:
    table = _table("table", "rows", "customers", "covers", "from", "to", "without a value")
    for name, found in profile.tables.items():
        missing = [f"{column} {share:.1%}" for column, share in found.missing.items() if share]
        span = [str(day or "-") for day in (found.first_day, found.last_day)]
        counted = [f"{found.rows:,}", f"{found.customers:,}", f"{found.customers_share:.0%}"]
        table.add_row(name, *counted, *span, ", ".join(missing) or "none")
    absent = ", ".join(profile.absent_tables)
    note = "covers: the share of the customers with order lines that have a row\n" if profile.tables else ""
    return "Tables beside the order lines", table, note + (f"absent: {absent}" if absent else "none is absent")


def _values(profile: Profile) -> Block:
    """What the columns of the further tables hold, for whoever knows what they ought to hold."""
    table = _table("table", "column", "values")
    table.columns[1].justify = table.columns[2].justify = "left"
    for name, found in profile.tables.items():
        for column, values in found.says.items():
            table.add_row(name, column, values)
    return "What they say", table, ""


def _rhythm(profile: Profile) -> Block:
    found = profile.rhythm
    rows = {
        "days between order days": found.gap_days,
        "a customer's median gap, over customers": found.customer_median_gap_days,
        "order days per customer": found.order_days_per_customer,
    }
    table = _table("", "p10", "p25", "median", "p75", "p90")
    for name, values in rows.items():
        table.add_row(name, *([f"{value:g}" for value in values.values()] if values else ["-"] * 5))
    once = found.customers_with_one_order_day
    return "Order rhythm", table, f"{once:,} {'customer has' if once == 1 else 'customers have'} one order day"


def _curve(profile: Profile) -> Block:
    table = _table("silent for months", "silences", "end within a year")
    proposed = profile.returns.proposed_horizon_months
    for point in profile.returns.points:
        months = int(point["days"] or 0) // 30
        if months in SHOWN_MONTHS or months == proposed:
            unseen = "too few to say" if point["silences"] else "none so long"
            share = unseen if point["share"] is None else f"{point['share']:.1%}"
            table.add_row(f"{months}", f"{point['silences']:,}", share)
    many = "months" if proposed != 1 else "month"
    note = f"proposed horizon: {proposed} {many} ({proposed * 30} days)" if proposed else "no horizon can be proposed"
    return "Return curve: of the silences that last so long, the share that ends within a further year", table, note


def _targets(profile: Profile) -> Block:
    table = _table("target", "gap", "horizon", "cutoffs", "first", "last", "labels", "churned")
    for size in profile.targets:
        churned = "" if size.churners is None or not size.labels else f"{size.churners / size.labels:.1%}"
        span = [str(day or "-") for day in (size.first_cutoff, size.last_cutoff)]
        days = [f"{size.gap_days} days", f"{size.horizon_days} days"]
        table.add_row(size.target, *days, f"{size.cutoffs}", *span, f"{size.labels:,}", churned)
    notes = [f"{size.target}: {size.chosen}" for size in profile.targets if size.chosen]
    return "What there would be to learn from", table, "; ".join(notes)


def _partners(profile: Profile) -> Block:
    """By the acts of all tables, and without each: what a label asks for depends on what can be seen."""
    title, table, found = "What partners would be told by", _table("tables", "partners", "share"), profile.partners
    if found is None:
        return title, table, "partnership is no target, or no cutoff is mature"
    table.add_row("all there are", f"{found.partners:,}", f"{found.share:.1%}")
    for each in found.without:
        table.add_row(
            f"without {' and '.join(each.tables)}", f"{each.partners:,}", f"{each.partners / found.labels:.1%}"
        )
    shown = [f"{name} {share:.0%}" for name, share in found.acts.items() if share is not None]
    days = f"{found.labels:,} labels at {', '.join(map(str, found.cutoffs))}, watched for {found.horizon_days} days"
    return title, table, f"{days}; acts shown: {', '.join(shown)}"


def _amount(amount: float | None, currency: str) -> str:
    return "no amounts" if amount is None else f"{amount:,.2f} {currency}"


def _count(number: int | None) -> str:
    return "no such column" if number is None else f"{number:,}"


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _silence(silence: dict[str, object] | None) -> str:
    return "none" if silence is None else f"{silence['days']} days from {silence['from']}"
