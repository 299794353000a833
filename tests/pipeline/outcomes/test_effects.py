"""What is found of a campaign, from attempts made by hand: each figure is of its own rows, each difference one way."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from pipeline.outcomes.attempts import Attempts
from pipeline.outcomes.effects import NOBODY_HELD, NOBODY_TREATED, find_campaign, find_play
from pipeline.outcomes.findings import Finding
from pipeline.outcomes.lots import group_of
from tests.pipeline.outcomes.made_attempts import actions_of, attempts_of

CUSTOMERS = 200
LOT = np.random.default_rng(2).random(CUSTOMERS) < 0.6
SIZE = np.random.default_rng(3).random(CUSTOMERS)
CALL = ("call", 100)
EVERYBODY = {customer: bool(treated) for customer, treated in enumerate(LOT)}


def found(attempts: Attempts, whom: dict[int, bool] = EVERYBODY, **more) -> Finding:
    return find_campaign(attempts, actions_of((*CALL, whom), **more), *CALL, confidence=0.9)


def test_shares_means_and_cost_are_those_of_each_arm() -> None:
    """Of treated 0, 1, 2 and held 3, 4 repeated; customer 1 has no known cost, 4 none that counts."""
    kind = np.arange(CUSTOMERS) % 5
    whom = {customer: bool(kind[customer] < 3) for customer in range(CUSTOMERS)}
    cost = {customer: (5.0, np.nan, 9.0, 70.0, 80.0)[kind[customer]] for customer in range(CUSTOMERS)}
    said = attempts_of(CUSTOMERS, label=kind == 0, spend=np.array([10, 20, 60, 5, 7])[kind])
    call = found(said, whom, cost=cost)
    assert (call.treated, call.held, call.left.value, call.left_held.value) == (120, 80, pytest.approx(1 / 3), 0)
    assert (call.spent, call.spent_held, call.cost) == (30, 6, 7)
    assert (call.play, call.started) == ("call", "1970-04-11")


def test_who_is_left_out_is_counted_by_reason() -> None:
    label = np.where(np.arange(CUSTOMERS) < 3, np.nan, 0)
    call = found(attempts_of(CUSTOMERS, label=label), EVERYBODY | {500: True, 501: False}, contradictory={CALL: 4})
    assert call.left_out == {"not eligible": 2, "outcome not known": 3, "both treated and held out": 4}
    assert call.treated + call.held == CUSTOMERS - 3


def test_a_difference_is_of_the_treated_less_the_held_out_with_what_was_usual_taken_out() -> None:
    usual = 100 * SIZE
    call = found(attempts_of(CUSTOMERS, usual=usual, spend=2 * usual + 10 * LOT, margin=usual - 3 * LOT, label=LOT))
    differences = call.compared.churn.value, call.compared.spend.value, call.compared.margin.value
    assert (call.verdict, differences) == ("effect", pytest.approx((1, 10, -3), abs=1e-9))


def test_shares_of_one_campaign_are_compared_as_shares() -> None:
    """Newcombe 1998, table II, method 10, contrast (a): 56 of 70 less 48 of 80."""
    order = np.arange(150)
    whom = {customer: customer < 70 for customer in range(150)}
    said, actions = attempts_of(150, label=(order < 56) | (order >= 102)), actions_of((*CALL, whom))
    churn = find_campaign(said, actions, *CALL, confidence=0.95).compared.churn
    assert (churn.low, churn.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_what_the_risk_before_foresaw_is_no_effect() -> None:
    left = (SIZE < 0.4).astype(float)
    call = found(attempts_of(CUSTOMERS, label=left, risk=left))
    assert call.compared.churn.value != 0
    assert call.compared.adjusted.value == pytest.approx(0, abs=1e-9)


def test_what_a_customer_saved_has_cost_is_the_cost_over_the_drop() -> None:
    left = np.where(LOT, SIZE < 0.2, SIZE < 0.6)
    call = found(attempts_of(CUSTOMERS, label=left), cost=dict.fromkeys(EVERYBODY, 8.0))
    assert call.compared.saved.value == pytest.approx(8 / -call.compared.adjusted.value)


def test_the_fewer_are_held_out_the_less_can_be_shown_by_leavers_among_them() -> None:
    """Read off tables of power: shares of .5 of 120 and 80, and of 160 and 40, differ by .20 and .24 to show."""
    shown = []
    for held in (80, 40):
        whom = {customer: customer >= held for customer in range(CUSTOMERS)}
        shown.append(found(attempts_of(CUSTOMERS, label=np.arange(CUSTOMERS) % 2), whom).compared.detectable)
    assert shown == [pytest.approx(0.20, abs=0.01), pytest.approx(0.24, abs=0.01)]


def test_how_many_it_takes_goes_by_the_spread_among_those_held_out() -> None:
    """Textbook: 2 (1.96 + 0.84)² (15 / 3)² = 392 an arm where customers of 100 vary by 15 and 3 are to be shown."""
    noise = np.random.default_rng(4).normal(size=CUSTOMERS)
    for arm in (True, False):
        noise[arm == LOT] -= noise[arm == LOT].mean()
        noise[arm == LOT] /= noise[arm == LOT].std(ddof=1)
    call = found(attempts_of(CUSTOMERS, spend=np.where(LOT, 500 + 99 * noise, 100 + 15 * noise), label=SIZE < 0.5))
    assert call.needed.spend == pytest.approx(393, abs=2)
    error = np.hypot(99 / LOT.sum() ** 0.5, 15 / (~LOT).sum() ** 0.5)
    assert call.compared.spend_detectable == pytest.approx(2.8016 * error, rel=1e-3)


def test_it_takes_more_to_keep_three_of_a_hundred_leavers_than_three_of_a_hundred_customers() -> None:
    """Fleiss: 4,350 an arm for .5 less .03 at 80 % power, and nearly four times as many for half of the drop."""
    call = found(attempts_of(CUSTOMERS, label=np.where(LOT, 0, np.cumsum(~LOT) % 2)))
    assert call.needed.points == pytest.approx(4355, rel=0.02)
    assert call.needed.leavers / call.needed.points == pytest.approx(4, rel=0.05)


def test_where_nobody_was_treated_nothing_else_is_said() -> None:
    nobody = found(attempts_of(CUSTOMERS), dict.fromkeys(range(50), False))
    assert (nobody.verdict, nobody.why, nobody.held) == ("nobody", NOBODY_TREATED, 0)


def test_where_nobody_was_held_out_those_left_alone_are_shown_beside() -> None:
    spend = np.where(np.arange(CUSTOMERS) < 50, 10, 4)
    label = np.arange(CUSTOMERS) >= 50
    gift = found(attempts_of(CUSTOMERS, spend=spend, label=label), dict.fromkeys(range(50), True))
    assert (gift.verdict, gift.why, gift.beside) == ("association", NOBODY_HELD, "left alone")
    assert (gift.treated, gift.held, gift.spent, gift.spent_held) == (50, 0, 10, 4)
    assert (gift.left.value, gift.left_held.value) == (0, 1)


@pytest.mark.parametrize(("fewer", "verdict"), [(20, "effect"), (19, "association")])
@pytest.mark.parametrize("arm", [True, False])
def test_twenty_of_each_arm_may_speak_of_an_effect(fewer: int, verdict: str, arm: bool) -> None:
    whom = {customer: (customer < fewer) == arm for customer in range(CUSTOMERS)}
    call = found(attempts_of(CUSTOMERS), whom)
    assert call.verdict == verdict
    told = "only 19 treated and 181 held out" if arm else "only 181 treated and 19 held out"
    assert (told in call.why) is (verdict == "association")


def test_those_who_were_chosen_by_what_was_known_are_found_and_named() -> None:
    whom = {customer: bool(SIZE[customer] > 0.5) for customer in range(CUSTOMERS)}
    by_feature, by_risk = (found(attempts_of(CUSTOMERS, **{name: SIZE}), whom) for name in ("feature", "risk"))
    assert (by_feature.verdict, by_risk.verdict) == ("association", "association")
    assert "most in feature (+1." in by_feature.why and "most in risk of leaving (+1." in by_risk.why
    assert by_feature.left.value == 0 and np.isnan(by_feature.compared.churn.value)


def test_a_campaign_with_the_same_lots_before_is_named_and_one_after_is_told() -> None:
    said = attempts_of(CUSTOMERS, (90, 100), feature=np.repeat(SIZE, 2))
    actions = actions_of(("visit", 90, EVERYBODY), (*CALL, EVERYBODY))
    visit, call = (find_campaign(said, actions, *each, confidence=0.9) for each in (("visit", 90), CALL))
    assert (visit.verdict, call.verdict) == ("effect", "association")
    assert visit.meanwhile == {"call 1970-04-11": (1, 0)}
    assert "treatment by visit 1970-04-01 (without exception)" in call.why


def test_of_all_that_differs_three_things_are_named() -> None:
    whom = {customer: bool(SIZE[customer] > 0.5) for customer in range(CUSTOMERS)}
    said = attempts_of(CUSTOMERS, (90, 100), feature=np.repeat(SIZE, 2), risk=np.repeat(SIZE, 2))
    actions = actions_of(("visit", 90, whom), ("gift", 90, whom), (*CALL, whom))
    why = find_campaign(said, actions, *CALL, confidence=0.9).why
    assert "differ in 4 of" in why
    assert why.count("deviations") + why.count("without exception") == 3


def test_campaigns_of_a_play_are_compared_within_themselves() -> None:
    """A tenth left of the first, which treated most; nine tenths of the second, which held most out: no effect."""
    kind = np.arange(CUSTOMERS) % 10
    first = {customer: customer % 100 < 80 for customer in range(100)}
    second = {customer: customer % 100 < 20 for customer in range(100, CUSTOMERS)}
    days = (100, 300)
    said = attempts_of(CUSTOMERS, days, label=np.repeat(np.where(np.arange(CUSTOMERS) < 100, kind < 1, kind < 9), 2))
    actions = actions_of(("call", 100, first), ("call", 300, second))
    groups = [group_of(said, actions, "call", day)[0] for day in days]
    play = find_play(said, "call", groups, confidence=0.9)
    assert (play.play, play.started, play.verdict) == ("call", "", "effect")
    assert (play.treated, play.held) == (100, 100)
    assert (play.left.value, play.left_held.value) == (pytest.approx(0.26), pytest.approx(0.74))
    assert play.compared.churn.value == play.compared.adjusted.value == pytest.approx(0, abs=1e-12)


def test_rows_of_a_customer_do_not_make_a_play_surer() -> None:
    """Five campaigns with the same lots and outcomes know no more than one."""
    widths = []
    for campaigns in (1, 5):
        days = tuple(range(100, 100 + 100 * campaigns, 100))
        said = attempts_of(CUSTOMERS, days, label=np.repeat(SIZE < 0.4, campaigns))
        actions = actions_of(*(("call", day, EVERYBODY) for day in days))
        play = find_play(said, "call", [group_of(said, actions, "call", day)[0] for day in days], confidence=0.9)
        widths.append(play.compared.adjusted.high - play.compared.adjusted.low)
    assert widths[1] == pytest.approx(widths[0], rel=0.02)


@pytest.mark.parametrize("name", ["left", "left_held", "churn", "adjusted", "spend", "margin"])
def test_the_surer_the_wider(name: str) -> None:
    said = attempts_of(CUSTOMERS, label=SIZE < 0.4, spend=SIZE, margin=SIZE)
    actions = actions_of((*CALL, EVERYBODY))
    calls = [find_campaign(said, actions, *CALL, confidence=sure) for sure in (0.5, 0.9, 0.99)]
    each = [getattr(call, name, None) or getattr(call.compared, name) for call in calls]
    widths = [interval.high - interval.low for interval in each]
    assert all(wider > narrower for narrower, wider in pairwise(widths))


def test_an_arm_swapped_would_be_caught() -> None:
    """The mutant: those treated and those held out taken for each other."""
    said = attempts_of(CUSTOMERS, label=LOT)
    group = group_of(said, actions_of((*CALL, EVERYBODY)), *CALL)[0]
    swapped = find_play(said, "call", [replace(group, treated=~group.treated)], confidence=0.9)
    assert swapped.compared.churn.value == -1
