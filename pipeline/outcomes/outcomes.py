"""Outcomes come back: what past actions did, whether published tiers kept their word, and whom each play helps."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from features.history import TREATMENTS
from models.explanation.sentence import NOTHING, Sentence
from pipeline.config import Config
from pipeline.learning.learning import first_and_end
from pipeline.matrices.known_history import KnownHistory
from pipeline.matrices.tasks import Task, churn_task
from pipeline.outcomes.actions import Actions, as_date, book_of
from pipeline.outcomes.assigned import assigned
from pipeline.outcomes.attempts import attempts, risk_model
from pipeline.outcomes.effects import find_campaign, find_play
from pipeline.outcomes.findings import Finding
from pipeline.outcomes.gains import gains
from pipeline.outcomes.lots import Group
from pipeline.outcomes.proposals import proposals
from pipeline.outcomes.tiers import Tiers, backtest_tiers
from pipeline.outcomes.together import GroupFinding, together
from pipeline.outcomes.uplift import whom_it_helps
from pipeline.outcomes.whom import Whom
from pipeline.process.progress import stage
from pipeline.registry.model_horizon import settled_by_model
from pipeline.sources.store import read_store

logger = logging.getLogger(__name__)

OPEN = "its outcome is not known before {day}"


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [OPEN]


@dataclass(frozen=True)
class Judged:
    """What came of the actions: campaigns, plays, whom they help, and what they are expected to gain today.

    `note` says why the risk before the campaigns is not known, nothing where it is.
    """

    campaigns: tuple[Finding, ...]
    plays: tuple[Finding, ...] = ()
    whom: tuple[Whom, ...] = ()
    gain: pd.DataFrame = field(default_factory=lambda: gains((), None))
    note: Sentence = NOTHING


@dataclass(frozen=True)
class Outcomes:
    """What came back by `as_of` of actions and published tiers; `unknown` treatments are of nobody with an order."""

    as_of: date
    actions: Judged
    tiers: Tiers
    unknown: int
    account: dict[str, Any]


@dataclass(frozen=True)
class Question:
    """What is asked: what came of `actions`, seen in `known_history`, until `day`."""

    known_history: KnownHistory
    actions: Actions
    day: date
    task: Task
    config: Config

    @property
    def mature(self) -> list[tuple[str, int]]:
        """The campaigns whose outcome is known: play and first day."""
        ready = self.known_history.store.end - self.task.window.days_to_maturity
        return [(play, started) for play, started in self.actions.campaigns() if started <= ready]

    def waiting(self) -> list[Finding]:
        """The other campaigns, with the day from which on their outcome will be known."""
        closed = {each: as_date(each[1] + self.task.window.days_to_maturity) for each in self.actions.campaigns()}
        return [
            Finding(play, str(as_date(started)), "immature", why=Sentence(OPEN, day=known))
            for (play, started), known in closed.items()
            if (play, started) not in self.mature
        ]


def outcomes(config: Config, as_of: date | None = None) -> Outcomes:
    """What came back of past actions and predictions, from what was known before `as_of` (default: everything).

    Raises:
        DataProblem: there are no treatments, or no history before `as_of`.
    """
    found = read_store(config, known_before=as_of)
    logger.info("%s", found.reading.text())
    config = settled_by_model(config, store=found.store)
    reading = found.reading
    known_history = KnownHistory.of(reading.history, found.store, reading.renamed, reading.first_ids)
    treatments = known_history.tables.get(TREATMENTS.name)
    task, day = churn_task(config), as_of or first_and_end(found.store)[1]
    book = book_of(treatments, TREATMENTS.name in found.reading.history.optional)
    actions = assigned(book, proposals(known_history, config, day), task.window, config)
    with stage("published tiers compared with what came", 0.1):
        tiers = backtest_tiers(known_history, config, day)
    judged = _judged(Question(known_history, actions, day, task, config))
    unknown = found.reading.history.optional[TREATMENTS.name].num_rows - treatments.customer.size if treatments else 0
    return Outcomes(day, judged, tiers, unknown, found.reading.summary())


def _judged(asked: Question) -> Judged:
    if not asked.mature:
        return Judged(tuple(asked.waiting()))
    task, config, confidence = asked.task, asked.config, asked.config.training.interval
    days = sorted({as_date(started) for _, started in asked.mature})
    with stage("the risk before the first campaign", 0.2):
        model, note = risk_model(asked.known_history, days[0], task, config)
    with stage(f"{len(asked.mature)} campaigns", 0.4):
        past = attempts(asked.known_history, days, model, task, config)
        findings = [find_campaign(past, asked.actions, *each, confidence) for each in asked.mature]
    told = together(past, asked.actions, asked.mature, findings, confidence)
    groups = _by_lot(told)
    with stage("whom each play helps", 0.6):
        whom = [whom_it_helps(past, play, parts, task, config) for play, parts in groups.items()]
    learned = any(each.model for each in whom)
    present = attempts(asked.known_history, [asked.day], model, task, config) if learned else None
    drawn = {each.finding.play for each in told if each.finding.by_export and each.finding.verdict == "effect"}
    plays = tuple(find_play(past, play, rows, confidence, by_export=play in drawn) for play, rows in groups.items())
    return Judged((*(each.finding for each in told), *asked.waiting()), plays, tuple(whom), gains(whom, present), note)


def _by_lot(told: Sequence[GroupFinding]) -> dict[str, list[Group]]:
    """The groups by play in which lots were drawn."""
    found: dict[str, list[Group]] = {}
    for each in told:
        if each.finding.verdict == "effect":
            found.setdefault(each.finding.play, []).append(each.group)
    return found
