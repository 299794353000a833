"""From states and probabilities to one play a customer: by profit, within capacity, after guards and cooldowns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from models.decision.course import Relationship
from models.decision.guards import violations
from models.decision.holdout import held_out
from models.decision.plays import PLAYS, Situation, plays_for
from models.decision.situations import Situations, situations_of
from models.decision.worth import Assumption, Worth, expected_worth, pays_to_give, profit_a_unit

Array = npt.NDArray[np.float64]
Known = tuple[Array, Array, Array]
"""Chance of leaving, propensity of partnership, and value, (n,) each."""
ACT, HOLDOUT, CAPACITY, COOLDOWN, TRIED, NOT_WORTH_IT, NEVER_CONTACT = (
    "act", "holdout", "capacity", "cooldown", "tried", "not_worth_it", "never_contact",
)  # fmt: skip
STATUSES = (ACT, HOLDOUT, CAPACITY, COOLDOWN, NOT_WORTH_IT, NEVER_CONTACT)
"""What is to be done with the play of a customer, or why it has none, as readers of an export know it."""
PUBLISHED = {TRIED: NOT_WORTH_IT}
"""What is more than readers of an export know, by what they are told: the sentence says the rest."""
NONE = ""
HALF, TWICE = 0.5, 2.0


@dataclass(frozen=True)
class Candidates:
    """n customers to find plays for, each (n,): keys, probabilities, value, days since the last action or NaN.

    `tries` are actions since the last order. `avoid` says by code of a play whom it has been measured to harm, or not
    to help: they are never given it.
    """

    customer_id: npt.NDArray[np.str_]
    relationship: Relationship
    churn: Array
    propensity: Array
    value: Array
    days_since_action: Array
    tries: npt.NDArray[np.int64]
    avoid: Mapping[str, npt.NDArray[np.bool_]] = field(default_factory=dict)

    def spared(self, code: str) -> npt.NDArray[np.bool_]:
        """Who must not be given a play, (n,)."""
        return self.avoid.get(code, np.zeros(self.customer_id.size, dtype=bool))


@dataclass(frozen=True)
class Rules:
    """What plays are assumed to do, by code; the campaign and its hold-out; who is left in peace."""

    assumed: Mapping[str, Assumption]
    campaign: str
    holdout_share: float
    never_contact: frozenset[str]


@dataclass(frozen=True)
class Advice:
    """What to do for n customers, each (n,): the play's code, `NONE` where there is none, and why.

    `status`: of `STATUSES`, or `TRIED`. `rank`: 1 is the most profit among those with the same play, 0 without one.
    Amounts are in the currency, NaN where unknown: `cost`; `profit`, the gain less that cost; `low` and `high`, the
    profit at half and twice the assumed acceptance; `incentive`, what the play gives at most, `incentive_share` of the
    customer's value, 0 without a play or where giving nothing earns more. `situations`: all that apply.
    """

    play: npt.NDArray[np.object_]
    status: npt.NDArray[np.object_]
    rank: npt.NDArray[np.int64]
    cost: Array
    profit: Array
    low: Array
    high: Array
    incentive_share: Array
    incentive: Array
    situations: tuple[Situations, ...]


def recommend(candidates: Candidates, rules: Rules) -> Advice:
    """One play a customer, the first of its situation that breaks no guard, is not too soon, pays and has room left."""
    situations = situations_of(candidates.relationship)
    count = len(situations)
    play, status = np.full(count, NONE, dtype=object), np.full(count, NOT_WORTH_IT, dtype=object)
    avoided = np.array([key in rules.never_contact for key in candidates.customer_id], dtype=bool)
    status[avoided] = NEVER_CONTACT
    for code in PLAYS:
        gives = rules.assumed[code].incentive_share
        meant = np.array([_fits(code, gives, *each) for each in situations], dtype=bool)
        rows = np.flatnonzero(meant & (play == NONE) & ~avoided)
        _assign(code, rows, candidates, rules, play, status)
    everybody = tuple(each for _, each in situations)
    return _counted(Advice(play, status, *_nothing(count), everybody), candidates, rules)


def _fits(code: str, gives: float, main: Situation, every: Situations) -> bool:
    return code in plays_for(main) and not violations(code, every, incentive_share=gives)


def _assign(
    code: str,
    rows: npt.NDArray[np.intp],
    candidates: Candidates,
    rules: Rules,
    play: npt.NDArray[np.object_],
    status: npt.NDArray[np.object_],
) -> None:
    """Give a play to those of `rows` it is right for, in place, and say of the others why not."""
    assumed = rules.assumed[code]
    worth = _worth(code, rows, candidates, assumed)
    soon = candidates.days_since_action[rows] <= assumed.cooldown_days
    tried = (candidates.tries[rows] >= assumed.most_tries) & (assumed.most_tries > 0)
    pays = ((worth > 0) | PLAYS[code].always) & ~candidates.spared(code)[rows]
    status[rows[soon]], status[rows[tried]] = COOLDOWN, TRIED
    free = pays & ~soon & ~tried
    chosen = rows[free]
    order = np.lexsort((candidates.customer_id[chosen], -worth[free]))
    room = assumed.capacity or order.size
    play[chosen[order[:room]]], status[chosen[order[:room]]] = code, ACT
    status[chosen[order[room:]]] = CAPACITY


def _worth(code: str, rows: npt.NDArray[np.intp], candidates: Candidates, assumed: Assumption) -> Array:
    """What a play is worth with each of `rows`; per unit of value where values are unknown."""
    churn, propensity, value = candidates.churn[rows], candidates.propensity[rows], candidates.value[rows]
    known = (churn, propensity, value)
    profit = _either(code, known, assumed, pays_to_give(code, *known, assumed)).profit
    return np.where(np.isnan(value), profit_a_unit(code, churn, propensity, assumed), profit)


def _either(code: str, known: Known, assumed: Assumption, given: npt.NDArray[np.bool_]) -> Worth:
    """What a play is worth with its incentive where it is `given` (n,), and without it elsewhere."""
    paid, unpaid = (expected_worth(code, *known, each) for each in (assumed, assumed.unpaid))
    return Worth(np.where(given, paid.gain, unpaid.gain), np.where(given, paid.cost, unpaid.cost))


def _nothing(count: int) -> tuple[npt.NDArray[np.int64], Array, Array, Array, Array, Array, Array]:
    cost, profit, low, high, incentive = (np.full(count, np.nan) for _ in range(5))
    return np.zeros(count, dtype=np.int64), cost, profit, low, high, np.zeros(count), incentive


def _counted(advice: Advice, candidates: Candidates, rules: Rules) -> Advice:
    """The advice with its numbers, and with those held out marked."""
    for code, assumed in rules.assumed.items():
        rows = np.flatnonzero(advice.play == code)
        worth = _worth(code, rows, candidates, assumed)
        advice.rank[rows[np.lexsort((candidates.customer_id[rows], -worth))]] = np.arange(1, rows.size + 1)
        known = (candidates.churn[rows], candidates.propensity[rows], candidates.value[rows])
        given = pays_to_give(code, *known, assumed)
        now = _either(code, known, assumed, given)
        advice.cost[rows], advice.profit[rows] = now.cost, now.profit
        for out, factor in ((advice.low, HALF), (advice.high, TWICE)):
            out[rows] = _either(code, known, assumed.times(factor), given).profit
        advice.incentive_share[rows] = np.where(given, assumed.incentive_share, 0.0)
        advice.incentive[rows] = np.where(given, assumed.incentive_share * known[2], 0.0)
        if not PLAYS[code].always:
            advice.status[rows[_held_out(code, rows, candidates, rules)]] = HOLDOUT
    return advice


def _held_out(code: str, rows: npt.NDArray[np.intp], candidates: Candidates, rules: Rules) -> npt.NDArray[np.bool_]:
    """Every play is a campaign of its own."""
    return held_out(candidates.customer_id[rows].tolist(), f"{rules.campaign} {code}", rules.holdout_share)
