"""What the page says, by the key its template and its scripts ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from features.families import FAMILIES
from features.indices import INDICES
from models.explanation.families import NAMES
from models.explanation.language import Language
from pipeline.report.page.approach import CALL, MAIL
from pipeline.report.page.at_hand import AT_HAND
from pipeline.report.page.in_person import IN_PERSON

FAMILY_NAMES: Mapping[str, str] = {
    **{family: family.capitalize() for family in FAMILIES},
    **NAMES,
}
"""By family, what stands beside its bar."""

WORDS: Mapping[str, str] = {
    "title": "Customers of {supplier} on {cutoff}",
    "heading": "Customers of {supplier}",
    "as_of": "What was known before {cutoff}",
    "skip": "Skip to the list of customers",
    "needs_script": "The list of customers needs JavaScript; everything else can be read without it.",
    "portfolio": "Portfolio",
    "list": "Customers",
    "about": "About these numbers",
    "all_customers": "Customers in all",
    "at_risk": "Margin at risk",
    "at_risk_note": "{share} of the margin of {margin} expected in the planning period",
    "leaving": "Expected to leave",
    "leaving_note": "of {count} that are scored, the sum of their probabilities",
    "to_act": "Plays to act on now",
    "to_act_note": "expected profit {profit}, assumed",
    "by_state": "States of the relationship",
    "by_play": "Plays",
    "why_none": "Nothing out of the ordinary now:",
    "movement": "From the state before to the state now",
    "movement_note": "Rows: the state four to nine weeks ago. Columns: now. Off the diagonal are those that changed.",
    "before": "Before",
    "now": "Now",
    "unknown_before": "Not known before",
    "count": "Customers",
    "act_now": "To act on now",
    "at_hand": "At the next occasion",
    "held_out": "Held out",
    "profit": "Expected profit (assumed)",
    "from_to": "{low} to {high}",
    "evidence": "Rests on: {tables}",
    "looked_after": "Account manager: {name}",
    "what_they_are": "What they are, and what they are not",
    "calibrated": "Probabilities are calibrated: what is foretold comes true of about 30 in a hundred customers "
    "with 30%.",
    "associations": "Reasons and pushes are what the model looks at: associations. They say where to look, "
    "not what helps.",
    "assumed_note": "Costs and profits of plays are assumed until the hold-out has measured them; the range is half "
    "and twice the assumed acceptance. Act now where a play pays even at half of it, with who still buys, "
    "or a severe complaint is open; "
    "all others that pay as assumed can wait for the next occasion.",
    "holdout_note": "Some customers are held out at random: nothing beyond the usual is done for them, so that the "
    "effect on the others can be measured.",
    "indices_note": "Indices compare a customer with its peers. Where little is known, the coverage says so.",
    "order": "As the list begins: {order}",
    "as_begun": "As the list begins",
    "most_drift": "More than half drift: where most customers stop ordering sooner or later, the state alone says "
    "little. The column beside it counts those whom an effort is worth now.",
    "shown_of": "This page holds the first {shown} customers of {all}. "
    "The portfolio counts all of them; the other files of the export list all of them.",
    "search": "Search customers",
    "search_hint": "Name or number",
    "any": "All",
    "sort_by": "Sort by",
    "descending": "Descending",
    "clear": "Clear filters",
    "found": "{count} of {all} customers",
    "nothing": "No customer fits. Clear the filters, or search for less.",
    "page_of": "{first} to {last} of {count}",
    "pages": "Pages of the list",
    "first": "First page",
    "previous": "Previous page",
    "next": "Next page",
    "last": "Last page",
    "close": "Close",
    "customer_before": "Previous customer",
    "customer_after": "Next customer",
    "keys": "Keys: / searches, arrows move through the list, Enter opens, Escape closes.",
    "tenth": "tenth {decile} of 10, the first is the likeliest",
    "ago": "{days} before",
    "not_scored": "Not scored: {status}.",
    "play_of": "Play: {play}",
    "no_play": "No play now",
    "profit_line": "Expected profit {profit}, from {low} to {high}: assumed, not measured.",
    "talk": "Products to speak of",
    "why_leaving": "Why it may leave or stay",
    "why_partner": "Why it may become a partner or not",
    "pushes": "What pushes it away, what holds it",
    "pushes_note": "To the right, what pushes the customer away; to the left, what holds it. In log-odds of leaving: "
    "0.7 doubles the odds, -0.7 halves them; {base} is common to all customers.",
    "push_away": "pushes away",
    "push_holds": "holds",
    "indices": "Among its peers",
    "indices_of": "Percentile, 0 to 100. Peers: {peers}.",
    "coverage": "{share} known",
    "unknown": "unknown",
    "disagree": "Where index and model differ",
    "changed": "Since {day}",
    "change_line": "Churn probability {change}: {data} by what the customer did, {model} by a new model.",
    "points": "{number} points",
}  # fmt: skip

CODES: Mapping[str, str] = {
    "act": "act now",
    AT_HAND: "at the next occasion",
    "holdout": "held out",
    "capacity": "no capacity left",
    "cooldown": "cooling down",
    "never_contact": "not to be contacted",
    IN_PERSON: "serve in person",
    CALL: "call or visit",
    MAIL: "mail or shop",
}
"""Codes that are too short to be read alone, by what the page says in their place."""

SHORT: Mapping[str, str] = {"value_at_risk": WORDS["at_risk"], "expected_margin": "Expected margin"}
"""Columns that the page calls by a word of its own: over which period they are it says once, for all."""


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [
        *WORDS.values(),
        *CODES.values(),
        *SHORT.values(),
        *FAMILY_NAMES.values(),
        *(index.meaning for index in INDICES),
    ]


def said(key: str, language: Language, **values: Any) -> str:
    """The words of a key, with values that are in the language already; the grammar leaves names in them alone.

    Raises:
        KeyError: the template asks for what is not in `WORDS`, or leaves out a value.
    """
    return language.text(WORDS[key]).format(**values)
