"""Uplift models find whom an action helps where there is something to find, and say nothing where there is not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from features.errors import ModelProblem
from models.decision.lots import PRIOR, Lots
from models.decision.qini import Ranked, Trial
from models.decision.two_arms import COARSE, UNSAID, TwoArms, of_leaving
from models.decision.uplift import MODIFIERS, TREES, Uplift, cross_fitted
from models.fit_settings import FitSettings

NAMES = (PRIOR, "ties", "noise")
QUICK = replace(COARSE, rounds=30, min_data_in_leaf=100)


def drawn(risk: np.ndarray, shift: np.ndarray, values: np.ndarray, names: tuple[str, ...], seed: int) -> Lots:
    """Lots for customers whose log-odds of leaving fall by `shift` when treated; who is moved orders more or less."""
    random = np.random.default_rng(seed)
    size = risk.size
    treated = random.random(size) < 0.5
    left = random.random(size) < special.expit(special.logit(risk) - shift * treated)
    orders = random.poisson(3 * np.exp(shift * treated / 3)) * ~left
    day = np.full(size, np.datetime64("2024-01-01"))
    columns = np.asfortranarray(values.astype(np.float32))
    return Lots(columns, names, treated, left.astype(float), orders.astype(float), day, np.arange(size))


def lots(size: int = 6_000, effect: float = 2.0, seed: int = 0) -> tuple[Lots, np.ndarray]:
    """Calls help whoever has ties and drive away whoever has none; the risk before says nothing of that."""
    random = np.random.default_rng([seed, 1])
    risk, ties = random.beta(2, 4, size), random.random(size)
    shift = effect * (ties - 0.4)
    gain = risk - special.expit(special.logit(risk) - shift)
    return drawn(risk, shift, np.column_stack([risk, ties, random.random(size)]), NAMES, seed), gain


def test_it_ranks_by_the_gain_and_names_whom_it_harms() -> None:
    found, gain = lots()
    predicted = cross_fitted(found, QUICK).expected
    assert np.corrcoef(predicted, gain)[0, 1] > 0.8
    assert gain[predicted < 0].mean() < 0 < gain[predicted > 0].mean()
    trial = Trial.of(found.left, found.treated)
    assert Ranked.of(predicted, trial).area() > Ranked.of(found.values[:, 0], trial).area() + 0.01


def test_whoever_is_counted_on_is_no_sleeping_dog() -> None:
    found, gain = lots()
    counted = cross_fitted(found, QUICK).counted > 0
    assert 0.2 < counted.mean() < 0.6 < (gain > 0).mean() + 0.05
    assert (gain[counted] < 0).mean() < 0.02


def test_where_lots_show_nothing_nobody_is_counted_on() -> None:
    # one in ten would be, were the level all there is to know; slopes add to what is not known
    shares = []
    for seed in range(6):
        found, _ = lots(2_000, effect=0.0, seed=seed)
        shares.append((Uplift.fit(found, QUICK).gain(found.values, NAMES).counted > 0).mean())
    assert np.mean(shares) < 0.2


def test_one_effect_for_all_ranks_by_what_it_changes_most() -> None:
    # a shift of the log-odds that is the same for everybody changes a chance p by p (1 - p) times it
    random = np.random.default_rng(5)
    risk = random.beta(1, 3, 4_000)
    values = np.column_stack([risk, random.random(4_000), random.random(4_000)])
    found = drawn(risk, np.full(4_000, 0.8), values, NAMES, 5)
    predicted = Uplift.fit(found, QUICK).gain(found.values, NAMES).expected
    assert np.corrcoef(predicted, risk * (1 - risk))[0, 1] > 0.9


def test_trees_are_chosen_where_no_line_will_do() -> None:
    random = np.random.default_rng(6)
    risk, ties = random.beta(2, 4, 6_000), random.random(6_000)
    values = np.column_stack([risk, ties, random.random(6_000)])
    bent = drawn(risk, 4 * (np.abs(ties - 0.5) - 0.25), values, NAMES, 6)
    straight, _ = lots()
    assert Uplift.fit(bent, QUICK).way == TREES
    assert Uplift.fit(straight, QUICK).way == MODIFIERS


@pytest.mark.slow
def test_where_nobody_is_changed_cross_fitting_finds_nobody() -> None:
    areas = []
    for seed in range(12):
        found, _ = lots(2_000, effect=0.0, seed=seed)
        predicted = cross_fitted(found, QUICK, folds=2).expected
        areas.append(Ranked.of(predicted, Trial.of(found.left, found.treated)).area())
    assert abs(np.mean(areas)) < 4 * np.std(areas, ddof=1) / np.sqrt(12)


def test_a_model_that_judges_the_rows_it_learned_from_flatters_itself() -> None:
    # the mutant of cross-fitting
    found, _ = lots(2_000, effect=0.0, seed=3)
    trial = Trial.of(found.left, found.treated)
    eager = replace(QUICK, rounds=200, min_data_in_leaf=20, lambda_l2=0.0)
    itself = shift_of_trees(found, found, eager)
    fold = found.dealt(5, 0)
    crossed = np.empty(2_000)
    for part in range(5):
        judged = fold == part
        crossed[judged] = shift_of_trees(found.take(~judged), found.take(judged), eager)
    assert Ranked.of(itself, trial).area() > 0.03 > abs(Ranked.of(crossed, trial).area())


def shift_of_trees(learned: Lots, judged: Lots, settings: FitSettings) -> np.ndarray:
    together = of_leaving(learned, settings, UNSAID)
    return TwoArms.fit(learned, together, settings).shift(together, judged.values, judged.names)


def test_rows_of_a_customer_are_never_split_between_learning_and_judging() -> None:
    customer = np.tile([f"c{number}" for number in range(500)], 3)
    found, _ = lots(1_500)
    fold = replace(found, customer=customer).dealt(5, seed=0)
    assert np.array_equal(fold[:500], fold[500:1_000])
    assert np.array_equal(fold[:500], fold[1_000:])
    assert np.bincount(fold).tolist() == [300] * 5


def test_the_order_of_rows_hardly_matters() -> None:
    found, _ = lots(1_000)
    order = np.random.default_rng(2).permutation(1_000)
    parts = (found.treated, found.left, found.orders, found.day)
    turned = Lots(np.asfortranarray(found.values[order]), NAMES, *(part[order] for part in parts), order)
    one, other = (cross_fitted(each, QUICK) for each in (found, turned))
    assert other.expected == pytest.approx(one.expected[order], abs=1e-6)
    assert other.counted == pytest.approx(one.counted[order], abs=1e-6)


@pytest.mark.parametrize("bent", [False, True])
def test_what_is_kept_predicts_the_same_and_is_data(tmp_path: Path, bent: bool) -> None:
    found, _ = lots(2_000)
    model = Uplift.fit(found, QUICK)
    if bent:
        model = replace(model, trees=TwoArms.fit(found, model.together, QUICK))
    model.save(tmp_path)
    again = Uplift.load(tmp_path)
    assert (again.way, again.lead, again.modifiers) == (model.way, model.lead, model.modifiers)
    for ours, theirs in zip(again.gain(found.values, NAMES), model.gain(found.values, NAMES), strict=True):
        assert np.array_equal(ours, theirs)
    files = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {"booster.txt", "bundle.json", "digests.json"}


def test_an_arm_in_which_nobody_left_teaches_nothing() -> None:
    found, _ = lots(500)
    with pytest.raises(ModelProblem, match="too little to learn"):
        Uplift.fit(replace(found, left=np.where(found.treated, 0.0, found.left)))
