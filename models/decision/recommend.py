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
from models.decision.repair import NO_REPAIR, REPAIR_FIRST, REPAIR_ONLY, is_for_repair
from models.decision.situations import Situations, situations_of
from models.decision.worth import Assumption, Worth, expected_worth, pays_to_give, profit_a_unit

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
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

    `tries` are actions since the last order; `complains` is whoever waits for a severe complaint to be settled,
    `closed` whoever buys from nobody any more. `avoid` says by code of a play whom it has been measured to harm, or not
    to help: they are never given it.
    """

    customer_id: npt.NDArray[np.str_]
    relationship: Relationship
    churn: Array
    propensity: Array
    value: Array
    days_since_action: Array
    tries: npt.NDArray[np.int64]
    complains: Flags
    closed: Flags
    avoid: Mapping[str, Flags] = field(default_factory=dict)

    def spared(self, code: str) -> Flags:
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
    `at_once`: something is to be done that does not wait for an occasion: a play that pays even at half the assumed
    acceptance, with a customer that still buys from somebody; or a severe complaint to settle. `repair`: what that
    complaint asks for, of `repair.Repair`.
    Amounts are in the currency, NaN where unknown: `cost`; `profit`, the gain less that cost; `low` and `high`, the
    profit at half and twice the assumed acceptance; `incentive`, what the play gives at most, `incentive_share` of the
    customer's value, 0 without a play or where giving nothing earns more. `situations`: all that apply.
    """

    play: npt.NDArray[np.object_]
    status: npt.NDArray[np.object_]
    rank: npt.NDArray[np.int64]
    at_once: Flags
    repair: npt.NDArray[np.object_]
    cost: Array
    profit: Array
    low: Array
    high: Array
    incentive_share: Array
    incentive: Array
    situations: tuple[Situations, ...]


def recommend(candidates: Candidates, rules: Rules) -> Advice:
    """One play a customer, the first of its situation that breaks no guard, is not too soon, pays and has room left.

    Who waits for a severe complaint to be settled is given the play that repairs whatever it pays, however short ago
    something was done, and first of all; guards and room hold, and so does the hold-out: of it, all but the repair is
    withheld.
    """
    situations = situations_of(candidates.relationship)
    avoided = np.array([key in rules.never_contact for key in candidates.customer_id], dtype=bool)
    repair = np.where(candidates.complains & ~avoided, REPAIR_FIRST, NO_REPAIR).astype(object)
    advice = _nothing(repair, tuple(each for _, each in situations))
    advice.status[avoided] = NEVER_CONTACT
    for code in PLAYS:
        gives = rules.assumed[code].incentive_share
        meant = np.array([_fits(code, gives, *each) for each in situations], dtype=bool)
        rows = np.flatnonzero(meant & (advice.play == NONE) & ~avoided)
        _assign(code, rows, candidates, rules, advice)
    return _counted(advice, candidates, rules)


def _fits(code: str, gives: float, main: Situation, every: Situations) -> bool:
    return code in plays_for(main) and not violations(code, every, incentive_share=gives)


def _assign(
    code: str,
    rows: npt.NDArray[np.intp],
    candidates: Candidates,
    rules: Rules,
    advice: Advice,
) -> None:
    """Give a play to those of `rows` it is right for, in place, and say of the others why not."""
    assumed, play, status = rules.assumed[code], advice.play, advice.status
    worth = _worth(code, rows, candidates, assumed)
    due = candidates.complains[rows] & is_for_repair(PLAYS[code])
    soon = (candidates.days_since_action[rows] <= assumed.cooldown_days) & ~due
    tried = (candidates.tries[rows] >= assumed.most_tries) & (assumed.most_tries > 0) & ~due
    pays = ((worth > 0) | PLAYS[code].always | due) & ~candidates.spared(code)[rows]
    status[rows[soon]], status[rows[tried]] = COOLDOWN, TRIED
    free = pays & ~soon & ~tried
    chosen = rows[free]
    order = np.lexsort((candidates.customer_id[chosen], -worth[free], ~due[free]))
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


def _nothing(repair: npt.NDArray[np.object_], situations: tuple[Situations, ...]) -> Advice:
    """Nobody has a play yet; whoever has a complaint open is waited for."""
    count = repair.size
    cost, profit, low, high, incentive = (np.full(count, np.nan) for _ in range(5))
    play, status = np.full(count, NONE, dtype=object), np.full(count, NOT_WORTH_IT, dtype=object)
    rank, waiting = np.zeros(count, dtype=np.int64), repair != NO_REPAIR
    return Advice(play, status, rank, waiting, repair, cost, profit, low, high, np.zeros(count), incentive, situations)


def _counted(advice: Advice, candidates: Candidates, rules: Rules) -> Advice:
    """The advice with its numbers, and with those held out marked."""
    for code, assumed in rules.assumed.items():
        rows = np.flatnonzero(advice.play == code)
        worth = _worth(code, rows, candidates, assumed)
        advice.rank[rows[np.lexsort((candidates.customer_id[rows], -worth))]] = np.arange(1, rows.size + 1)
        only = (advice.repair[rows] != NO_REPAIR) & ~(worth > 0) & (not PLAYS[code].always)
        advice.repair[rows[only]] = REPAIR_ONLY
        _reckoned(code, rows, only, advice, candidates, assumed)
        advice.at_once[rows] |= (_at_half(code, rows, advice, candidates, assumed) > 0) & ~candidates.closed[rows]
        if not PLAYS[code].always:
            held = rows[_held_out(code, rows, candidates, rules)]
            advice.status[held], advice.at_once[held] = HOLDOUT, advice.repair[held] != NO_REPAIR
    return advice


def _at_half(
    code: str, rows: npt.NDArray[np.intp], advice: Advice, candidates: Candidates, assumed: Assumption
) -> Array:
    """What a play of `rows` earns at half the assumed acceptance; per unit of value where values are unknown."""
    a_unit = profit_a_unit(code, candidates.churn[rows], candidates.propensity[rows], assumed.times(HALF))
    return np.where(np.isnan(candidates.value[rows]), a_unit, advice.low[rows])


def _reckoned(
    code: str, rows: npt.NDArray[np.intp], only: Flags, advice: Advice, candidates: Candidates, assumed: Assumption
) -> None:
    """What a play of `rows` is expected to cost and to earn, in place; of a repair alone with nothing given."""
    known = (candidates.churn[rows], candidates.propensity[rows], candidates.value[rows])
    given = pays_to_give(code, *known, assumed) & ~(only & (assumed.incentive_share > 0))
    now = _either(code, known, assumed, given)
    advice.cost[rows], advice.profit[rows] = now.cost, now.profit
    for out, factor in ((advice.low, HALF), (advice.high, TWICE)):
        out[rows] = _either(code, known, assumed.times(factor), given).profit
    advice.incentive_share[rows] = np.where(given, assumed.incentive_share, 0.0)
    advice.incentive[rows] = np.where(given, assumed.incentive_share * known[2], 0.0)


def _held_out(code: str, rows: npt.NDArray[np.intp], candidates: Candidates, rules: Rules) -> npt.NDArray[np.bool_]:
    """Every play is a campaign of its own."""
    return held_out(candidates.customer_id[rows].tolist(), f"{rules.campaign} {code}", rules.holdout_share)
