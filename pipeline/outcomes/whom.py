"""What is known of whom a play helps: the record that figures are put into."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import asdict, dataclass
from typing import Any

from models.decision.qini import Contest
from models.decision.shares import UNKNOWN
from models.decision.uplift import Uplift
from models.evaluation.interval import Interval
from models.explanation.sentence import NOTHING, Sentence

UPLIFT, RISK = "expected gain", "risk"
NO_MODEL = "no model: {why}"
BEATS = "ranking by expected gain beats ranking by risk, Qini area {lead}"
LOSES = "ranking by expected gain loses to ranking by risk, Qini area {lead}"
NOT_SHOWN = "ranking by expected gain is not shown to beat ranking by risk, Qini area {lead}"

LONGEST = 50
"""Characters of a play in the name of a file: with four bytes each they fit into the 255 that a name may have."""


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [UPLIFT, RISK, NO_MODEL, BEATS, LOSES, NOT_SHOWN]


@dataclass(frozen=True)
class Whom:
    """How well one can tell whom a play helps.

    `why` says why there is no model, nothing where there is one. `contest` compares rankings by cross-fitted gain and
    by risk. `harmed` is the share of customers predicted to be harmed; `harm` and `rest` are the effects on the share
    of leavers measured among these and among the others: above 0 the play drove them away. `advised` is the share whose
    gain can be counted on, and `help` the effect measured among them. `enough`: there were lots enough to show a drop
    of `WIN` in the share that leaves, so that who is not counted on by then need not be treated to find out.
    """

    play: str
    customers: int
    why: Sentence = NOTHING
    contest: Contest | None = None
    harmed: float = math.nan
    harm: Interval = UNKNOWN
    rest: Interval = UNKNOWN
    advised: float = math.nan
    help: Interval = UNKNOWN
    enough: bool = False
    model: Uplift | None = None
    names: tuple[str, ...] = ()

    @property
    def better(self) -> bool:
        """Whether ranking by expected gain is shown to beat ranking by risk."""
        return self.contest is not None and self.contest.lead[RISK].low > 0

    @property
    def place(self) -> str:
        """The play as part of the name of a file: of words as they are, else shortened and told apart by a digest."""
        plain = re.sub(r"[^\w-]+", "_", self.play)
        if plain == self.play and len(plain) <= LONGEST:
            return plain
        return f"{plain[:LONGEST]}-{hashlib.sha256(self.play.encode()).hexdigest()[:8]}"

    @property
    def picture(self) -> str:
        """The file that its Qini curve is drawn to."""
        return f"qini_{self.place}.png"

    def verdict(self) -> Sentence:
        """One sentence: may the model rank?"""
        if self.contest is None:
            return Sentence(NO_MODEL, why=self.why)
        lead = self.contest.lead[RISK]
        told = BEATS if self.better else LOSES if lead.high < 0 else NOT_SHOWN
        return Sentence(told, lead=f"{lead.value:+.4f} [{lead.low:+.4f}, {lead.high:+.4f}]")

    def summary(self) -> dict[str, Any]:
        """JSON-able, without the curves."""
        found: dict[str, Any] = {"play": self.play, "customers": self.customers, "verdict": self.verdict()}
        if self.contest is None or self.model is None:
            return found
        tops = self.contest.tops.items()
        return found | {
            "better_than_risk": self.better,
            "qini_area": {name: asdict(each) for name, each in self.contest.areas.items()},
            "lead_over_risk": asdict(self.contest.lead[RISK]),
            "uplift_of_top": {name: {f"{s:.0%}": asdict(each) for s, each in top.items()} for name, top in tops},
            "predicted_harmed": self.harmed,
            "effect_among_harmed": asdict(self.harm),
            "effect_among_others": asdict(self.rest),
            "enough_lots": self.enough,
            "advised": self.advised,
            "effect_among_advised": asdict(self.help),
            "told_apart_by": self.model.way,
            "lead_of_trees": dict(zip(("log_likelihood_a_row", "error"), self.model.lead, strict=True)),
            "weight_of_one_effect_for_all": self.model.modifiers.same,
            "modifiers": {name: {"slope": s, "error": e} for name, (s, e) in self.model.modifiers.slopes().items()},
        }
