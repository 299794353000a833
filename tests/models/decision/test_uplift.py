"""Uplift models find whom an action helps where there is something to find, and say nothing where there is not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from features.errors import ModelProblem
from models.decision.qini import Ranked, Trial
from models.decision.uplift import COARSE, PRIOR, Lots, Uplift, cross_fitted

NAMES = (PRIOR, "ties", "noise")
QUICK = replace(COARSE, rounds=30, min_data_in_leaf=100)


def lots(size: int = 6_000, effect: float = 2.0, seed: int = 0) -> tuple[Lots, np.ndarray]:
    """Calls help whoever has ties and drive away whoever has none; the risk before says nothing of that."""
    random = np.random.default_rng(seed)
    risk, ties = random.beta(2, 4, size), random.random(size)
    treated = random.random(size) < 0.5
    odds = special.logit(risk)
    gain = risk - special.expit(odds - effect * (ties - 0.4))
    left = random.random(size) < special.expit(odds - effect * (ties - 0.4) * treated)
    values = np.asfortranarray(np.column_stack([risk, ties, random.random(size)]).astype(np.float32))
    day = np.full(size, np.datetime64("2024-01-01"))
    return Lots(values, NAMES, treated, left.astype(float), day), gain


def test_it_ranks_by_the_gain_and_names_whom_it_harms() -> None:
    found, gain = lots()
    predicted = cross_fitted(found, np.arange(6_000), QUICK)
    assert np.corrcoef(predicted, gain)[0, 1] > 0.8
    assert gain[predicted < 0].mean() < 0 < gain[predicted > 0].mean()
    trial = Trial.of(found.left, found.treated)
    assert Ranked.of(predicted, trial).area() > Ranked.of(found.values[:, 0], trial).area() + 0.01


def test_where_nobody_is_changed_cross_fitting_finds_nobody() -> None:
    areas = []
    for seed in range(12):
        found, _ = lots(2_000, effect=0.0, seed=seed)
        predicted = cross_fitted(found, np.arange(2_000), QUICK)
        areas.append(Ranked.of(predicted, Trial.of(found.left, found.treated)).area())
    assert abs(np.mean(areas)) < 4 * np.std(areas, ddof=1) / np.sqrt(12)


def test_a_model_that_judges_the_rows_it_learned_from_flatters_itself() -> None:
    # the mutant of cross-fitting
    found, _ = lots(2_000, effect=0.0, seed=3)
    trial = Trial.of(found.left, found.treated)
    eager = replace(QUICK, rounds=200, min_data_in_leaf=20, lambda_l2=0.0)
    itself = Uplift.fit(found, eager).gain(found.values, found.names)
    crossed = cross_fitted(found, np.arange(2_000), eager)
    assert Ranked.of(itself, trial).area() > 0.03 > abs(Ranked.of(crossed, trial).area())


def test_rows_of_a_customer_are_never_split_between_learning_and_judging() -> None:
    # each customer twice, labels a coin known only by the customer: learning from the twin would know them
    random = np.random.default_rng(1)
    coin, treated = np.tile(random.random(1_000) < 0.5, 2), np.tile(random.random(1_000) < 0.5, 2)
    number = np.tile(np.arange(1_000.0), 2)
    values = np.asfortranarray(np.column_stack([np.full(2_000, 0.5), number]).astype(np.float32))
    twins = Lots(values, (PRIOR, "number"), treated, coin.astype(float), np.full(2_000, np.datetime64("2024-01-01")))
    eager = replace(COARSE, rounds=60, num_leaves=63, max_depth=12, min_data_in_leaf=1, lambda_l2=0.0)
    customer = np.tile(np.arange(1_000), 2)
    trial = Trial.of(twins.left, treated)
    apart = Ranked.of(cross_fitted(twins, np.arange(2_000), eager), trial).area()
    together = Ranked.of(cross_fitted(twins, customer, eager), trial).area()
    assert together < 0.05 < apart


def test_the_order_of_rows_hardly_matters() -> None:
    found, _ = lots(2_000)
    order = np.random.default_rng(2).permutation(2_000)
    one = cross_fitted(found, np.arange(2_000), QUICK)
    other = cross_fitted(found.take(order), np.arange(2_000)[order], QUICK)
    assert other == pytest.approx(one[order], abs=1e-6)


def test_what_is_kept_predicts_the_same_and_is_data(tmp_path: Path) -> None:
    found, _ = lots(2_000)
    model = Uplift.fit(found, QUICK)
    model.save(tmp_path)
    again = Uplift.load(tmp_path)
    assert np.array_equal(again.gain(found.values, NAMES), model.gain(found.values, NAMES))
    files = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {"booster.txt", "bundle.json", "digests.json"}


def test_an_arm_in_which_nobody_left_teaches_nothing() -> None:
    found, _ = lots(500)
    with pytest.raises(ModelProblem, match="too little to learn"):
        Uplift.fit(replace(found, left=np.where(found.treated, 0.0, found.left)))
