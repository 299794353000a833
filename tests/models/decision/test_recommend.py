"""One play a customer: by profit, within capacity, after guards and cooldowns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.decision import guards, plays, worth
from models.decision import recommend as module
from models.decision.advice import told
from models.decision.guards import NEVER, never, violations
from models.decision.measures import MEASURES, Measure
from models.decision.plays import PLAYS
from models.decision.recommend import Advice, Candidates, Rules, recommend
from models.decision.situations import situations_of
from models.decision.states import CAPTIVE, DRIFTING, FLAGS, PARTNER, STATES, TRANSACTIONAL
from models.evaluation.profit import Offer, expected_cost, expected_profit
from models.explanation.language import ENGLISH
from tests.models.decision.made_candidates import ASSUMED, RULES, assumed, candidates, relationship


@st.composite
def anybody(draw: st.DrawFn) -> tuple[Candidates, Rules]:
    count = draw(st.integers(1, 12))

    def each(values: st.SearchStrategy) -> list:
        return draw(st.lists(values, min_size=count, max_size=count))

    chance = st.one_of(st.just(np.nan), st.floats(0, 1))
    flags = {flag: each(st.booleans()) for flag in FLAGS}
    of = relationship(each(st.sampled_from(range(len(STATES)))), **flags)
    numbers = {
        "churn": each(st.floats(0, 1)), "propensity": each(chance), "value": each(st.floats(0, 1e6)),
        "days_since_action": each(st.one_of(st.just(np.nan), st.floats(1, 1_000))),
    }  # fmt: skip
    shares = st.sampled_from([0.0, 0.05])
    rules = Rules(
        {
            code: replace(
                ASSUMED,
                capacity=draw(st.integers(0, 3)),
                acceptance=draw(st.floats(0.01, 1)),
                incentive_share=draw(shares),
            )
            for code in PLAYS
        },
        "spring",
        draw(st.floats(0, 0.9)),
        frozenset(draw(st.sets(st.sampled_from(["c0", "c1", "c2"])))),
    )
    spared = {code: np.array(each(st.booleans()), dtype=bool) for code in draw(st.sets(st.sampled_from(list(PLAYS))))}
    return replace(candidates(of, **numbers), avoid=spared), rules


@pytest.mark.parametrize(
    ("state", "flag", "play"),
    [
        (TRANSACTIONAL, "", "serve_at_low_cost"),
        (TRANSACTIONAL, "prospective_partner", "pilot_together"),
        (TRANSACTIONAL, "captive_possible", "serve_at_low_cost"),
        (PARTNER, "", "build_together"),
        (PARTNER, "captive_possible", "keep_in_touch"),
        (CAPTIVE, "", "make_it_worth_staying"),
        (DRIFTING, "", "recover"),
        (DRIFTING, "captive_possible", "recover"),
        (DRIFTING, "captive_drifting", "repair_and_release"),
    ],
)
def test_the_play_of_each_situation(state: int, flag: str, play: str) -> None:
    found = recommend(candidates(relationship([state], **{flag: [True]} if flag else {})), RULES)
    assert (found.play[0], found.status[0]) == (play, "act")


def test_no_play_where_none_pays_but_partners_are_never_neglected() -> None:
    found = recommend(candidates(relationship([DRIFTING, PARTNER]), value=[20.0, 20.0]), RULES)
    assert found.play.tolist() == ["", "keep_in_touch"]
    assert found.status.tolist() == ["not_worth_it", "act"]


def test_room_goes_to_whoever_gains_most() -> None:
    found = recommend(candidates(relationship([DRIFTING] * 3), value=[1_000.0, 9_000.0, 5_000.0]), assumed(capacity=2))
    assert found.status.tolist() == ["capacity", "act", "act"]
    assert found.rank.tolist() == [0, 1, 2]


def test_equal_gains_go_by_customer() -> None:
    found = recommend(candidates(relationship([DRIFTING] * 3)), assumed(capacity=1))
    assert found.status.tolist() == ["act", "capacity", "capacity"]


def test_a_prospective_partner_without_room_is_still_served() -> None:
    of = relationship([TRANSACTIONAL] * 2, prospective_partner=[True, True])
    only_one = {**RULES.assumed, "pilot_together": replace(ASSUMED, capacity=1)}
    found = recommend(candidates(of, value=[1_000.0, 9_000.0]), replace(RULES, assumed=only_one))
    assert found.play.tolist() == ["serve_at_low_cost", "pilot_together"]


@pytest.mark.parametrize(("days", "status"), [(1.0, "cooldown"), (30.0, "cooldown"), (31.0, "act"), (np.nan, "act")])
def test_what_was_done_is_left_to_work(days: float, status: str) -> None:
    assert recommend(candidates(relationship([DRIFTING]), days_since_action=[days]), RULES).status[0] == status


def test_who_asked_for_peace_has_it() -> None:
    found = recommend(candidates(relationship([DRIFTING, DRIFTING])), replace(RULES, never_contact=frozenset({"c1"})))
    assert found.status.tolist() == ["act", "never_contact"]


def test_whom_a_play_harms_is_not_given_it_but_the_next_best() -> None:
    of = relationship([TRANSACTIONAL] * 2 + [DRIFTING], prospective_partner=[True, True, False])
    lots = {"pilot_together": np.array([True, False, True]), "recover": np.array([False, False, True])}
    found = recommend(replace(candidates(of), avoid=lots), RULES)
    assert found.play.tolist() == ["serve_at_low_cost", "pilot_together", ""]
    assert found.status.tolist() == ["act", "act", "not_worth_it"]
    assert told("", "not_worth_it", found.situations[2], [], ENGLISH).do.startswith("No action is expected to pay")


def test_numbers_at_half_and_twice_the_acceptance() -> None:
    found = recommend(candidates(relationship([DRIFTING])), RULES)
    chance, value = np.array([0.5]), np.array([10_000.0])
    for out, acceptance in ((found.low, 0.15), (found.profit, 0.3), (found.high, 0.6)):
        assert out[0] == pytest.approx(expected_profit(chance, value, Offer(acceptance, 0.05, 15.0))[0])
    assert found.cost[0] == pytest.approx(expected_cost(chance, value, Offer(0.3, 0.05, 15.0))[0])
    assert found.cost[0] + found.profit[0] == pytest.approx(0.5 * 0.3 * 10_000), "what is kept by it"
    assert (found.incentive_share[0], found.incentive[0]) == (0.05, 500.0)


def test_without_a_play_nothing_is_given() -> None:
    found = recommend(candidates(relationship([DRIFTING]), value=[20.0]), RULES)
    assert found.incentive_share[0] == 0
    assert np.isnan([found.cost[0], found.incentive[0]]).all()


def test_without_amounts_the_probability_decides_and_no_profit_is_claimed() -> None:
    found = recommend(candidates(relationship([DRIFTING] * 2), value=[np.nan] * 2, churn=[0.5, 0.01]), RULES)
    assert found.status.tolist() == ["act", "not_worth_it"]
    assert np.isnan(found.profit).all()


def test_a_play_that_must_not_lapse_is_never_withheld() -> None:
    everybody = replace(RULES, holdout_share=0.99)
    found = recommend(candidates(relationship([PARTNER] * 50), value=[20.0] * 50), everybody)
    assert set(found.status) == {"act"}
    held = recommend(candidates(relationship([DRIFTING] * 50)), everybody)
    assert (held.status == "holdout").sum() >= 45


def test_a_customer_under_a_new_id_stays_on_its_side() -> None:
    """The mutant draws by the new ids: a move to another system would mix those held out with all others."""
    half, before = replace(RULES, holdout_share=0.5), candidates(relationship([DRIFTING] * 50))
    renamed = replace(before, customer_id=np.array([f"new {place}" for place in range(50)]))
    moved = recommend(replace(renamed, lots=before.customer_id), half)
    assert (moved.status == recommend(before, half).status).all()
    assert (recommend(renamed, half).status != moved.status).sum() > 10


def woken(found: Advice, chosen: Candidates) -> list[str]:
    """The customers given a play that is to be avoided with them."""
    return [key for at, key in enumerate(chosen.customer_id) if found.play[at] and chosen.spared(found.play[at])[at]]


def guards_broken(found: Advice, rules: Rules = RULES) -> list[str]:
    return [
        temptation
        for play, situations in zip(found.play, found.situations, strict=True)
        if play
        for temptation in violations(play, situations, incentive_share=rules.assumed[play].incentive_share)
    ]


@given(anybody())
@settings(deadline=None)
def test_no_play_breaks_a_guard_whoever_the_customer(given: tuple[Candidates, Rules]) -> None:
    found = recommend(*given)
    assert guards_broken(found, given[1]) == []
    for play, status, situations in zip(found.play, found.status, found.situations, strict=True):
        assert bool(play) == (status in {"act", "holdout"})
        said = told(play, status, situations, [], ENGLISH)
        assert said.do
        assert said.do_not.count("Do not") == len(never(situations))


@given(anybody())
@settings(deadline=None)
def test_no_sleeping_dog_is_woken(given: tuple[Candidates, Rules]) -> None:
    assert woken(recommend(*given), given[0]) == []


def test_without_the_guard_a_sleeping_dog_would_be_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: nobody is spared."""
    chosen = replace(candidates(relationship([DRIFTING])), avoid={"recover": np.array([True])})
    assert woken(recommend(chosen, RULES), chosen) == []
    with monkeypatch.context() as blind:
        blind.setattr(Candidates, "spared", lambda self, code: np.zeros(1, dtype=bool))
        found = recommend(chosen, RULES)
    assert woken(found, chosen) == ["c0"]


def test_without_the_guard_a_held_partner_would_be_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: guards that see nothing."""
    held = candidates(relationship([PARTNER], captive_possible=[True]))
    assert guards_broken(recommend(held, RULES)) == []
    monkeypatch.setattr(module, "violations", blind)
    assert guards_broken(recommend(held, RULES)) == ["binding"]


def blind(code: str, situations: object, *, incentive_share: float) -> tuple[str, ...]:
    """A guard that sees nothing."""
    return ()


IMPROPER = {
    "a captive whose prices rise": (CAPTIVE, "", "make_it_worth_staying", "price_rise"),
    "a captive that is bound": (CAPTIVE, "", "make_it_worth_staying", "binding"),
    "a partner taken for granted": (PARTNER, "", "build_together", "neglect"),
    "a first step that excludes": (TRANSACTIONAL, "prospective_partner", "pilot_together", "exclusivity"),
    "a discount on everything": (DRIFTING, "", "recover", "blanket_discount"),
    "spending on a bargain hunter": (TRANSACTIONAL, "", "serve_at_low_cost", "partnership_spending"),
}


@pytest.mark.parametrize(("state", "flag", "code", "name"), IMPROPER.values(), ids=IMPROPER.keys())
def test_a_play_that_gives_in_is_not_recommended(
    state: int, flag: str, code: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutants: the first play of a situation with a measure that gives in, before and behind the guard."""
    lever = {"binding": "L4", "partnership_spending": "W1"}.get(name, "L1")
    improper = Measure(lever, "give in", "giving in", () if lever != "L1" else (name,))  # type: ignore[arg-type]
    giving_in = replace(PLAYS[code], measures=(*PLAYS[code].measures, "improper"))
    customer = candidates(relationship([state], **{flag: [True]} if flag else {}))
    assert recommend(customer, RULES).play[0] == code, "as it is, it is proper"
    for changed in (plays, guards):
        monkeypatch.setattr(changed, "MEASURES", {**MEASURES, "improper": improper})
    for changed in (plays, guards, module, worth):
        monkeypatch.setattr(changed, "PLAYS", {**PLAYS, code: giving_in})
    found = recommend(customer, RULES)
    assert found.play[0] != code and guards_broken(found) == []
    monkeypatch.setattr(module, "violations", blind)
    assert guards_broken(recommend(customer, RULES)) == [name]


def test_an_incentive_for_nothing_in_particular_is_not_given_to_who_drifts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: a play whose measures carry no incentive is assumed to give one."""
    rules = replace(RULES, assumed={**RULES.assumed, "repair_and_release": ASSUMED})
    held = candidates(relationship([DRIFTING], captive_drifting=[True]))
    assert recommend(held, RULES).play[0] == "repair_and_release"
    assert recommend(held, rules).play[0] == ""
    monkeypatch.setattr(module, "violations", blind)
    assert guards_broken(recommend(held, rules), rules) == ["blanket_discount"]


@given(anybody())
@settings(deadline=None)
def test_capacity_holds(given: tuple[Candidates, Rules]) -> None:
    chosen, rules = given
    found = recommend(chosen, rules)
    for code, limits in rules.assumed.items():
        counted = int((found.play == code).sum())
        assert counted <= limits.capacity or not limits.capacity
        assert sorted(found.rank[found.play == code]) == list(range(1, counted + 1))


def test_a_captive_that_may_be_one_is_told_of_both_dangers() -> None:
    ((_, every),) = situations_of(relationship([DRIFTING], captive_possible=[True]))
    assert set(never(every)) == set(NEVER["drifting"]) | set(NEVER["captive"])
