"""Every number of the simulated world that shapes who the customers are and how relationships move.

Each parameter states its unit and its reason. Utilities are in `utils`: one util is what a price lower by about a tenth
is worth to a customer of usual sensitivity. None of the numbers was fitted to a data set; where a source is named it
gave the direction, and the size is ours, untested. Parameters of the tables are in `parameters_tables.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any


def parameter(value: float | str, unit: str, reason: str) -> Any:
    """A number of the world, or a word, with its unit and the reason for its size."""
    return field(default=value, metadata={"unit": unit, "reason": reason})


@dataclass(frozen=True)
class Traits:
    """What a customer brings along: hidden values that do not change."""

    strength_correlation: float = parameter(0.0, "correlation", "strength says nothing of commitment unless asked to")
    size_of_strength: float = parameter(0.5, "correlation", "big firms need more, but buy most of it elsewhere")
    orientation_low: float = parameter(0.12, "beta shape", "with `orientation_high`: firms work by their own projects")
    orientation_high: float = parameter(0.21, "beta shape", "or look ahead, and few do a little of both; mean 0.36")
    care_low: float = parameter(0.08, "beta shape", "with `care_high`: an account has somebody who looks after it")
    care_high: float = parameter(
        0.115, "beta shape", "or it has not: the sales force can tend two of five, and few by half; mean 0.41"
    )
    fit_mean: float = parameter(1.0, "utils", "the usual customer gains from the supplier, else it would not be one")
    fit_spread: float = parameter(0.3, "utils", "the goods suit one customer better than another")
    fit_of_care: float = parameter(1.8, "utils", "most of what a customer gains comes of being looked after")
    fit_of_orientation: float = parameter(0.25, "utils", "who looks ahead chooses the supplier with more care")
    rivals_mean: float = parameter(0.0, "utils", "the usual alternative is the measure of all values")
    rivals_spread: float = parameter(0.5, "utils", "some places have a good alternative next door")
    critical_low: float = parameter(
        0.05, "beta shape", "with `critical_high`: goods stop the customer's line or do not"
    )
    critical_high: float = parameter(0.105, "beta shape", "see `critical_low`: of three customers one; mean 0.32")
    special_low: float = parameter(0.15, "beta shape", "with `special_high`: made to a drawing or taken from stock;")
    special_high: float = parameter(0.15, "beta shape", "of what is critical, since nothing else is worth a drawing")
    sensitivity_spread: float = parameter(0.2, "log", "two thirds of the customers within a fifth of the usual")


@dataclass(frozen=True)
class Utility:
    """What staying gives and what leaving costs."""

    ties: float = parameter(0.4, "utils", "personal ties hold far less than switching costs (Wathne et al. 2001)")
    price: float = parameter(10.0, "utils a log point", "the definition of the util: a tenth of the price")
    invested: float = parameter(1.7, "utils", "investment never holds for more than this: it is sunk")
    invested_years: float = parameter(0.35, "years of spend", "a third of annual spend is usual (Peukert 2019)")
    contract: float = parameter(0.6, "utils a year left", "breaking a contract costs about its margin")
    contract_most: float = parameter(0.9, "utils", "courts and goodwill bound what a contract costs")
    risk: float = parameter(2.2, "utils", "a critical part that fails stops the production; as much as investment")
    risk_common: float = parameter(0.4, "share", "of the risk that common goods carry; the rest needs speciality")
    scale: float = parameter(0.7, "utils", "size of the chance in the choice: what we do not model")
    reluctance: float = parameter(1.8, "utils", "trouble of any change, however little is invested")


@dataclass(frozen=True)
class Moves:
    """How often a customer thinks about leaving, and what happens when it goes, pauses and comes back."""

    reconsider: float = parameter(0.08, "a week", "four times a year somebody looks at the suppliers")
    reconsider_failure: float = parameter(0.25, "in the week", "a failure brings the question on the table")
    reconsider_round: float = parameter(0.20, "in the week", "so does the yearly price letter")
    cooling: float = parameter(0.35, "share of orders", "stocks and single articles are bought out while it goes")
    recover: float = parameter(0.25, "of a reconsideration", "a decision taken is rarely undone")
    back: float = parameter(0.040, "a week", "how often one who went looks again at what it left")
    back_reluctance: float = parameter(0.8, "utils", "coming back costs face and new set-up")
    pause: float = parameter(0.002, "a week", "projects end: one pause in ten years, on average")
    resume: float = parameter(0.2, "a week", "a pause lasts five weeks, on average: works stop, then go on")
    share_scale: float = parameter(1.1, "utils", "how softly the wallet is divided between us and the rivals")
    share_cost: float = parameter(0.4, "share", "of the cost of leaving that also holds the single order")
    share_slope: float = parameter(1.0, "share", "0 makes everybody buy half of the need from us")


@dataclass(frozen=True)
class Course:
    """How the hidden state moves from week to week."""

    warm_up: int = parameter(104, "weeks", "before the history begins, so that it begins in the middle of life")
    early: float = parameter(0.55, "share", "of the customers are there before the history begins")
    pull: float = parameter(0.05, "a week", "a mood passes in half a year")
    mood: float = parameter(0.08, "utils a week", "what happens between people and does not show in any table")
    failure: float = parameter(6.0, "utils", "a supplier that fails with every order is worth 60 % of price less")
    weight: float = parameter(0.1, "share", "of what a customer thinks of the service by one order: it remembers ten")
    repaired: float = parameter(0.6, "share", "of the damage that a fast answer makes good")
    trouble: float = parameter(0.004, "a week", "service goes wrong for a while once in five years, with care")
    neglect: float = parameter(0.026, "a week", "and every eight months without care")
    mended: float = parameter(0.09, "a week", "a bad time lasts a quarter")
    fails: float = parameter(0.03, "share of orders", "things go wrong anywhere; in all it is six in a hundred")
    fails_in_trouble: float = parameter(0.45, "share of orders", "nearly every other one in a bad time")
    late: float = parameter(0.45, "share of failures", "with the next two as of a perfect order: 94, 97, 99 in 100")
    short: float = parameter(0.20, "share of failures", "see `late`")
    faulty: float = parameter(0.10, "share of failures", "see `late`; the rest is wrong paper, or no answer: 96 in 100")
    complains_goods: float = parameter(0.5, "share of failures", "of goods: half speak up where it costs (Goodman)")
    complains_handling: float = parameter(0.2, "share of failures", "of paper and answers: 5 to 30 % do (Goodman)")
    ties_pull: float = parameter(0.03, "a week", "it takes half a year to know people")
    contact_leaves: float = parameter(0.004, "a week", "people stay in a job for five years")
    rivals_pull: float = parameter(0.04, "a week", "an offer is good for half a year")
    rivals_noise: float = parameter(0.12, "utils a week", "spread of 0.4 utils around the usual alternative")
    need_pull: float = parameter(0.03, "a week", "business moves in cycles of a year")
    need_begin: float = parameter(0.2, "log", "spread of the need at the start of a relationship")
    need_noise: float = parameter(0.04, "log a week", "spread of a sixth around the usual need")
    price_round: float = parameter(0.06, "log a year", "own price over the peers' where there is no care")
    price_lock: float = parameter(0.05, "log a year", "more where leaving is costly: hold-up (Williamson)")
    price_noise: float = parameter(0.01, "log a year", "negotiation")
    price_keeps: float = parameter(0.6, "share a year", "of last year's difference: prices settle in three years")


@dataclass(frozen=True)
class Pledges:
    """Investments and contracts."""

    invests: float = parameter(0.08, "a week", "of a customer that looks ahead and gains: four a year, one a quarter")
    pledges: float = parameter(0.020, "a week", "of a supplier that cares for one that looks ahead: one a year")
    amount: float = parameter(0.07, "years of spend", "median of one investment: a month's purchases, nearly")
    amount_spread: float = parameter(0.7, "log", "a training and a machine differ by a factor of ten")
    joint: float = parameter(0.2, "share", "of what a customer invests, in which the supplier puts in as much")
    life: float = parameter(150.0, "weeks", "three years, as equipment and skills last")
    signs: float = parameter(0.020, "a week", "of a customer that looks ahead and gains: once a year")
    renews: float = parameter(0.12, "a week", "in the last quarter: two of three renew early when all is well")
    term: int = parameter(52, "weeks", "a year; those who look ahead take two")


@dataclass(frozen=True)
class Plays:
    """What the three plays do to a customer, for as long as they are felt."""

    weeks: int = parameter(8, "weeks", "a contact is felt for two months")
    call_ties: float = parameter(1.5, "utils", "of full ties: a call is worth what the relation is worth")
    call_stranger: float = parameter(
        0.35, "ties", "below which a call is a nuisance: sleeping dogs (Ascarza et al. 2016)"
    )
    call_attention: float = parameter(1.5, "factor", "a call makes the customer think about us, and about leaving")
    discount: float = parameter(0.5, "utils", "five per cent of price, at usual sensitivity")
    discount_attention: float = parameter(1.1, "factor", "a price talk invites a second offer")
    repair: float = parameter(0.9, "utils", "where service went wrong: its cause is removed and said so")
    campaigns: int = parameter(2, "campaigns", "in the past: a call and a discount; more make effects learnable")
    only: str = parameter("", "play", "of every past campaign; empty: plays in turn")
    campaign: float = parameter(0.30, "share", "of the customers were in each past campaign")
    holdout: float = parameter(0.5, "share", "of them were held out at random, to measure the effect")


@dataclass(frozen=True)
class Habits:
    """How those orders come that are wanted."""

    orders_a_year: float = parameter(7.0, "orders a year", "median, where half of the need is bought from us")
    orders_spread: float = parameter(1.3, "log", "some order twice a week, some once a year")
    orders_of_size: float = parameter(0.25, "log a deviation", "who needs more orders more often")
    evenness: int = parameter(2, "phases", "at most; a gap is a sum of so many chances: 1 is pure chance")
    weekly_round: float = parameter(0.6, "share", "of the orders on the customer's own weekday")
    basket: float = parameter(2.6, "lines", "mean beyond the first, as suits a technical wholesaler")
    repertoire: float = parameter(14.0, "articles", "known at the start, by the usual customer")
    curiosity: float = parameter(5.0, "articles a year", "taken up by a customer that looks ahead and gains")
    curiosity_slope: float = parameter(1.0, "share", "0 makes everybody equally curious")
    panel: float = parameter(
        0.95, "share", "of the customers tell the sales force or a panel what they buy from everybody"
    )
    size_spread: float = parameter(0.9, "log", "a fifth of the customers then makes most of the spend")


@dataclass(frozen=True)
class Parameters:
    """The whole tree, one branch per subject."""

    traits: Traits = Traits()
    utility: Utility = Utility()
    moves: Moves = Moves()
    course: Course = Course()
    pledges: Pledges = Pledges()
    plays: Plays = Plays()
    habits: Habits = Habits()


def correlated_strength(correlation: float) -> Parameters:
    """The usual world, but with this correlation (-1 to 1) between a customer's strength and its looking ahead."""
    return Parameters(traits=Traits(strength_correlation=correlation))


def with_campaigns(of: Parameters, number: int, share: float, only: str = "") -> Parameters:
    """The same world, but with `number` past campaigns, this share of the customers in each, all of `only` one play.

    Effects of plays are a tenth of the differences in risk: the two usual campaigns, with a third of the customers
    each, show the mean effect of a play at best, never whom it helps.
    """
    return replace(of, plays=replace(of.plays, campaigns=number, campaign=share, only=only))


def without_signal() -> Parameters:
    """A world in which orders come at random: everybody alike, by pure chance, and nobody ever goes or pauses.

    Who orders next is then known from nothing that happened before. A rate of about six orders a year leaves a fifth
    of the customers silent for a quarter, by chance.
    """
    of = Parameters()
    habits = replace(of.habits, orders_a_year=6.0, orders_spread=0.0, orders_of_size=0.0, evenness=1, weekly_round=0.0)
    moves = replace(of.moves, reconsider=0.0, pause=0.0, share_slope=0.0)
    return replace(of, habits=habits, moves=moves, course=replace(of.course, need_noise=0.0, need_begin=0.0))
