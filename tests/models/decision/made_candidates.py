"""Customers to find plays for, and what the plays are assumed to do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.decision.course import Relationship
from models.decision.plays import PLAYS
from models.decision.recommend import Candidates, Rules
from models.decision.states import FLAGS
from models.decision.worth import Assumption

ASSUMED = Assumption(0.3, 0.05, 15.0, 0.2, capacity=0, cooldown_days=30, most_tries=3)


def each_play(assumption: Assumption) -> dict[str, Assumption]:
    """The same of every play, but for the incentive of those that have nothing to give it by."""
    without = replace(assumption, incentive_share=0.0)
    return {code: assumption if play.carries_incentive else without for code, play in PLAYS.items()}


RULES = Rules(each_play(ASSUMED), "spring", holdout_share=0.0, never_contact=frozenset())


def relationship(states: list[int], **flags: list[bool]) -> Relationship:
    none = np.zeros(len(states), dtype=bool)
    chosen = {flag: np.array(flags.get(flag, none), dtype=bool) for flag in FLAGS}
    return Relationship(np.array(states), np.array(states), none, **chosen)


def candidates(of: Relationship, **numbers: list[float]) -> Candidates:
    count = of.state.size
    usual = {"churn": 0.5, "propensity": 0.5, "value": 10_000.0, "days_since_action": np.nan}
    given = {name: np.array(numbers.get(name, [value] * count), dtype=float) for name, value in usual.items()}
    tries = np.array(numbers.get("tries", [0] * count), dtype=np.int64)
    complains, closed = (np.array(numbers.get(name, [False] * count), dtype=bool) for name in ("complains", "closed"))
    names = np.array([f"c{place}" for place in range(count)])
    return Candidates(names, of, tries=tries, complains=complains, closed=closed, **given)


def assumed(**changes: float) -> Rules:
    return replace(RULES, assumed=each_play(replace(ASSUMED, **changes)))
