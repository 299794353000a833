"""What the four definitions of churn mean, on one customer among peers. Amounts in cents, cutoff day 0, horizon 90."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "features"))  # the histories of the feature tests

from customers import Line
from histories import ANYBODY, EVERYTHING, day, to_store

from features.engine.plan import build
from models import observation as watching
from models.churn import ChurnThresholds, contract, own_rhythm, partial
from models.event_rows import Asked, rows_of_lines
from models.observation import Labels, observe
from models.order_acts import category_outcomes
from models.target import OutcomeWindow, Target

END = Line("the end", "end", day(3000))


def every(days: int, name: str = "ann", until: int = 0, **changes: object) -> list[Line]:
    """An order every `days` days over the year before day `until`, the last one just before it."""
    return [Line(name, f"{name}{ago}", day(until - 1 - ago), cents=10_000, **changes) for ago in range(0, 365, days)]


def seen(
    target: Target, lines: list[Line], gap: int = 0, end: int = 3000, has=EVERYTHING, horizon: int = 90
) -> tuple[Labels, int]:
    """Labels at day 0 by the alphabet; the history ends before day `end`."""
    store = replace(to_store([*lines, END], has), end=int(np.datetime64(day(end), "D").astype(int)))
    matrix = build(store, [day(0)], (), horizon_days=horizon, population=ANYBODY)
    return observe(store, matrix, target, OutcomeWindow(gap, horizon)), 0


def of_ann(target: Target, lines: list[Line], **asked: object) -> dict[str, float]:
    found, ann = seen(target, lines, **asked)
    return {name: float(act[ann]) for name, act in {**found.acts, "label": found.label}.items()}


# Own rhythm. Everybody orders every 20 days, so the own long gap is 20 and the window 2 x 20 = 40 days.

PEERS = [line for name in ("bo", "cy", "di") for line in every(20, name)]


def rhythm(order_on: int | None, gap: int = 0, end: int = 3000, **thresholds: float) -> float:
    back = [] if order_on is None else [Line("ann", "back", day(order_on))]
    target = own_rhythm(ChurnThresholds(**thresholds))
    return of_ann(target, [*every(20), *PEERS, *back], gap=gap, end=end)["label"]


@pytest.mark.parametrize(
    ("order_on", "gap", "label"),
    [(None, 0, 1), (0, 0, 0), (39, 0, 0), (40, 0, 1), (13, 14, 1), (14, 14, 0), (53, 14, 0), (54, 14, 1)],
)
def test_a_customer_is_gone_when_silent_for_twice_its_own_long_gap(order_on, gap, label):
    assert rhythm(order_on, gap) == label


@pytest.mark.parametrize("days", [-1, 1])
def test_an_own_window_one_day_off_would_be_caught(monkeypatch, days):
    right = OutcomeWindow.days_to
    monkeypatch.setattr(OutcomeWindow, "days_to", lambda self, ahead: right(self, ahead) + days)
    assert [rhythm(order_on) for order_on in (0, 39, 40)] != [0, 0, 1]


@pytest.mark.parametrize(
    ("thresholds", "window"),
    [({"rhythm_multiple": 3}, 60), ({"rhythm_least_days": 50}, 50), ({"rhythm_most_days": 33}, 33)],
)
def test_multiple_and_bounds_are_settings(thresholds, window):
    assert [rhythm(order_on, **thresholds) for order_on in (window - 1, window)] == [0, 1]


def test_few_gaps_are_drawn_to_those_of_the_population():
    """One gap of 80 days against five of 20: (80 + 5 x 20) / 6 = 30, so the window is 60 days."""
    twice = [Line("ann", "one", day(-81)), Line("ann", "two", day(-1))]
    found = [of_ann(own_rhythm(), [*twice, *PEERS, Line("ann", "back", day(on))])["label"] for on in (59, 60)]
    assert found == [0, 1]


@pytest.mark.parametrize(
    ("before", "window"),
    [
        ([Line("ann", "one", day(-1))], 40),  # no gap of its own: those of its peers alone
        (every(1), 30),  # 364 gaps of one day: the least
    ],
)
def test_no_gap_counts_for_none_and_many_short_ones_outweigh_the_population(before, window):
    asked = [[*before, *PEERS, Line("ann", "back", day(on))] for on in (window - 1, window)]
    assert [of_ann(own_rhythm(), lines)["label"] for lines in asked] == [0, 1]


def test_a_window_cut_to_the_most_days_is_known_by_then():
    assert [np.isnan(rhythm(None, end=end, rhythm_most_days=33)) for end in (32, 33)] == [True, False]


@pytest.mark.parametrize(("end", "gap", "mature"), [(39, 0, False), (40, 0, True), (53, 14, False), (54, 14, True)])
def test_a_label_is_null_until_the_own_window_has_passed_even_where_the_customer_has_ordered(end, gap, mature):
    assert [np.isnan(rhythm(order_on, gap, end)) for order_on in (None, 20)] == [not mature] * 2


def test_each_customer_matures_on_its_own_day():
    found, _ = seen(own_rhythm(), [*every(10), *every(20, "bo"), *every(30, "cy"), *every(20, "di")], end=45)
    opened = int(np.datetime64(day(0), "D").astype(int))
    assert (found.closes - opened)[0] < 40 <= (found.closes - opened)[1] < 45 < (found.closes - opened)[2]
    assert np.isnan(found.label[:4]).tolist() == [False, False, True, False]


def test_orders_known_too_late_do_not_shorten_the_own_window_and_a_mutant_that_took_them_would_be_caught(monkeypatch):
    late = [Line("ann", f"late{ago}", day(-ago), known=day(0)) for ago in range(1, 360)]
    lines = [*every(40), *PEERS, Line("ann", "back", day(40))]
    assert of_ann(own_rhythm(), lines) == of_ann(own_rhythm(), lines + late)
    right = watching.leaf_values
    monkeypatch.setattr(watching, "leaf_values", lambda store, *others: right(store.settled(), *others))
    assert of_ann(own_rhythm(), lines) != of_ann(own_rhythm(), lines + late)


def test_a_customer_with_one_order_among_customers_with_one_order_is_given_the_longest_window():
    alone = [Line("ann", "one", day(-1)), Line("ann", "back", day(364))]
    assert of_ann(own_rhythm(), alone)["label"] == 0


# In part. Last year and now everybody buys for 100 every 30 days: in the season 300.

LONG_AGO = Line("ann", "long ago", day(-500), cents=10_000)
STEADY = [
    line
    for name in ("bo", "cy")
    for line in (replace(LONG_AGO, customer=name), *every(30, name), *every(30, name, 360))
]


def bought(*orders: tuple[int, int], category: str = "c") -> list[Line]:
    return [Line("ann", f"after{on}", day(on), cents=cents, category=category) for on, cents in orders]


@pytest.mark.parametrize(("cents", "dropped"), [(15_000, 0), (14_999, 1), (0, 1)])
def test_half_of_the_own_season_is_dropped(cents, dropped):
    assert of_ann(partial(), [*STEADY, LONG_AGO, *every(30), *bought((5, cents))])["dropped"] == dropped


def test_the_season_counts_not_the_year():
    """Nine tenths of the year lie in its other three quarters: what is usual now is 100, not 300."""
    quiet = [line for line in every(30) if not 275 < (day(0) - line.day).days <= 365] + [Line("ann", "q", day(-300))]
    assert of_ann(partial(), [*STEADY, LONG_AGO, *quiet, *bought((5, 6_000))])["dropped"] == 0


def test_a_season_that_began_before_the_customer_did_is_not_what_is_usual():
    """One order of the season was seen, half of it 50; the run-rate is 299 from 10 of 11 orders in 301 days."""
    young = [line for line in every(30) if line.day > day(-310)]
    found = [of_ann(partial(), [*STEADY, *young, *bought((5, cents))])["dropped"] for cents in (14_940, 14_960)]
    assert found == [1, 0]


@pytest.mark.parametrize(("first", "dropped"), [(366, 0), (365, 1)])
def test_whose_first_order_opened_the_season_is_held_to_the_run_rate(first: int, dropped: int) -> None:
    """One who came a day before bought for 100 in the season; else 10 of 11 orders in 365 days: 247 in 90 days."""
    orders = [line for line in every(30) if line.day > day(-260)]
    orders += [Line("ann", f"on {ago}", day(-ago), cents=10_000) for ago in (300, first)]
    assert of_ann(partial(), [*STEADY, *orders, *bought((5, 11_000))])["dropped"] == dropped


def test_who_bought_nothing_in_the_season_is_held_to_the_run_rate():
    """Seven orders on 181 days, the first of which began them: six times 100 is what those days brought."""
    young = [line for line in every(30) if line.day > day(-200)]
    usual = 6 * 10_000 / 181 * 90
    spent = [[*STEADY, *young, *bought((5, round(share * usual)))] for share in (0.49, 0.51)]
    assert [of_ann(partial(), lines)["dropped"] for lines in spent] == [1, 0]


def test_over_two_years_as_much_is_expected_as_twice_the_year_before():
    """Peers go on as they did; whoever is held to the run-rate shows what is expected of them."""
    peers = [line for name in ("bo", "cy") for until in (0, 365, 730) for line in every(30, name, until)]
    peers += [replace(LONG_AGO, customer=name) for name in ("bo", "cy")]
    young = [line for line in every(30) if line.day > day(-200)]
    usual = 6 * 10_000 / 181 * 730
    spent = [[*peers, *young, *bought((5, round(share * usual)))] for share in (0.49, 0.51)]
    assert [of_ann(partial(), lines, horizon=730)["dropped"] for lines in spent] == [1, 0]


def test_peers_who_halve_lower_what_is_expected():
    halved = [replace(line, cents=5_000) if line.day >= day(0) else line for line in STEADY]
    found = [of_ann(partial(), [*peers, *every(30), *bought((5, 10_000))])["dropped"] for peers in (STEADY, halved)]
    assert found == [1, 0]


def test_the_drop_is_a_setting():
    lines = [*STEADY, *every(30), *bought((5, 10_000))]
    assert [of_ann(partial(ChurnThresholds(partial_drop=drop)), lines)["dropped"] for drop in (0.5, 0.7)] == [1, 0]


SIDE = [Line("ann", f"side{ago}", day(-ago), "p", 1.0, 32_500, "side") for ago in (100,)]  # a fifth, beside 130,000


@pytest.mark.parametrize(
    ("share", "again", "stopped"), [(0.2, [], 1), (0.21, [], 0), (0.2, [(89, 1)], 0), (0.2, [(90, 1)], 1)]
)
def test_a_category_that_mattered_and_is_not_bought_has_stopped(share, again, stopped):
    lines = [*STEADY, *every(30), *SIDE, *bought((5, 40_000)), *bought(*again, category="side")]
    found = of_ann(partial(ChurnThresholds(category_share=share)), lines)
    assert (found["category_stopped"], found["label"]) == (stopped, stopped)


def test_what_names_no_category_is_spend_and_no_category_that_could_stop():
    """The fee alone is a fifth of the spend of the year, 130,000 and 32,500."""
    fee = [Line("ann", "fee", day(-100), None, 1.0, 32_500, None)]
    lines = [*STEADY, *every(30), *fee, *bought((5, 40_000))]
    assert of_ann(partial(), lines)["category_stopped"] == 0
    small = [Line("ann", "small", day(-100), "p", 1.0, 38_000, "side")]
    assert of_ann(partial(), [*lines, *small])["category_stopped"] == 0  # 38 of 200.5, and 38 of 168 without the fee


@pytest.mark.parametrize(("lacking", "label"), [("category", 0.0), ("net_amount", np.nan)])
def test_without_categories_the_drop_decides_and_without_amounts_nothing_does(lacking, label):
    lines = [*STEADY, *every(30), *bought((5, 40_000))]
    found = of_ann(partial(), lines, has=EVERYTHING - {lacking})
    assert found == pytest.approx({"dropped": label, "category_stopped": np.nan, "label": label}, nan_ok=True)


def test_every_category_worth_its_share_has_an_outcome_of_its_own():
    store = to_store([*every(30), *SIDE, *bought((5, 100)), END])
    today = np.array([np.datetime64(day(0), "D").astype(np.int64)])
    found = category_outcomes(rows_of_lines(store), Asked(np.zeros(1, dtype=np.int64), today, today, today + 90), 0.2)
    assert sorted(zip(found.share.round(2), found.stopped, strict=True)) == [(0.2, 1.0), (0.8, 0.0)]


def test_churn_by_contract_cannot_be_seen_without_contracts():
    assert np.isnan(of_ann(contract(), [*STEADY, *every(30)])["label"])
