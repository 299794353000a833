"""Outcomes come back: what past actions did, whether published tiers kept their word, and whom each play helps."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from features.history import TREATMENTS
from pipeline.buckets import read_store
from pipeline.config import Config
from pipeline.dataset import Task, churn_task
from pipeline.evidence import Evidence
from pipeline.learning import first_and_end
from pipeline.outcomes_actions import Actions, as_date, read_actions
from pipeline.outcomes_attempts import attempts, risk_model
from pipeline.outcomes_effects import Group, find_campaign, find_play, group_of
from pipeline.outcomes_findings import Finding
from pipeline.outcomes_tiers import Tiers, backtest_tiers
from pipeline.outcomes_uplift import Whom, gains, whom_it_helps

logger = logging.getLogger(__name__)
Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Outcomes:
    """What came back by `as_of`: campaigns, plays, whom they help, tiers; `gain` holds the customers of today.

    `note` says why the risk before the campaigns is not known, "" where it is.
    """

    as_of: date
    campaigns: tuple[Finding, ...]
    plays: tuple[Finding, ...]
    whom: tuple[Whom, ...]
    tiers: Tiers
    gain: pd.DataFrame
    note: str
    account: dict[str, Any]


def outcomes(config: Config, as_of: date | None = None, report: Report = lambda what, share: None) -> Outcomes:
    """What came back of past actions and predictions, from what was known before `as_of` (default: everything).

    Raises:
        DataProblem: there are no treatments, or no history before `as_of`.
    """
    found = read_store(config, known_before=as_of)
    logger.info("%s", found.reading.text())
    evidence = Evidence.of(found.reading.history, found.store)
    day = as_of or first_and_end(found.store)[1]
    task = churn_task(config)
    actions = read_actions(evidence.tables.get(TREATMENTS.name), task.window.gap_days)
    report(f"{len(actions.campaigns())} campaigns", 0.1)
    tiers = backtest_tiers(evidence, config, day)
    report(f"{len(tiers.rows)} published tiers compared with what came", 0.2)
    return _judged(evidence, actions, tiers, day, task, config, report, found.reading.summary())


def _judged(
    evidence: Evidence,
    actions: Actions,
    tiers: Tiers,
    day: date,
    task: Task,
    config: Config,
    report: Report,
    account: dict[str, Any],
) -> Outcomes:
    end, confidence = evidence.store.end, config.training.interval
    mature = [each for each in actions.campaigns() if each[1] + task.window.days_to_maturity <= end]
    waiting = [_waiting(*each, task) for each in actions.campaigns() if each not in mature]
    if not mature:
        return Outcomes(day, tuple(waiting), (), (), tiers, gains((), None), "", account)
    model, note = risk_model(evidence, as_date(min(started for _, started in mature)), task, config)
    report("the risk before the first campaign is learned", 0.4)
    past = attempts(evidence, sorted({as_date(started) for _, started in mature}), model, task, config)
    findings = [find_campaign(past, actions, *each, confidence) for each in mature]
    groups: dict[str, list[Group]] = {}
    for finding, each in zip(findings, mature, strict=True):
        if finding.verdict == "effect":
            groups.setdefault(finding.play, []).append(group_of(past, actions, *each)[0])
    report(f"{len(findings)} campaigns compared", 0.6)
    whom = [whom_it_helps(past, play, parts, task, config) for play, parts in groups.items()]
    report("whom each play helps is judged", 0.9)
    present = attempts(evidence, [day], model, task, config) if any(each.model for each in whom) else None
    return Outcomes(
        as_of=day,
        campaigns=(*findings, *waiting),
        plays=tuple(find_play(past, play, parts, confidence) for play, parts in groups.items()),
        whom=tuple(whom),
        tiers=tiers,
        gain=gains(whom, present),
        note=note,
        account=account,
    )


def _waiting(play: str, started: int, task: Task) -> Finding:
    closes = as_date(started + task.window.days_to_maturity)
    return Finding(play, str(as_date(started)), "immature", why=f"its outcome is not known before {closes}")
