"""Which campaigns are taken together, and who counts of them: everybody once, from the first one each was in."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from pipeline.outcomes import page
from pipeline.outcomes.actions import Actions
from pipeline.outcomes.attempts import Attempts
from pipeline.outcomes.effects import NOBODY_DRAWN, find_campaign
from pipeline.outcomes.findings import Finding
from pipeline.outcomes.together import together
from tests.pipeline.outcomes.made_attempts import actions_of, attempts_of

CUSTOMERS = 200
LOT = (np.random.default_rng(2).random(CUSTOMERS) < 0.5).tolist()


def some(first: int, last: int) -> dict[int, bool]:
    """The customers [first, last), treated by lots that are kept."""
    return dict(enumerate(LOT[first:last], first))


def whole(attempts: Attempts, actions: Actions) -> list[Finding]:
    campaigns = actions.campaigns()
    alone = [find_campaign(attempts, actions, *campaign, confidence=0.9) for campaign in campaigns]
    return [told.finding for told in together(attempts, actions, campaigns, alone, 0.9)]


def found(*campaigns: tuple[str, int, Mapping[int, bool]], **came) -> list[Finding]:
    days = sorted({started for _, started, _ in campaigns})
    return whole(attempts_of(CUSTOMERS, days, **came), actions_of(*campaigns))


def started(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(each.play, each.started) for each in findings]


@pytest.mark.parametrize(("size", "joined"), [(39, True), (40, False)])
def test_forty_customers_are_no_handful(size: int, joined: bool) -> None:
    """Two campaigns of different customers whose lots go half and half."""
    both = [
        ("call", day, {first + customer: customer % 2 == 0 for customer in range(size)})
        for day, first in ((100, 0), (101, 100))
    ]
    assert started(found(*both)) == (
        [("call", "1970-04-11 – 1970-04-12")] if joined else [("call", "1970-04-11"), ("call", "1970-04-12")]
    )


@pytest.mark.parametrize("arm", [True, False], ids=["treated", "held out"])
@pytest.mark.parametrize(("size", "joined"), [(0, False), (1, True), (39, True)])
def test_a_handful_that_is_by_chance_all_of_one_arm_joins_the_others(arm: bool, size: int, joined: bool) -> None:
    """Of a campaign of which nobody is eligible nothing is known: it stays what it is."""
    whom = dict.fromkeys(range(size), arm) | {500: arm}
    assert len(found(("call", 100, whom), ("call", 101, some(60, 120)), ("call", 102, some(120, 130)))) == (
        2 if joined else 3
    )


def test_many_customers_of_whom_hardly_anybody_is_held_out_are_too_few_as_well() -> None:
    parts = [("call", day, {first + n: n >= 12 for n in range(100)}) for day, first in ((100, 0), (101, 100))]
    (call,) = found(*parts)
    assert (call.verdict, call.held) == ("effect", 24)


def test_one_small_campaign_stays_what_it_is() -> None:
    assert started(found(("call", 100, some(0, 30)))) == [("call", "1970-04-11")]


def test_everybody_counts_once_from_the_first_campaign_and_at_its_cost() -> None:
    """Who came into the second campaign only left after it; what came of the others then is not asked."""
    days = (100, 101)
    label = np.stack([np.zeros(CUSTOMERS), np.ones(CUSTOMERS)], axis=1).ravel()
    said = attempts_of(CUSTOMERS, days, label=label)
    actions = actions_of(("call", 100, some(0, 30)), ("call", 101, some(0, 60)))
    actions.rows["cost"] = actions.rows["started"] * 1.0
    (call,) = whole(said, actions)
    first, second = sum(LOT[:30]), sum(LOT[30:60])
    assert (call.treated, call.held) == (first + second, 60 - first - second)
    assert call.left.value == pytest.approx(second / (first + second))
    assert call.cost == pytest.approx((100 * first + 101 * second) / (first + second))


def test_large_campaigns_with_the_same_lots_are_one_draw() -> None:
    twice = found(("call", 100, some(0, 100)), ("call", 101, some(0, 100)))
    assert started(twice) == [("call", "1970-04-11 – 1970-04-12")]
    assert (twice[0].verdict, twice[0].treated) == ("effect", sum(LOT[:100]))


@pytest.mark.parametrize(("kept", "joined"), [(40, True), (39, False)])
def test_four_fifths_of_the_held_out_in_both_make_one_draw(kept: int, joined: bool) -> None:
    """Fifty are held out first; of these so many again, and nobody else."""
    first = {customer: customer >= 50 for customer in range(100)}
    second = {customer: customer >= kept for customer in range(100)}
    assert len(found(("call", 100, first), ("call", 101, second))) == (1 if joined else 2)


def test_a_large_campaign_with_lots_of_its_own_stays_beside_the_small_ones() -> None:
    anew = {customer: not treated for customer, treated in some(0, 120).items()}
    three = found(("call", 100, some(0, 30)), ("call", 103, anew), ("call", 106, some(120, 150)))
    assert started(three) == [("call", "1970-04-14"), ("call", "1970-04-11 – 1970-04-17")]


def test_those_alone_come_by_day_and_those_together_last() -> None:
    small = [("call", day, some(first, first + 30)) for day, first in ((100, 0), (104, 30))]
    anew = {customer: not treated for customer, treated in some(120, 200).items()}
    told = found(*small, ("gift", 102, some(120, 200)), ("visit", 103, some(60, 120)), ("gift", 105, anew))
    assert [each.play for each in told] == ["gift", "visit", "gift", "call"]


def test_of_each_reason_those_left_out_of_all_are_added() -> None:
    campaigns = [("call", 100, some(0, 30)), ("call", 101, some(30, 60))]
    said = attempts_of(CUSTOMERS, (100, 101), label=np.repeat(np.where(np.arange(CUSTOMERS) % 30 < 2, np.nan, 0), 2))
    (call,) = whole(said, actions_of(*campaigns, contradictory={("call", 101): 5}))
    assert call.left_out == {"outcome not known": 4, "both treated and held out": 5}
    assert call.treated + call.held == 56


def test_where_nobody_was_held_out_those_left_alone_count_once() -> None:
    """Customers 0 to 119 were treated in two large campaigns; beside each stand the others and those of the other."""
    gift = found(
        ("gift", 100, dict.fromkeys(range(60), True)),
        ("gift", 101, dict.fromkeys(range(60, 120), True)),
        spend=np.repeat(np.arange(CUSTOMERS) >= 120, 2),
    )
    assert len(gift) == 1 and (gift[0].treated, gift[0].held, gift[0].beside) == (120, 0, "left alone")
    assert gift[0].spent == 0 and gift[0].spent_held == pytest.approx(80 / 200)
    assert np.isnan(gift[0].compared.adjusted.value)


def test_where_nobody_was_treated_campaigns_stay_apart() -> None:
    nobody = [("call", day, dict.fromkeys(range(first, first + 30), False)) for day, first in ((100, 0), (101, 30))]
    assert [each.verdict for each in found(*nobody)] == ["nobody", "nobody"]


def test_small_campaigns_whose_held_out_were_chosen_show_no_effect() -> None:
    size = np.arange(CUSTOMERS) / CUSTOMERS
    chosen = {customer: customer % 30 >= 12 for customer in range(120)}
    parts = [
        ("call", day, {customer: chosen[customer] for customer in range(first, first + 30)})
        for day, first in ((100, 0), (101, 30), (102, 60), (103, 90))
    ]
    (call,) = found(*parts, feature=np.repeat(np.where(np.arange(CUSTOMERS) % 30 >= 12, size + 1, size), 4))
    assert (call.verdict, np.isnan(call.compared.adjusted.value)) == ("association", True)
    assert "not drawn by lot" in call.why
    assert call.started == "1970-04-11 – 1970-04-14"
    assert call.balance is not None and call.balance.broken


def test_what_another_play_did_meanwhile_is_told_by_arm() -> None:
    """The visit treated the customers held out of the calls, within the time of the outcome; a later one is past it."""
    held = {customer: True for customer, treated in some(0, 60).items() if not treated}
    told = found(
        ("call", 100, some(0, 30)), ("call", 101, some(30, 60)), ("visit", 120, held), ("letter", 175, some(0, 60))
    )
    call = next(each for each in told if each.play == "call")
    assert call.meanwhile == {"visit": (0, 1)}


def test_of_lots_that_exports_drew_the_whole_tells_what_was_done() -> None:
    """Of five nights, a tenth of those proposed left alone, and one of those held out treated all the same."""
    nights = [("recover", 100 + night, some(30 * night, 30 * night + 30)) for night in range(5)]
    book = actions_of(*nights)
    lots = book.rows["treated"].to_numpy()
    left_alone = np.flatnonzero(lots)[::10]
    done = lots & ~np.isin(np.arange(lots.size), left_alone)
    done[np.flatnonzero(~lots)[0]] = True
    actions = replace(book, rows=book.rows.assign(done=done), by_export=frozenset(book.campaigns()))
    (all_told,) = whole(attempts_of(CUSTOMERS, range(100, 105)), actions)
    assert all_told.by_export
    assert (all_told.treated, all_told.done, all_told.done_held) == (lots.sum(), lots.sum() - left_alone.size, 1)


def test_whom_people_chose_before_there_were_exports_is_in_none_of_their_lots() -> None:
    """Fifteen were treated by choice in each of two weeks, then an export drew lots: too few each, but no one draw."""
    chosen = [("recover", day, dict.fromkeys(range(start, start + 15), True)) for day, start in ((60, 300), (75, 315))]
    nights = [("recover", 100 + night, some(30 * night, 30 * night + 30)) for night in range(5)]
    actions = actions_of(*chosen, *nights)
    actions = replace(actions, by_export=frozenset((play, day) for play, day, _ in nights))
    before, after = whole(attempts_of(330, (60, 75, *range(100, 105))), actions)
    assert (before.treated, before.by_export, before.verdict) == (30, False, "association")
    assert (after.treated + after.held, after.by_export) == (150, True)


def test_where_lots_of_exports_have_held_out_nobody_yet_nobody_is_told_to_hold_out() -> None:
    book = actions_of(("recover", 100, dict.fromkeys(range(5), True)))
    (few,) = whole(attempts_of(CUSTOMERS), replace(book, by_export=frozenset(book.campaigns())))
    assert (few.why, few.by_export) == (NOBODY_DRAWN, True)
    assert "Of 5 proposed" in page.told(few)


def test_what_another_play_only_proposed_was_not_done_meanwhile() -> None:
    """An export proposed the visit to everybody treated; two held out of it were visited, and nobody else was."""
    calls = some(0, 60)
    held = [customer for customer, treated in calls.items() if not treated][:2]
    book = actions_of(("call", 100, calls), ("visit", 120, calls))
    rows = book.rows.assign(
        done=np.where(book.rows["play"] == "visit", book.rows["customer"].isin(held), book.rows["done"])
    )
    actions = replace(book, rows=rows, by_export=frozenset({("visit", 120)}))
    call = next(each for each in whole(attempts_of(CUSTOMERS, (100, 120)), actions) if each.play == "call")
    assert call.meanwhile == {"visit 1970-05-01": (0, 2 / sum(not treated for treated in calls.values()))}


def test_of_lots_drawn_anew_everybody_counts_once_under_each_name() -> None:
    anew = {customer: not side for customer, side in some(0, 120).items()}
    sides = {100: some(0, 120), 101: some(0, 120), 150: anew, 151: anew}
    book = actions_of(*(("call", day, whom) for day, whom in sides.items()))
    drawn = {("call", day): "standing" if day < 150 else "anew" for day in sides}
    actions = replace(book, by_export=frozenset(drawn), lots=drawn)
    both = whole(attempts_of(CUSTOMERS, sides), actions)
    assert [each.treated + each.held for each in both] == [120, 120]


@pytest.mark.parametrize(
    ("by_export", "said"), [(True, "exports are missing"), (False, "Draw the next hold-out by lot")]
)
def test_groups_that_differ_are_laid_to_whoever_drew_them(by_export: bool, said: str) -> None:
    book = actions_of(("recover", 100, some(0, 200)))
    actions = replace(book, by_export=frozenset({("recover", 100)} if by_export else ()))
    (told,) = whole(attempts_of(CUSTOMERS, feature=LOT), actions)
    assert (told.verdict, said in told.why) == ("association", True)
