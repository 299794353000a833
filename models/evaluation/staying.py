"""Whether partnership is more than churn upside down, in words: what decided, and where staying alone ranks as well.

The model of staying alone is shown beside that of partnership and decides nothing: among everybody, who leaves is no
partner, so it may rank nearly as well there. What it cannot do is to tell partners among those who stayed.
"""

from __future__ import annotations

from models.evaluation.comparison import Comparison
from models.evaluation.interval import Interval

STAYS = "stays"
"""The act that churn and partnership share, and the name of the model that predicts it alone."""
UNKNOWN = Interval(float("nan"), float("nan"), float("nan"))


def beside_staying(overall: Comparison, stayers: Comparison | None) -> str:
    """One paragraph; "" where the model of staying alone was not shown.

    Args:
        overall: over all test rows.
        stayers: among those who stayed; None where that says nothing.
    """
    lead = overall.shown.get(STAYS, UNKNOWN)
    if lead.value != lead.value:
        return ""
    told = [_decided(overall), f"Staying alone, which is churn upside down, decides nothing: {_everybody(lead)}."]
    among = UNKNOWN if stayers is None else stayers.shown.get(STAYS, UNKNOWN)
    return " ".join([*told, _among_stayers(among)] if among.value == among.value else told)


def _decided(overall: Comparison) -> str:
    rival = overall.best_baseline.replace("_", " ") or "chance"
    peers = [
        f", and beside {name.replace('_', ' ')} (lead {lead}), which may not surely be better"
        for name, lead in overall.peers.items()
    ]
    return f"What decides is the AUC among everybody, beside {rival} (lead {overall.lead}){''.join(peers)}."


def _everybody(lead: Interval) -> str:
    if lead.low > 0:
        return f"among everybody the model ranks better than it, by {lead}"
    if lead.high < 0:
        return f"among everybody it ranks even better than the model (lead of the model {lead})"
    return f"among everybody it ranks about as well as the model (lead of the model {lead})"


def _among_stayers(lead: Interval) -> str:
    if lead.low > 0:
        return f"Among those who stayed the model ranks better, by {lead}: it tells more than who stays."
    if lead.high < 0:
        return f"Among those who stayed it ranks better too (lead of the model {lead}): go by the chance of leaving."
    return (
        f"Among those who stayed the two cannot be told apart either (lead of the model {lead}): nothing here shows "
        f"that the model tells more than who stays."
    )
