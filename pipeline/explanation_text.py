"""The tree of an explained value as lines of text: parts with their values, and of the rows those that tell most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from features.explain import Part, Shown

ROWS_SHOWN, BESIDE = 12, 3
"""Rows of a leaf that are printed for people, the latest that count and of the others; JSON holds them all."""
FIRST = ".age(first,"
"""A leaf that asks for the first row of all: of that the earliest are printed."""
MARK = {True: "+", False: "-"}
WIDE = 1000.0


def lines_of(part: Part) -> Iterator[str]:
    """One line a part; rows that count are marked + and others -, which is said where there are such."""
    if not _all_count(part):
        yield "Rows marked + count; those marked - lie in the window and add nothing."
    yield from _lines(part, "")


def number(value: float | None) -> str:
    """A number for people: two decimals where it is large, six digits elsewhere."""
    if value is None:
        return "null"
    return f"{value:,.2f}".removesuffix(".00") if abs(value) >= WIDE else f"{value:.6g}"


def _all_count(part: Part) -> bool:
    return all(row["counted"] for row in part.rows) and all(map(_all_count, part.parts))


def _lines(part: Part, indent: str) -> Iterator[str]:
    beside = [part.why] if part.why else [_facts(part.facts)] if part.facts else []
    yield f"{indent}{number(part.value)}  {part.text}" + "".join(f"  [{each}]" for each in beside)
    first = FIRST in part.text
    chosen = _chosen(part.rows, first=first)
    for row in chosen:
        cells = [str(row["day"]), *(_cell(*pair) for pair in row.items() if pair[0] not in ("day", "counted"))]
        yield f"{indent}    {MARK[bool(row['counted'])]} {', '.join(cells)}"
    rest = len(part.rows) - len(chosen)
    if rest:
        counting = sum(bool(row["counted"]) for row in part.rows) - sum(bool(row["counted"]) for row in chosen)
        yield f"{indent}    and {rest:,} {'later' if first else 'earlier' if counting == rest else 'other'} rows" + (
            f", {counting:,} of them marked +" if 0 < counting < rest else ""
        )
    for below in part.parts:
        yield from _lines(below, indent + "  ")


def _chosen(rows: tuple[Shown, ...], *, first: bool) -> list[Shown]:
    """The rows to print, in their order."""
    places = [*range(len(rows))] if first else [*reversed(range(len(rows)))]
    counting = [at for at in places if rows[at]["counted"]][:ROWS_SHOWN]
    others = [at for at in places if not rows[at]["counted"]][: min(BESIDE, ROWS_SHOWN - len(counting))]
    return [rows[at] for at in sorted([*counting, *others])]


def _facts(facts: Mapping[str, float]) -> str:
    told = {
        name.replace("_", " "): f"{number(value)}{' weeks' if name == 'alpha' else ''}" for name, value in facts.items()
    }
    return ", ".join(f"{name} {value}" for name, value in told.items())


def _cell(name: str, value: str | float | bool) -> str:
    return f"{name} {number(value) if isinstance(value, float) else value}"
