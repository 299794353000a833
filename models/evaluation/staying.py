"""Whether partnership is more than churn upside down, in words: what decided, and where staying alone ranks as well.

The model of staying alone is shown beside that of partnership and decides nothing: among everybody, who leaves is no
partner, so it may rank nearly as well there. What it cannot do is to tell partners among those who stayed.
"""

from __future__ import annotations

from models.evaluation.comparison import Comparison
from models.evaluation.interval import Interval
from models.explanation.language import ENGLISH, Language

STAYS = "stays"
"""The act that churn and partnership share, and the name of the model that predicts it alone."""
UNKNOWN = Interval(float("nan"), float("nan"), float("nan"))


SAID = {
    "decided": "What decides is the AUC among everybody, beside {rival} (lead {lead}).",
    "decided by peers": "What decides is the AUC among everybody, beside {rival} (lead {lead}), and beside {peer} "
    "(lead {peer_lead}), which may not surely be better.",
    "everybody better": "Staying alone, which is churn upside down, decides nothing: among everybody the model ranks "
    "better than it, by {lead}.",
    "everybody worse": "Staying alone, which is churn upside down, decides nothing: among everybody it ranks even "
    "better than the model (lead of the model {lead}).",
    "everybody alike": "Staying alone, which is churn upside down, decides nothing: among everybody it ranks about as "
    "well as the model (lead of the model {lead}).",
    "stayers better": "Among those who stayed the model ranks better, by {lead}: it tells more than who stays.",
    "stayers worse": "Among those who stayed it ranks better too (lead of the model {lead}): go by the chance of "
    "leaving.",
    "stayers alike": "Among those who stayed the two cannot be told apart either (lead of the model {lead}): nothing "
    "here shows that the model tells more than who stays.",
}
CHANCE = "chance"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*SAID.values(), CHANCE]


def beside_staying(overall: Comparison, stayers: Comparison | None, language: Language = ENGLISH) -> str:
    """One paragraph; "" where the model of staying alone was not shown.

    Args:
        overall: over all test rows.
        stayers: among those who stayed; None where that says nothing.
        language: of the paragraph.
    """
    lead = overall.shown.get(STAYS, UNKNOWN)
    if lead.value != lead.value:
        return ""
    told = [_decided(overall, language), language.say(SAID[f"everybody {_way(lead)}"], lead=lead)]
    among = UNKNOWN if stayers is None else stayers.shown.get(STAYS, UNKNOWN)
    told += [language.say(SAID[f"stayers {_way(among)}"], lead=among)] if among.value == among.value else []
    return language.sentences(told)


def _decided(overall: Comparison, language: Language) -> str:
    rival = language.text(overall.best_baseline.replace("_", " ") or CHANCE)
    for name, lead in overall.peers.items():  # there is one at most
        peer = language.text(name.replace("_", " "))
        return language.say(SAID["decided by peers"], rival=rival, lead=overall.lead, peer=peer, peer_lead=lead)
    return language.say(SAID["decided"], rival=rival, lead=overall.lead)


def _way(lead: Interval) -> str:
    if lead.low > 0:
        return "better"
    return "worse" if lead.high < 0 else "alike"
