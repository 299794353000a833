"""For maintainers: which texts want a translation, and the files of translations kept in step with the code.

`python -m pipeline.translation` adds what is new with an empty translation, drops what is no longer said, and names
what is left to do, exit code 1 while anything is. A module whose texts people can see has a function `texts()` and
stands in `SOURCES`; a feature needs nothing but its declaration.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from string import Formatter

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

from features.catalogue import FEATURES
from models.decision import accounts, advice, buying_nowhere, drifting, guards, incentive, measures, plays, repair
from models.evaluation import comparison, leakage, level, metrics, permutation, segments, staying, verdict
from models.explanation import families, wording
from models.explanation.language import ENGLISH, GRAMMARS
from pipeline.contract import reading_order
from pipeline.evaluation import base_rate, checks, shuffling
from pipeline.export import facts
from pipeline.languages import TEXTS
from pipeline.learning import horizon, learning, levels
from pipeline.matrices import category_losses, segment_kinds
from pipeline.monitor import drift, listing, past, performance, tables
from pipeline.monitor import page as monitor_page
from pipeline.outcomes import attempts, effects, lots, outcomes, overlap, page_tiers, page_whom, uplift, whom
from pipeline.outcomes import page as outcomes_page
from pipeline.outcomes import wording as outcomes_wording
from pipeline.report import column_words, workbook
from pipeline.report.page import approach, words
from pipeline.scoring import outcome as score_outcome
from pipeline.scoring import talk_rows
from pipeline.training import (
    candidate,
    fallback,
    run_report,
    run_report_checks,
    run_report_figures,
    run_report_words,
)


def feature_texts() -> list[str]:
    """The phrases of every declared feature."""
    return [phrase for feature in FEATURES for phrase in (feature.high, feature.low)]


SOURCES: Mapping[str, Callable[[], list[str]]] = {
    "sentences": wording.texts,
    "columns": column_words.texts,
    "reading order": reading_order.texts,
    "workbook": workbook.texts,
    "page": words.texts,
    "approach": approach.texts,
    "facts": facts.texts,
    "measures": measures.texts,
    "guards": guards.texts,
    "plays": plays.texts,
    "advice": advice.texts,
    "repair": repair.texts,
    "incentive": incentive.texts,
    "accounts": accounts.texts,
    "drifting": drifting.texts,
    "buying nowhere": buying_nowhere.texts,
    "talk": talk_rows.texts,
    "worth a call": score_outcome.texts,
    "category losses": category_losses.texts,
    "families": families.texts,
    "strength audit": verdict.texts,
    "outcomes page": outcomes_page.texts,
    "outcomes whom": page_whom.texts,
    "outcomes tiers": page_tiers.texts,
    "outcomes wording": outcomes_wording.texts,
    "outcomes open": outcomes.texts,
    "outcomes lots": lots.texts,
    "outcomes effects": effects.texts,
    "outcomes overlap": overlap.texts,
    "outcomes attempts": attempts.texts,
    "outcomes uplift": uplift.texts,
    "outcomes ranking": whom.texts,
    "monitor page": monitor_page.texts,
    "monitor tables": tables.texts,
    "monitor past": past.texts,
    "monitor drift": drift.texts,
    "monitor listing": listing.texts,
    "monitor performance": performance.texts,
    "run report": run_report.texts,
    "run report words": run_report_words.texts,
    "run report figures": run_report_figures.texts,
    "run report checks": run_report_checks.texts,
    "candidate": candidate.texts,
    "fallback": fallback.texts,
    "staying": staying.texts,
    "comparison": comparison.texts,
    "measured": metrics.texts,
    "level": level.texts,
    "leakage": leakage.texts,
    "shuffling": shuffling.texts,
    "check alarms": checks.texts,
    "segments": segments.texts,
    "segment kinds": segment_kinds.texts,
    "permutation": permutation.texts,
    "base rate": base_rate.texts,
    "horizon": horizon.texts,
    "drawn level": levels.texts,
    "trees": learning.texts,
    "features": feature_texts,
}
"""Who says what people can read, in the order of the files of translations."""
SAME_IN_ALL: frozenset[str] = frozenset({"{said}."})
"""Texts whose translation may equal the English: proper names, and what holds nothing but a place."""


def wanted() -> dict[str, str]:
    """Every text that people can see, and the first of `SOURCES` that says it."""
    found: dict[str, str] = {}
    for source, texts in SOURCES.items():
        found |= {text: source for text in texts() if text not in found}
    return found


def read(file: Path) -> Catalog:
    """A file of translations, with all that is doubtful or no longer said."""
    return read_po(io.BytesIO(file.read_bytes()), abort_invalid=True)


def left_to_do(catalog: Catalog, texts: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with translations, a line each: missing, doubtful, with other placeholders, English, not said."""
    for text, source in texts.items():
        message = catalog.get(text)
        if message is None or not message.string:
            yield f'missing, of {source}: msgid "{text}"'
        elif message.fuzzy:
            yield f'marked fuzzy: msgid "{text}"'
        elif placeholders(text) != placeholders(str(message.string)):
            yield f'other placeholders than in English: msgid "{text}" msgstr "{message.string}"'
        elif message.string == text and text not in SAME_IN_ALL:
            yield f'still English: msgid "{text}"'
    said_no_more = {str(message.id) for message in [*catalog, *catalog.obsolete.values()] if message.id} - set(texts)
    yield from (f'no longer said: msgid "{text}"' for text in sorted(said_no_more))


def placeholders(text: str) -> set[tuple[str, str, str]]:
    """The places of a text to put values in: name, format and conversion of each."""
    return {(name, spec or "", how or "") for _, name, spec, how in Formatter().parse(text) if name is not None}


def in_step(content: str, texts: Mapping[str, str]) -> str:
    """A file of translations with exactly the texts there are; its head stays as it is, to the letter."""
    head, _, _ = content.partition("\n\n")
    old, new = read_po(io.BytesIO(content.encode()), abort_invalid=True), Catalog()
    for text, source in texts.items():
        known = old.get(text)
        kept = ("", ()) if known is None else (known.string, known.flags)
        new.add(text, kept[0], flags=kept[1], auto_comments=[source])
    body = io.BytesIO()
    write_po(body, new, width=0, omit_header=True)
    return f"{head}\n\n{body.getvalue().decode().strip()}\n"


def main() -> int:
    """Bring every file in step and say what is left to do. Returns the exit code."""
    open_ends = []
    for name in GRAMMARS.keys() - {ENGLISH.name}:
        file = TEXTS / f"{name}.po"
        file.write_text(in_step(file.read_text(encoding="utf-8"), wanted()), encoding="utf-8")
        open_ends += [f"{file.name}: {line}" for line in left_to_do(read(file), wanted())]
    print("\n".join(open_ends or ["every text has its translation"]))
    return int(bool(open_ends))


if __name__ == "__main__":
    sys.exit(main())
