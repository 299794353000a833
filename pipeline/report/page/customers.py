"""The customers as data inside the page: columns of numbers, and texts written once and referred to by number."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from features.families import FAMILIES
from features.indices import INDICES
from models.explanation.language import Language
from pipeline.contract.decision_fields import PUSH
from pipeline.contract.field import TEXTS, Field
from pipeline.contract.predictions import FIELDS
from pipeline.contract.reading_order import in_order
from pipeline.report.column_words import CODES, LIST, heading
from pipeline.report.page import words
from pipeline.report.page.approach import APPROACH, APPROACHES, HEADING, approach
from pipeline.report.page.at_hand import STATUSES_SHOWN
from pipeline.report.page.in_person import SHOWN

LEFT_OUT = frozenset({
    "churn_rank", "partnership_rank", "reason_codes", "partnership_reason_codes", "left_out_product_codes",
    "suggested_product_codes", "play_levers", "play_rank",
    "play_cost", "play_cooldown_days", "play_campaign", "act_now", "meant_now", "complaint_since",
    "share_of_margin", "cutoff", "churn_model", "churn_run_id", "partnership_model",
    "partnership_run_id", "input_fingerprint",
})  # fmt: skip
"""Columns that the page does without: for machines, or the same for everybody and said once."""
TOLD: Mapping[str, Sequence[str]] = {"play": SHOWN, "play_status": STATUSES_SHOWN}
"""Columns of codes in which the page tells more apart than the other files do."""
ESCAPES = {ord("<"): r"\u003c", ord(">"): r"\u003e", ord("&"): r"\u0026", 0x2028: r"\u2028", 0x2029: r"\u2029"}
"""What could end a script or a line of it; JSON reads the escapes as the letters."""


def most_urgent(table: pa.Table, most: int) -> pa.Table:
    """At most so many rows, the first in the order of reading; who has nothing at risk comes last."""
    return in_order(table).slice(0, most)


def in_script(content: object) -> str:
    """JSON that no text inside it can turn into markup or end the script it stands in.

    Raises:
        ValueError: a number is not finite.
    """
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(ESCAPES)


def code_word(code: str, language: Language) -> str:
    """A code of ours, or a list of them, as people read it: "Serve at low cost"."""
    parts = [words.CODES.get(part, part) for part in code.split(LIST)]
    return language.grammar.opened(language.listed(parts).replace("_", " "))


@dataclass
class Strings:
    """Every text once, in the order of first use; `number` says where."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, text: str) -> int:
        """The place of a text, which is given one if it is new."""
        return self.numbers.setdefault(text, len(self.numbers))


def customers(rows: pa.Table, language: Language, currency: str, cutoff: date) -> dict[str, Any]:
    """JSON-able: what the scripts of the page know.

    Args:
        rows: of `pipeline.contract.predictions.SCHEMA`, in the order in which the list begins.
        language: of headings and codes; sentences are taken as they come.
        currency: of the amounts, as ISO 4217 has it; another text is shown behind them.
        cutoff: of the rows.
    """
    strings = Strings()
    shown = [each for each in FIELDS if each.name in rows.column_names and each.name not in LEFT_OUT]
    known = [each for each in shown if each.given or rows.column(each.name).null_count < rows.num_rows]
    columns = {each.name: _column(each, rows.column(each.name), strings, language) for each in known}
    approaches = approach(rows).to_pylist()
    if any(approaches):
        columns[APPROACH] = _codes(language.text(HEADING), APPROACHES, approaches, language)
    return {
        "language": language.name.replace("_", "-"),
        "currency": currency,
        "cutoff": str(cutoff),
        "words": {key: language.text(text) for key, text in words.WORDS.items()},
        "families": [[PUSH.format(family=name), language.text(words.FAMILY_NAMES[name])] for name in FAMILIES],
        "indices": [[index.name, language.text(index.meaning)] for index in INDICES],
        "count": rows.num_rows,
        "strings": list(strings.numbers),
        "columns": columns,
    }


def _column(field: Field, column: pa.ChunkedArray, strings: Strings, language: Language) -> Mapping[str, Any]:
    values, title = column.to_pylist(), _title(field.name, language)
    if field.words:
        return _codes(title, TOLD.get(field.name, field.words), values, language)
    if field.type == TEXTS:
        return {"kind": "texts", "values": [[strings.number(text) for text in each or []] for each in values]}
    if pa.types.is_string(field.type):
        told = {code: code_word(code, language) for code in set(values) - {None}} if field.name in CODES else {}
        placed = [None if text is None else strings.number(told.get(text, text)) for text in values]
        return {"heading": title, "kind": "text", "values": placed}
    return {"heading": title, "kind": field.look, "values": [_plain(value) for value in values]}


def _title(name: str, language: Language) -> str:
    return language.text(words.SHORT[name]) if name in words.SHORT else heading(name, language)


def _codes(title: str, codes: Sequence[str], values: Sequence[str | None], language: Language) -> Mapping[str, Any]:
    """A column of codes by their number, with the words for each."""
    place = {code: number for number, code in enumerate(codes)}
    numbers = [None if code is None else place[code] for code in values]
    words = [code_word(code, language) for code in codes]
    return {"heading": title, "kind": "code", "codes": codes, "words": words, "values": numbers}


def _plain(value: Any) -> Any:
    """A value as JSON knows it: what is not a number is unknown, a day is a text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int)) else str(value)
