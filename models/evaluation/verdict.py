"""The strength audit in words that a manager can read: every sentence is chosen by an interval."""

from __future__ import annotations

from models.evaluation.interval import Interval
from models.evaluation.strength import BEHAVIOUR, BOTH, FIFTH, STRENGTH, Audit

CHANCE = 0.5
SLIGHT = 0.05
"""So near to chance an AUC is next to nothing, whatever its interval excludes: of two customers, one that will and one
that will not, it puts the right one first in less than 55 of 100 cases. Ours, untested."""
OUTCOMES = {"churn": "who will leave", "partnership": "who will build on the relationship"}


def verdict(found: Audit, kind: str) -> str:
    """One paragraph on both sides: what strength tells, what behaviour tells, what both tell, and whom each picks.

    Args:
        found: the audit.
        kind: of target, churn or partnership.
    """
    outcome = OUTCOMES.get(kind, "what comes next")
    sentences = [_alone(found, outcome), _against(found), _together(found), *_overlap(found), _about(found)]
    return " ".join(sentences)


def _auc(found: Audit, name: str) -> Interval:
    return found.figures[name]["roc_auc"]


def _alone(found: Audit, outcome: str) -> str:
    auc = _auc(found, STRENGTH)
    shown = f"(AUC {auc}; 0.5 is chance)"
    if auc.low >= CHANCE - SLIGHT and auc.high <= CHANCE + SLIGHT and not auc.holds(CHANCE):
        return f"Strength does not predict here {outcome}: what it tells is next to nothing {shown}."
    if auc.holds(CHANCE):
        return f"Strength does not predict here {outcome}: ranked by strength alone, customers fall as by lot {shown}."
    if abs(auc.value - CHANCE) <= SLIGHT:
        return f"Strength hardly predicts here {outcome}: if it tells anything, it is little {shown}."
    if auc.high < CHANCE:
        return f"Strength points the wrong way here: {outcome} ranks against it {shown}."
    return f"Strength does predict here {outcome} {shown}."


def _against(found: Audit) -> str:
    lead, auc = found.behaviour_over_strength["roc_auc"], _auc(found, BEHAVIOUR)
    if lead.holds(0.0):
        return f"Behaviour (AUC {auc}) cannot be told from it: the difference of {lead} may be chance."
    if lead.value > 0:
        return f"Behaviour predicts it better (AUC {auc}), by {lead}."
    return f"Behaviour predicts it less well (AUC {auc}), by {_turned(lead)}: here strength is the better guide."


def _together(found: Audit) -> str:
    lead, auc = found.both_over_behaviour["roc_auc"], _auc(found, BOTH)
    if lead.holds(0.0):
        return f"Knowing strength as well adds nothing that can be told from chance (AUC of both {auc})."
    if lead.value > 0:
        return f"Knowing strength as well adds {lead} (AUC of both {auc})."
    return f"Knowing strength as well makes it worse, by {_turned(lead)} (AUC of both {auc})."


def _overlap(found: Audit) -> list[str]:
    if STRENGTH not in found.overlap:
        return []
    by_strength, by_behaviour = found.overlap[STRENGTH], found.overlap[BEHAVIOUR]
    return [
        f"Of the fifth of customers that afterwards showed most commitment, the strongest fifth holds "
        f"{_percent(by_strength)}: {_than_lots(by_strength)}; picking the fifth by behaviour finds "
        f"{_percent(by_behaviour)}, {_than_lots(by_behaviour)}."
    ]


def _than_lots(share: Interval) -> str:
    lots = f"{FIFTH:.0%} by lot"
    if share.holds(FIFTH):
        return f"no different from drawing lots ({lots})"
    return f"{'more' if share.value > FIFTH else 'fewer'} than drawing lots would ({lots})"


def _about(found: Audit) -> str:
    if found.proxy:
        return (
            f"No table of customers gives credit, revenue or staff, so size as the orders show it stands in for "
            f"strength ({_listed(found)}): it says nothing of strength that is not used here."
        )
    return f"Strength is {_listed(found)}, from the table of customers."


def _listed(found: Audit) -> str:
    return ", ".join(name.replace("_", " ") for name in found.sources)


def _percent(share: Interval) -> str:
    return f"{share.value:.0%} [{share.low:.0%}, {share.high:.0%}]"


def _turned(lead: Interval) -> Interval:
    return Interval(-lead.value, -lead.high, -lead.low)
