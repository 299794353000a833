"""Numbers as SQL, however the text they stand in writes them; what could be read in two ways is no number."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.settings.history import TableSettings
from pipeline.sources.database import literal

BLANKS = " \u00a0\u2009\u202f"
"""Signs that look like a space: systems that group by one mostly write one that does not break the line."""
ALIKE = {" ": BLANKS, "'": "'\u2019"}
"""Signs that are written for a grouping sign, and cannot be told from it on a screen."""


def as_number(plain: str, settings: TableSettings) -> str:
    """A text as DOUBLE; null where it is no number.

    A minus may stand before or behind it, or brackets around it, as accountants write it; with blanks between, too.
    """
    bare = _close(without_units(plain, settings.units))
    held = _signed(bare)
    if settings.thousands != "_":  # the database passes over it, wherever it stands between digits
        held = f"CASE WHEN NOT contains({bare}, '_') THEN {held} END"
    if settings.thousands:
        signs = ALIKE.get(settings.thousands, settings.thousands)
        held = f"CASE WHEN {_grouped(held, signs, settings.decimal)} THEN {_all_gone(held, signs)} END"
    if settings.decimal != ".":
        known = held if settings.thousands == "." else f"CASE WHEN NOT contains({held}, '.') THEN {held} END"
        held = f"replace({known}, {literal(settings.decimal)}, '.')"
    return f"TRY_CAST({held} AS DOUBLE)"


def without_units(plain: str, units: Iterable[str]) -> str:
    """A text without the units before or behind its number. In the midst they stay: `12€50` is not 1250."""
    for unit in units:
        mark = f"[{BLANKS}]*{re.escape(unit)}[{BLANKS}]*"
        plain = f"regexp_replace({plain}, {literal(f'^([-+(]?){mark}')}, '\\1')"
        plain = f"regexp_replace({plain}, {literal(f'{mark}([-)]?)$')}, '\\1')"
    return plain


def _close(plain: str) -> str:
    """A text without the blanks between its number and a sign or brackets: a blank that is left groups."""
    before = f"regexp_replace({plain}, {literal(f'^([-+(])[{BLANKS}]+')}, '\\1')"
    return f"regexp_replace({before}, {literal(f'[{BLANKS}]+([-)])$')}, '\\1')"


def _signed(plain: str) -> str:
    behind, around = f"ends_with({plain}, '-')", f"starts_with({plain}, '(') AND ends_with({plain}, ')')"
    return f"CASE WHEN {behind} THEN '-' || left({plain}, -1) WHEN {around} THEN '-' || {plain}[2:-2] ELSE {plain} END"


def _grouped(held: str, signs: str, decimal: str) -> str:
    """Whether no sign groups, or all do, and three digits stand behind the last: elsewhere `12,50` is no 1250.

    Two stand behind the others in India; more than three before the first, as in `1234,567`, are no group.
    """
    one = f"[{re.escape(signs)}]"
    groups = f"^[^0-9]?[0-9]{{1,3}}({one}[0-9]{{2,3}})*{one}[0-9]{{3}}({re.escape(decimal)}[0-9]*)?$"
    return f"(NOT regexp_matches({held}, {literal(one)}) OR regexp_matches({held}, {literal(groups)}))"


def _all_gone(held: str, signs: str) -> str:
    return f"translate({held}, {literal(signs)}, '')"


def cents(amount: str) -> str:
    """An amount in whole cents, rounded half away from zero, so that a return mirrors its sale.

    The inner rounding takes off what binary fractions add: 0.285 is 28.5 cents, not 28.499999999999996.
    """
    return f"CAST(round(round(({amount}) * 100, 6)) AS BIGINT)"
