"""From states and probabilities to one play a customer: by profit, within capacity, after guards and cooldowns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

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
    to help: they are never given it. `lots` are the keys that hold-outs are drawn by, where these are others: whose
    id changes must not change sides.
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
    lots: npt.NDArray[np.str_] | None = None

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
    acceptance, with a customer that still buys from somebody; or a severe complaint to settle. `meant_now`: the same of
    its play before the lot, so that those held out can be compared with whom they are held out from. `repair`: what
    that complaint asks for, of `repair.Repair`.
    Amounts are in the currency, NaN where unknown: `cost`; `profit`, the gain less that cost; `low` and `high`, the
    profit at half and twice the assumed acceptance; `incentive`, what the play gives at most, `incentive_share` of the
    customer's value, 0 without a play or where giving nothing earns more. `situations`: all that apply.
    """

    play: npt.NDArray[np.object_]
    status: npt.NDArray[np.object_]
    rank: npt.NDArray[np.int64]
    at_once: Flags
    meant_now: Flags
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
        assumed = rules.assumed[code]
        meant = np.array([_fits(code, assumed.incentive_share, *each) for each in situations], dtype=bool)
        rows = np.flatnonzero(meant & (advice.play == NONE) & ~avoided)
        _assign(_Offered(code, assumed, rows, candidates), advice)
    for code, assumed in rules.assumed.items():
        _fill_in_numbers(_Offered(code, assumed, np.flatnonzero(advice.play == code), candidates), rules, advice)
    return advice


@dataclass(frozen=True)
class _Offered:
    """A play, and the `rows` (m,) of the candidates it is offered to."""

    code: str
    assumed: Assumption
    rows: npt.NDArray[np.intp]
    candidates: Candidates

    @property
    def customer_id(self) -> npt.NDArray[np.str_]:
        """Of the rows, (m,)."""
        return self.candidates.customer_id[self.rows]

    @property
    def lots(self) -> npt.NDArray[np.str_]:
        """The keys that hold-outs are drawn by, (m,)."""
        lots = self.candidates.lots
        return self.customer_id if lots is None else lots[self.rows]

    @cached_property
    def known(self) -> tuple[Array, Array, Array]:
        """Chance of leaving, propensity of partnership, and value, (m,) each."""
        of = self.candidates
        return of.churn[self.rows], of.propensity[self.rows], of.value[self.rows]

    def worth(self) -> Array:
        """The expected profit, (m,); per unit of value where values are unknown."""
        return self._where_known(self.worth_where_given(pays_to_give(self.code, *self.known, self.assumed)).profit, 1.0)

    def worth_at_half(self, profit: Array) -> Array:
        """The `profit` at half the assumed acceptance, (m,); per unit of value where values are unknown."""
        return self._where_known(profit, HALF)

    def worth_where_given(self, given: Flags, factor: float = 1.0) -> Worth:
        """What is won and paid with the incentive where it is `given` (m,), and without it elsewhere.

        `factor`: times the assumed acceptance.
        """
        assumed = self.assumed.times(factor)
        paid, unpaid = (expected_worth(self.code, *self.known, each) for each in (assumed, assumed.unpaid))
        return Worth(np.where(given, paid.gain, unpaid.gain), np.where(given, paid.cost, unpaid.cost))

    def _where_known(self, profit: Array, factor: float) -> Array:
        churn, propensity, value = self.known
        a_unit = profit_a_unit(self.code, churn, propensity, self.assumed.times(factor))
        return np.where(np.isnan(value), a_unit, profit)


def _fits(code: str, gives: float, main: Situation, every: Situations) -> bool:
    return code in plays_for(main) and not violations(code, every, incentive_share=gives)


def _assign(offered: _Offered, advice: Advice) -> None:
    """Give a play to those it is right for, in place, and say of the others why not."""
    code, assumed, rows, of = offered.code, offered.assumed, offered.rows, offered.candidates
    worth = offered.worth()
    due = of.complains[rows] & is_for_repair(PLAYS[code])
    soon = (of.days_since_action[rows] <= assumed.cooldown_days) & ~due
    tried = (of.tries[rows] >= assumed.most_tries) & (assumed.most_tries > 0) & ~due
    pays = ((worth > 0) | PLAYS[code].always | due) & ~of.spared(code)[rows]
    advice.status[rows[soon]], advice.status[rows[tried]] = COOLDOWN, TRIED
    free = pays & ~soon & ~tried
    chosen = rows[free]
    ranked = chosen[np.lexsort((of.customer_id[chosen], -worth[free], ~due[free]))]
    room = assumed.capacity or ranked.size
    advice.play[ranked[:room]], advice.status[ranked[:room]] = code, ACT
    advice.status[ranked[room:]] = CAPACITY


def _nothing(repair: npt.NDArray[np.object_], situations: tuple[Situations, ...]) -> Advice:
    """Nobody has a play yet; whoever has a complaint open is waited for."""
    count = repair.size
    cost, profit, low, high, incentive = (np.full(count, np.nan) for _ in range(5))
    play, status = np.full(count, NONE, dtype=object), np.full(count, NOT_WORTH_IT, dtype=object)
    rank, waiting = np.zeros(count, dtype=np.int64), repair != NO_REPAIR
    meant, share = np.zeros(count, dtype=bool), np.zeros(count)
    return Advice(play, status, rank, waiting, meant, repair, cost, profit, low, high, share, incentive, situations)


def _fill_in_numbers(offered: _Offered, rules: Rules, advice: Advice) -> None:
    """Ranks and amounts of those who were given the play, in place, and who of them is held out."""
    rows, always, worth = offered.rows, PLAYS[offered.code].always, offered.worth()
    advice.rank[rows[np.lexsort((offered.customer_id, -worth))]] = np.arange(1, rows.size + 1)
    only = (advice.repair[rows] != NO_REPAIR) & ~(worth > 0) & (not always)
    advice.repair[rows[only]] = REPAIR_ONLY
    _fill_in_amounts(offered, only, advice)
    pays_at_half = offered.worth_at_half(advice.low[rows]) > 0
    advice.at_once[rows] |= pays_at_half & ~offered.candidates.closed[rows]
    advice.meant_now[rows] = advice.at_once[rows]
    if not always:  # every play is a campaign of its own
        campaign = f"{rules.campaign} {offered.code}"
        held = rows[held_out(offered.lots.tolist(), campaign, rules.holdout_share)]
        advice.status[held], advice.at_once[held] = HOLDOUT, advice.repair[held] != NO_REPAIR


def _fill_in_amounts(offered: _Offered, only: Flags, advice: Advice) -> None:
    """What the play is expected to cost and to earn, in place; of a repair alone (`only`, (m,)) with nothing given."""
    rows, share = offered.rows, offered.assumed.incentive_share
    given = pays_to_give(offered.code, *offered.known, offered.assumed) & ~(only & (share > 0))
    now = offered.worth_where_given(given)
    advice.cost[rows], advice.profit[rows] = now.cost, now.profit
    for out, factor in ((advice.low, HALF), (advice.high, TWICE)):
        out[rows] = offered.worth_where_given(given, factor).profit
    advice.incentive_share[rows] = np.where(given, share, 0.0)
    advice.incentive[rows] = np.where(given, share * offered.known[2], 0.0)
