"""Published tiers and what came of them, as a part of the page of outcomes."""

from __future__ import annotations

from collections.abc import Iterator

from models.explanation.language import Language
from pipeline.markdown import table
from pipeline.outcomes.tiers import Tier, Tiers
from pipeline.outcomes.wording import share

SAID = {
    "open": "{kind}: the outcome of {cutoffs} is not known yet.",
    "hindsight": "{kind}: {cutoffs} scored by a model that had learned from what followed: no promise, and not judged.",
    "too young": "No published prediction is old enough to be judged.",
    "off": "Of {judged:,} tiers {off:,} came out beyond their interval; one in twenty does by chance.",
    "decile": "A tier is all customers of one tenth by probability (decile 1 is the likeliest), of one state, or of "
    "one play at a date.",
}
HEADS = ("cutoff", "target", "tier", "customers", "promised", "realised")
KINDS = ("churn", "partnership")
GROUPS = {"churn_decile": "decile {value}", "partnership_decile": "decile {value}", "state": "state {value}",
          "play": "play {value}"}  # fmt: skip
OFF = "off"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*SAID.values(), *HEADS, *KINDS, *GROUPS.values(), OFF]


def tier_lines(found: Tiers, language: Language) -> Iterator[str]:
    """The lines of this part of the page."""
    for said, by_kind in (("open", found.immature), ("hindsight", found.hindsight)):
        for kind, cutoffs in by_kind.items():
            days = language.grammar.between.join(cutoffs)
            yield f"* {language.say(SAID[said], kind=language.text(kind), cutoffs=days)}"
    if found.immature or found.hindsight:
        yield ""
    if not found.rows:
        yield language.text(SAID["too young"])
        return
    off = sum(each.off for each in found.rows)
    counted = [language.say(SAID["off"], judged=len(found.rows), off=off), language.text(SAID["decile"])]
    yield language.sentences(counted)
    yield ""
    heads = [*map(language.text, HEADS), ""]
    yield from table(heads, (_tier(each, language) for each in found.rows))


def _tier(each: Tier, language: Language) -> list[object]:
    where = language.text(GROUPS[each.by]).format(value=language.text(each.value))
    return [
        *(each.cutoff, language.text(each.kind), where, each.customers),
        *(share(each.promised), share(each.realised), language.text(OFF) if each.off else ""),
    ]
