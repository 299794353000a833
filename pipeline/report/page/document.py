"""The page as one file: template, style and scripts put together under a policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from features.evidence import level_of
from features.history import OPTIONAL_TABLES
from models.decision.states import STATES
from models.explanation.language import ENGLISH, Language
from pipeline.contract.reading_order import SAID
from pipeline.report.column_words import LIST, heading
from pipeline.report.page.at_hand import at_hand
from pipeline.report.page.customers import code_word, customers, in_script, most_urgent
from pipeline.report.page.in_person import in_person
from pipeline.report.page.portfolio import portfolio
from pipeline.report.page.words import said

PARTS = Path(__file__).resolve().parent
TEMPLATE, STYLE = "page.html", "page.css"
SCRIPTS = ("data.js", "elements.js", "list.js", "chart.js", "customer.js", "start.js")
"""In the order in which they need each other."""
MOST_CUSTOMERS = 20_000
"""A list that opens at once on an office computer."""
POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing is fetched, nothing is sent, no text becomes markup or code."""
CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Numbers:
    """Numbers as a language writes them, in a currency."""

    language: Language
    currency: str

    def money(self, amount: float | None) -> str:
        """A whole amount with its currency; a dash where it is unknown."""
        if amount is None:
            return "–"
        if not CURRENCY.fullmatch(self.currency):
            return f"{amount:,.0f} {self.currency}".strip()
        from babel.numbers import format_currency  # noqa: PLC0415 - slow to load

        # the pattern has no decimals, whatever the currency
        return format_currency(
            amount, self.currency, "¤#,##0;-¤#,##0", locale=self.language.name, currency_digits=False
        )

    def count(self, number: float) -> str:
        """A whole number with separators."""
        return f"{number:,.0f}"

    def share(self, part: float | None, whole: float | None) -> str:
        """A part of a whole in percent; a dash where either is unknown."""
        return f"{part / whole:.0%}" if part is not None and whole else "–"


def write_page(
    table: pa.Table,
    path: Path,
    cutoff: date,
    facts: Mapping[str, str],
    language: Language = ENGLISH,
    most: int = MOST_CUSTOMERS,
) -> None:
    """Write the predictions of a date as one HTML file; the same rows give the same bytes.

    Args:
        table: rows of `pipeline.contract.predictions.SCHEMA`.
        path: of the file.
        cutoff: of the rows.
        facts: what the export says of itself, by label in the language.
        language: of everything but what the rows say in sentences.
        most: customers that are listed, the first in the order of reading; the portfolio counts all.
    """
    numbers = Numbers(language, facts.get(language.text("Currency"), ""))
    table = at_hand(in_person(table))
    listed = most_urgent(table, most)
    style, script = _read(STYLE), _script()
    page = _template().render(
        language=language.name.replace("_", "-"),
        policy=POLICY.format(script=_hash(script), style=_hash(style)),
        style=style,
        script=script,
        data=in_script(customers(listed, language, numbers.currency, cutoff)),
        supplier=facts.get(language.text("Supplier"), ""),
        cutoff=str(cutoff),
        facts=facts,
        portfolio=portfolio(table),
        listed=listed.num_rows,
        order=language.grammar.continued(language.text(SAID)),
        sources=_sources(table, language),
        states=STATES,
        numbers=numbers,
        say=partial(said, language=language),
        word=partial(code_word, language=language),
        heading=partial(heading, language=language),
    )
    path.write_text(page, encoding="utf-8", newline="\n")


def _sources(table: pa.Table, language: Language) -> dict[str, str]:
    """What the rows rest on and which models scored them, by heading; several are listed."""
    found: dict[str, str] = {}
    for name in ("evidence_level", "churn_model", "partnership_model"):
        values = sorted(pc.unique(table.column(name)).drop_null().to_pylist())
        if values:
            texts = [code_word(_together(values), language)] if name == "evidence_level" else values
            found[heading(name, language)] = "; ".join(texts)
    return found


def _together(levels: list[str]) -> str:
    """The evidence of all rows together: customers differ in it, and each has its own beside its reasons."""
    named = {part for level in levels for part in level.split(LIST)}
    return level_of([table.name for table in OPTIONAL_TABLES if table.name in named])


@cache
def _template() -> Any:
    places = FileSystemLoader(PARTS)
    environment = Environment(
        loader=places, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(TEMPLATE)


def _script() -> str:
    """The scripts as one, in a scope of its own."""
    return "\n".join(['"use strict";', "(() => {", *map(_read, SCRIPTS), "})();"])


@cache
def _read(name: str) -> str:
    return (PARTS / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    """As a Content-Security-Policy names what stands between two tags."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
