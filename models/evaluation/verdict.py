"""The strength audit in words that a manager can read: every sentence is chosen by an interval."""

from __future__ import annotations

from collections.abc import Mapping

from models.evaluation.interval import Interval
from models.evaluation.strength import BEHAVIOUR, BOTH, FIFTH, STRENGTH, Audit
from models.explanation.language import ENGLISH, Language

CHANCE = 0.5
SLIGHT = 0.05
"""So near to chance an AUC is next to nothing, whatever its interval excludes: of two customers, one that will and one
that will not, it puts the right one first in less than 55 of 100 cases. Ours, untested."""
OUTCOMES = {"churn": "who will leave", "partnership": "who will build on the relationship"}
ANY_OUTCOME = "what comes next"
ALONE = {
    "next to nothing": "Strength does not predict here {outcome}: what it tells is next to nothing (AUC {auc}; 0.5 is "
    "chance).",
    "chance": "Strength does not predict here {outcome}: ranked by strength alone, customers fall as by lot (AUC "
    "{auc}; 0.5 is chance).",
    "hardly": "Strength hardly predicts here {outcome}: if it tells anything, it is little (AUC {auc}; 0.5 is chance).",
    "against": "Strength points the wrong way here: {outcome} ranks against it (AUC {auc}; 0.5 is chance).",
    "does": "Strength does predict here {outcome} (AUC {auc}; 0.5 is chance).",
}
AGAINST = {
    "alike": "Behaviour (AUC {auc}) cannot be told from it: the difference of {lead} may be chance.",
    "better": "Behaviour predicts it better (AUC {auc}), by {lead}.",
    "worse": "Behaviour predicts it less well (AUC {auc}), by {lead}: here strength is the better guide.",
}
TOGETHER = {
    "alike": "Knowing strength as well adds nothing that can be told from chance (AUC of both {auc}).",
    "better": "Knowing strength as well adds {lead} (AUC of both {auc}).",
    "worse": "Knowing strength as well makes it worse, by {lead} (AUC of both {auc}).",
}
PICKED = (
    "Of the fifth of customers that afterwards showed most commitment, the strongest fifth holds {strong}: "
    "{than_strong}; picking the fifth by behaviour finds {behaved}, {than_behaved}."
)
THAN_LOTS = {
    "alike": "no different from drawing lots ({share:.0%} by lot)",
    "better": "more than drawing lots would ({share:.0%} by lot)",
    "worse": "fewer than drawing lots would ({share:.0%} by lot)",
}
ABOUT = "Strength is {sources}, from the table of customers."
ABOUT_PROXY = (
    "No table of customers gives credit, revenue or staff, so size as the orders show it stands in for strength "
    "({sources}): it says nothing of strength that is not used here."
)
READING = (
    "An AUC says how often, of a customer of whom it came true and one of whom it did not, the right one is ranked "
    "first: 0.5 is as by lot, 1 is always. Brackets hold what other customers of the same kind would as a rule have "
    "shown."
)
SOURCES: Mapping[str, str] = {
    "employees": "number of employees",
    "annual_revenue": "annual revenue",
    "credit_score": "credit score",
    "payment_terms_days": "days it has to pay",
    "revenue_growth_365d": "growth of its revenue",
    "employee_growth_365d": "growth of its staff",
    "has_customers": "whether anything is known of it there",
    "spend_365d": "what it bought from us in a year",
    "wallet_total_365d": "what it bought from everybody in a year",
}
"""What stands for strength, as people say it; what is not here is called by the name of its feature."""


def texts() -> list[str]:
    """Every text of this module that people can see."""
    chosen = (OUTCOMES, ALONE, AGAINST, TOGETHER, THAN_LOTS, SOURCES)
    whole = (ANY_OUTCOME, PICKED, ABOUT, ABOUT_PROXY, READING)
    return [*whole, *(text for each in chosen for text in each.values())]


def verdict(found: Audit, kind: str, language: Language = ENGLISH) -> str:
    """One paragraph on both sides: what strength tells, what behaviour tells, what both tell, and whom each picks.

    Args:
        found: the audit.
        kind: of target, churn or partnership.
        language: of the paragraph.
    """
    said = [
        _alone(found, kind, language),
        _beside(AGAINST, found.behaviour_over_strength["roc_auc"], _auc(found, BEHAVIOUR), language),
        _beside(TOGETHER, found.both_over_behaviour["roc_auc"], _auc(found, BOTH), language),
        *_overlap(found, language),
        _about(found, language),
        language.text(READING),
    ]
    return language.sentences(said)


def _auc(found: Audit, name: str) -> Interval:
    return found.figures[name]["roc_auc"]


def _alone(found: Audit, kind: str, language: Language) -> str:
    auc = _auc(found, STRENGTH)
    outcome = language.text(OUTCOMES.get(kind, ANY_OUTCOME))
    return language.say(ALONE[_told_alone(auc)], outcome=outcome, auc=auc)


def _told_alone(auc: Interval) -> str:
    """Which of `ALONE` the interval allows."""
    if auc.low >= CHANCE - SLIGHT and auc.high <= CHANCE + SLIGHT and not auc.holds(CHANCE):
        return "next to nothing"
    if auc.holds(CHANCE):
        return "chance"
    if abs(auc.value - CHANCE) <= SLIGHT:
        return "hardly"
    return "against" if auc.high < CHANCE else "does"


def _beside(words: Mapping[str, str], lead: Interval, auc: Interval, language: Language) -> str:
    """The words for a lead: surely above 0, surely below, which is told without its sign, or neither."""
    way = _way(lead, 0.0)
    return language.say(words[way], auc=auc, lead=_turned(lead) if way == "worse" else lead)


def _way(found: Interval, other: float) -> str:
    if found.holds(other):
        return "alike"
    return "better" if found.value > other else "worse"


def _overlap(found: Audit, language: Language) -> list[str]:
    if STRENGTH not in found.overlap:
        return []
    strong, behaved = found.overlap[STRENGTH], found.overlap[BEHAVIOUR]
    than = [language.say(THAN_LOTS[_way(each, FIFTH)], share=FIFTH) for each in (strong, behaved)]
    shares = {"strong": _percent(strong), "behaved": _percent(behaved)}
    return [language.say(PICKED, **shares, than_strong=than[0], than_behaved=than[1])]


def _about(found: Audit, language: Language) -> str:
    sources = language.listed([SOURCES.get(name, name.replace("_", " ")) for name in found.sources])
    return language.say(ABOUT_PROXY if found.proxy else ABOUT, sources=sources)


def _percent(share: Interval) -> str:
    return f"{share.value:.0%} [{share.low:.0%}, {share.high:.0%}]"


def _turned(lead: Interval) -> Interval:
    return Interval(-lead.value, -lead.high, -lead.low)
