"""What a scoring came to, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from features.engine.plan import STATUS
from models.explanation.language import ENGLISH, Language
from pipeline.contract.reading_order import in_order, to_speak_with_now
from pipeline.export.export import Exported
from pipeline.export.store import Written
from pipeline.scoring.state_counts import StateCounts
from pipeline.sources.never_bought import never_bought
from pipeline.standing.margins import Margins

WORTH_A_CALL = 3
TOPICS = 2
"""Products to speak of that are shown on a terminal; the export holds all."""
CALLED = (
    "customer_id", "customer_name", "account_manager", "churn_probability", "value_at_risk", "state", "play", "reasons",
    "to_talk_about", "what_to_do", "what_not_to_do",
)  # fmt: skip
"""What is told of a customer worth a call."""
MOST_WORTH_A_CALL = "most worth a call"
LIKELY = "{who}: {chance} likely to stop ordering"
AT_RISK = "{who}: {chance} likely to stop ordering, {money} of margin at risk"
OTHERWISE_LIKELY = "{who}: {chance} likely to leave"
OTHERWISE_AT_RISK = "{who}: {chance} likely to leave, {money} of margin at risk"
"""The same where leaving is defined otherwise than by silence, which the export explains."""


@dataclass(frozen=True)
class ScoreOutcome:
    """What a scoring came to: how many of each status, the state of the store, the files, and whom to call first.

    `never_bought` customers have a row in the history, and none in the export. `margins` are what values rest on.
    `late` says where order lines seem to be missing before the date, `unmet` where ids do not meet,
    `changed` where the past is another than it was.
    `hindsight` says where the models learned from what followed the date, `ahead` where the export is of a later day
    that has not come. `language` is that of whom to call: what
    people of sales read is in the language of the export, what whoever runs the command reads is English. `silence`:
    leaving means to stop ordering.
    """

    as_of: date
    counts: Mapping[str, int]
    models: Mapping[str, str]
    store: str
    written: Written
    exported: Exported
    account: Mapping[str, object]
    fingerprint: str
    worth_a_call: tuple[Mapping[str, Any], ...]
    currency: str
    states: StateCounts | None = None
    never_bought: int = 0
    margins: Margins | None = None
    late: str = ""
    unmet: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    hindsight: str = ""
    ahead: str = ""
    language: Language = ENGLISH
    silence: bool = True

    def summary(self) -> dict[str, Any]:
        """JSON-able; the same for the same inputs, but for `written`."""
        return {
            "as_of": str(self.as_of),
            "customers": dict(self.counts),
            "never_bought": self.never_bought,
            "late": self.late,
            "unmet_ids": list(self.unmet),
            "changed_past": list(self.changed),
            "hindsight": self.hindsight,
            "ahead": self.ahead,
            "models": dict(self.models),
            "input_fingerprint": self.fingerprint,
            "account": dict(self.account),
            "store": {"path": self.store, "state": self.written},
            "export": self.exported.summary(),
            **({"margin": self.margins.summary()} if self.margins else {}),
            **(self.states.summary() if self.states else {}),
            "worth_a_call": [dict(row) for row in self.worth_a_call],
        }

    def text(self) -> str:
        """For people: the counts, whom to call first and why, and where the files are."""
        counted = ", ".join(f"{number:,} {status}" for status, number in self.counts.items())
        used = ", ".join(f"{kind}: {label}" for kind, label in self.models.items())
        lines = [f"{sum(self.counts.values()):,} customers at {self.as_of}: {counted}"]
        lines += [never_bought(self.never_bought)] if self.never_bought else []
        lines += [
            f"note: {told}" for told in (self.late, *self.unmet, *self.changed, self.hindsight, self.ahead) if told
        ]
        lines += [f"models: {used}"]
        lines += [self.margins.text()] if self.margins else []
        lines += [*(self.states.lines() if self.states else []), ""]
        lines += [self.language.text(MOST_WORTH_A_CALL)] if self.worth_a_call else []
        for row in self.worth_a_call:
            advised = [row["what_to_do"], row["what_not_to_do"]]
            said = [*row["reasons"], *(row["to_talk_about"] or [])[:TOPICS], *advised]
            lines += [f"  {self._headline(row)}", *(f"    {sentence}" for sentence in said if sentence)]
        place = "\n".join(f"  {self.exported.folder / name}" for name in self.exported.digests)
        return "\n".join([*map(shown, lines), "", f"predictions of {self.exported.cutoff} ({self.written})", place])

    def _headline(self, row: Mapping[str, Any]) -> str:
        """In the language; grammar leaves the names in it alone."""
        chance, at_risk = self.language.chance(row["churn_probability"]), row["value_at_risk"]
        likely, with_money = (LIKELY, AT_RISK) if self.silence else (OTHERWISE_LIKELY, OTHERWISE_AT_RISK)
        if at_risk is None:
            return self.language.text(likely).format(who=called(row), chance=chance)
        money = f"{at_risk:,.0f} {self.currency}".strip()
        return self.language.text(with_money).format(who=called(row), chance=chance, money=money)


def shown(line: str) -> str:
    """A line for a terminal: what a name holds of control signs, which could write over other lines, is a space."""
    return "".join(sign if sign.isprintable() else " " for sign in line)


def called(row: Mapping[str, Any]) -> str:
    """Name, number and who looks after it: "Old Mill (4711, Ann)"; no name where the number holds it."""
    number, name, manager = str(row["customer_id"]), row["customer_name"], row["account_manager"]
    first, *others = [name, number] if name and name not in number else [number]
    beside = [*others, *([manager] if manager else [])]
    return f"{first} ({', '.join(beside)})" if beside else first


def counted(table: pa.Table) -> dict[str, int]:
    """How many customers have each status."""
    status = table.column("status")
    return {name: pc.sum(pc.equal(status, name)).as_py() or 0 for name in STATUS}


def worth_a_call(table: pa.Table, count: int = WORTH_A_CALL) -> tuple[dict[str, Any], ...]:
    """The customers to speak with now, the first that people read anywhere; see `reading_order`.

    Whoever is held out at random is among them for a severe complaint alone; whoever asked to be left in peace is not.
    """
    chosen = in_order(table.filter(to_speak_with_now(table))).slice(0, count)
    return tuple(chosen.select(list(CALLED)).to_pylist())


def texts() -> list[str]:
    """Every text of this module that people of sales can see."""
    return [MOST_WORTH_A_CALL, LIKELY, AT_RISK, OTHERWISE_LIKELY, OTHERWISE_AT_RISK]
