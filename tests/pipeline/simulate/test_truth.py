"""The truth is true: reckoned one way, the history drawn another, and they agree."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from pipeline.simulate.choice import (
    GONE,
    STAYING,
    Felt,
    Steps,
    balance,
    campaigns_felt,
    dealings,
    move,
    orders_of_mode,
    share_with_us,
    spread,
    steps,
    wanted,
)
from pipeline.simulate.course import nothing_due
from pipeline.simulate.drivers import advance
from pipeline.simulate.orders import OrderBook, exposure
from pipeline.simulate.service import due, serve
from pipeline.simulate.truth import NOTHING, Known, Window, _fewer, _modulo, parts, silence
from pipeline.simulate.truth_table import truth, week_before
from pipeline.simulate.world import World, blocks, reveal


def chance_spread(probability):
    """Standard deviation of the number of outcomes with these probabilities."""
    return np.sqrt((probability * (1 - probability)).sum())


def test_what_was_foretold_came_true_in_every_tenth(seen):
    """Predicted against realised frequency by decile, within binomial error; 2 in 100,000 by chance in each."""
    rows = seen.pooled.sort_values("silence")
    for place in np.array_split(np.arange(len(rows)), 10):
        part = rows.iloc[place]
        assert abs(part["silent"].sum() - part["silence"].sum()) < 4.3 * chance_spread(part["silence"])


def test_a_truth_about_another_window_would_be_noticed(seen):
    """The mutant of the calibration: the truth about a window that is a month shorter than the one that was watched."""
    cutoff = seen.world.cutoffs[0]
    rows = seen.truth[cutoff]
    gap, horizon = seen.world.window
    short = replace(seen.world, window=Window(gap, horizon - 30))
    foretold = reveal(short, 0, seen.block, seen.events, cutoff).to_pandas()["silence"][rows["eligible"]]
    assert abs(rows["silent"][rows["eligible"]].sum() - foretold.sum()) > 4.3 * chance_spread(foretold)


def test_churn_and_its_predictability_are_lifelike(seen):
    for rows in (table[table["eligible"]] for table in seen.truth.values()):
        assert 0.10 < rows["silent"].mean() < 0.35
        assert 0.85 < roc_auc_score(rows["silent"], rows["silence"]) < 0.95


def test_the_error_of_the_mean_is_small_and_said(seen):
    rows = seen.pooled
    assert rows["silence_error"].mean() < 0.012
    again = look_again(seen, paths=24)
    difference = (again - seen.truth[seen.world.cutoffs[1]]["silence"]).abs()
    assert difference.mean() < 1.5 * rows["silence_error"].mean()


def look_again(seen, paths):
    """The truth at the second cutoff on other courses."""
    cutoff = seen.world.cutoffs[1]

    random = np.random.default_rng(99)
    world = seen.world
    return truth(random, seen.block, seen.events, cutoff, world.window, paths, world.stakes).to_pandas()["silence"]


def test_on_a_fixed_course_the_truth_is_that_of_a_plain_simulation():
    """One customer of each evenness, staying for ever: the no-order probability by drawing 40,000 futures."""
    world = World(seed=3, customers=400, days=400, cutoffs=(date(2024, 2, 29),))
    [(_, block, events)] = blocks(world)
    day = block.calendar.day(world.cutoffs[0])
    frozen = replace(
        world.of,
        moves=replace(world.of.moves, reconsider=0.0, pause=0.0),
        course=replace(world.of.course, mood=0, failure=0, rivals_noise=0, need_noise=0, need_pull=0, contact_leaves=0),
        pledges=replace(world.of.pledges, invests=0, pledges=0, signs=0, renews=0),
    )
    rows = np.flatnonzero(block.first < day)[:3]
    hidden = replace(block.hidden.take(rows), evenness=np.array([1, 2, 3]))
    week, phase = week_before(day), events.phase_before(day, block.hidden)[rows] % hidden.evenness
    nobody = np.zeros_like(hidden.campaign)
    hidden = replace(hidden, round=np.zeros(3), rate=np.array([0.15, 0.15, 0.15]), campaign=nobody)
    known = Known(day, hidden, block.lives.states[week].take(rows), np.full(3, STAYING), phase, np.zeros(3, int))
    told, _ = silence(np.random.default_rng(0), known, Window(9, 40), block.calendar, frozen, paths=1, plays=())
    many = hidden.take(np.repeat(np.arange(3), 40_000))
    share = plain_silence(known, many, block.calendar, frozen, phase.repeat(40_000))
    assert told[NOTHING] == pytest.approx(share, abs=4 * 0.0025)


def plain_silence(known, many, calendar, of, phase):
    """Draw the futures event by event, with the rates the truth used, and count those without an order."""
    random, now, counted = np.random.default_rng(8), known.drivers, phase.copy()
    hit, week = np.zeros(many.count, dtype=bool), (known.cutoff - 1) // 7
    nothing = Felt(np.zeros(3), np.ones(3))
    for day in range(known.cutoff, known.cutoff + 49):
        if day // 7 > week:
            week = day // 7
            comes = dealings(known.hidden, known.mode, week, nothing_due(known.hidden))
            now = advance(np.random.default_rng(0), known.hidden, now, week, calendar, of, comes)
        sides = balance(known.hidden, now, week, calendar, of)
        rate = wanted(known.hidden, now, share_with_us(known.hidden, sides, nothing, of), week)
        today = exposure(known.hidden, calendar, day, day + 1) * rate
        come = random.poisson((today * known.hidden.evenness).repeat(many.count // 3))
        counted += come
        hit |= (counted >= many.evenness) & (day >= known.cutoff + 9)
        counted %= many.evenness
    return 1 - hit.reshape(3, -1).mean(axis=1)


def test_what_is_due_before_the_window_is_drawn_closely_enough(seen):
    """Of customers in a bad time, half of whose orders fail: by drawing whole futures, with all that orders do.

    The truth draws what is due from the gap apart from who orders in it. One in a hundred thousand by chance.
    """
    calendar, of, cutoff = seen.block.calendar, seen.world.of, seen.world.cutoffs[0]
    day = calendar.day(cutoff)
    week, events = week_before(day), seen.events
    often = seen.truth[cutoff].query("eligible and mode == 'staying' and days > 4 and 0.05 < silence < 0.8")
    rows = often["row"].to_numpy()[:150]
    hidden = replace(seen.block.hidden.take(rows), care=np.zeros(rows.size))
    bad = np.ones(rows.size, dtype=bool)
    drivers = replace(seen.block.lives.states[week].take(rows), trouble=bad)
    phase, last = events.phase_before(day, seen.block.hidden)[rows], np.full(rows.size, 1)
    known = Known(day, hidden, drivers, np.full(rows.size, STAYING), phase, last)
    told, _ = silence(np.random.default_rng(0), known, Window(14, 91), calendar, of, paths=60, plays=())
    drawn = whole_futures(known, 400, calendar, of)
    error = np.sqrt((drawn * (1 - drawn)).mean() / drawn.size / 400 + (0.05**2 / 60 / drawn.size))
    print(told[NOTHING].mean(), drawn.mean(), error)
    assert abs(told[NOTHING].mean() - drawn.mean()) < 4.4 * error


def whole_futures(known, many, calendar, of):
    """The share of `many` futures of each customer, from a Monday, without an order from the third to the 15th week."""
    random, rows = np.random.default_rng(4), np.repeat(np.arange(known.hidden.count), many)
    hidden, now, mode, phase = (part.take(rows) for part in (known.hidden, known.drivers, known.mode, known.phase))
    first, hit = known.cutoff // 7, np.zeros(rows.size, dtype=bool)
    who = np.repeat(np.arange(rows.size), known.ordered.take(rows))
    book = OrderBook(random, replace(hidden), calendar)
    book._phase = phase
    for week in range(first, first + 15):
        fates = serve(random, hidden, who, now.trouble, mode == STAYING, of.course)
        comes = dealings(hidden, mode, week, due(who, fates, rows.size, of.course))
        now = advance(random, hidden, now, week, calendar, of, comes)
        sides, does = balance(hidden, now, week, calendar, of), campaigns_felt(hidden, now, week, calendar, of.plays)
        chances = steps(hidden, now, sides, does, bool(calendar.price_round[week]), of)
        mode = move(mode, chances, random.random(rows.size))
        rate = wanted(hidden, now, share_with_us(hidden, sides, does, of), week) * orders_of_mode(of)[mode]
        who = book.take(week, rate)
        hit[who] |= week >= first + 2
    return 1 - hit.reshape(-1, many).mean(axis=1)


def test_states_compare_those_who_order(seen):
    for rows in seen.truth.values():
        assert (rows["compared"] == rows["eligible"]).all()


def test_events_left_over_by_a_whole_number_of_gaps():
    expected = np.array([0.0, 0.3, 2.0, 11.0])
    number = np.arange(200)
    for phases in (1, 2, 3, 4):
        chance = stats.poisson.pmf(number[:, None], expected)
        for left, found in enumerate(_modulo(expected, phases)):
            assert found == pytest.approx(chance[number % phases == left].sum(axis=0), abs=1e-12)
        for count, found in enumerate(_fewer(expected, phases)):
            assert found == pytest.approx(chance[count], abs=1e-12)


def test_masses_move_as_customers_do():
    """The chance of each mode after a week, and how often 200,000 customers are drawn there."""
    random = np.random.default_rng(1)
    week = Steps(*(np.array([share]) for share in (0.05, 0.1, 0.2, 0.02, 0.03, 0.3)))
    for mode in range(4):
        start = [np.array([float(mode == other)]) for other in range(4)]
        share = np.concatenate(spread(start, week))
        drawn = move(np.full(200_000, mode), Steps(*(part.repeat(200_000) for part in week)), random.random(200_000))
        assert share.sum() == pytest.approx(1)
        assert np.bincount(drawn, minlength=4) / 200_000 == pytest.approx(share, abs=0.005)


def test_the_days_to_the_end_of_the_window_are_cut_at_mondays_and_at_its_start():
    cut = [(part.first, part.last, part.week, part.watched) for part in parts(10, Window(6, 7))]
    assert cut == [(10, 14, 1, False), (14, 16, 2, False), (16, 21, 2, True), (21, 23, 3, True)]


def test_gaps_are_erlang(seen):
    """On a calendar without weekends and seasons the spread of gaps over their mean is one over the root of k."""
    hidden = seen.block.hidden.take(np.arange(300))
    hidden = replace(hidden, evenness=np.full(300, 4), round=np.zeros(300))
    calendar = replace(seen.block.calendar, open=np.ones_like(seen.block.calendar.open))
    book, random = OrderBook(np.random.default_rng(2), hidden, calendar), np.random.default_rng(0)
    nobody = np.zeros(300, dtype=bool)
    for week in range(calendar.weeks):
        who = book.take(week, np.full(300, 0.25))
        book.note(serve(random, hidden, who, nobody, nobody, seen.world.of.course))
    orders = book.orders()
    gaps = np.diff(orders.day)[np.diff(orders.customer) == 0]
    assert gaps.mean() == pytest.approx(28, rel=0.03)
    assert gaps.std() / gaps.mean() == pytest.approx(0.5, abs=0.03)


def test_who_has_gone_is_likelier_to_stay_silent(seen):
    rows = seen.pooled
    assert rows["silence"][rows["mode"] == "gone"].mean() > 0.8 > rows["silence"][rows["mode"] == "staying"].mean()
    assert GONE != STAYING
