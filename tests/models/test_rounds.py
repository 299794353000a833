"""Boosting goes on only where every one of three earlier dates surely foresees more by it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

from models.calibration import fit_platt
from models.fit_settings import FitSettings
from models.origins import rolling_origins
from models.rounds import _foresees_more, long_enough
from models.trees import Lesson, grow_on, parsed

FEW = FitSettings(
    rounds=5, learning_rate=0.05, num_leaves=3, max_depth=2, feature_fraction=1.0, extra_trees=False, seed=3
)
NAMES = ("a", "b", "c")


def past(rule: float, dates: int = 8, customers: int = 700, seed: int = 0) -> tuple[Lesson, list]:
    """Customers at monthly dates, whose log-odds follow two of three features as steeply as `rule` says."""
    random = np.random.default_rng(seed)
    days = np.repeat(np.arange(dates).astype("datetime64[M]").astype("datetime64[D]"), customers)
    values = random.normal(size=(days.size, 3)).astype(np.float32)
    odds = rule * (np.sin(2 * values[:, 0]) + values[:, 1])
    label = (random.random(days.size) < expit(odds)).astype(float)
    taught = Lesson.of(np.asfortranarray(values), NAMES, label, FEW, None)
    return taught, list(rolling_origins(days, 30, number=3))


@pytest.mark.parametrize(
    ("rule", "most", "rounds"),
    [
        (2.0, 40, 40),  # much is left to learn: as far as allowed
        (2.0, 39, 20),  # doubled once more it would be beyond
        (2.0, 0, 5),  # never
        (0.0, 40, 5),  # nothing to learn
    ],
)
def test_rounds_are_doubled_while_more_is_foreseen(rule: float, most: int, rounds: int) -> None:
    taught, origins = past(rule)
    assert long_enough(taught, origins, FEW, most) == replace(FEW, rounds=rounds)


def test_two_dates_cannot_tell_a_lasting_gain_from_a_season() -> None:
    taught, origins = past(2.0)
    assert long_enough(taught, origins[:2], FEW, 40).rounds == 5


@pytest.mark.parametrize("other", range(3))
def test_one_date_that_gains_nothing_ends_it(other: int) -> None:
    """Whichever: a mutant that asks for any date, or for the first alone, grows on."""
    taught, origins = past(2.0)
    _, rows = origins[other]
    label = taught.label.copy()
    label[rows] = np.random.default_rng(1).permutation(label[rows])
    assert long_enough(replace(taught, label=label), origins[other:] + origins[:other], FEW, 40).rounds == 5


def test_saying_the_same_more_loudly_is_no_gain() -> None:
    """One step at one feature is learned by the first tree; what more trees add is only how sure they sound."""
    taught, origins = past(0.0)
    side = np.sign(taught.values[:, 2])
    label = (np.random.default_rng(2).random(side.size) < expit(side)).astype(float)
    stump = replace(FEW, num_leaves=2, max_depth=1)
    values = np.asfortranarray(np.repeat(side[:, None], 3, axis=1).astype(np.float32))
    assert long_enough(replace(taught, values=values, label=label), origins, stump, 40).rounds == 5


def test_a_date_with_one_class_only_shows_nothing() -> None:
    taught, origins = past(2.0)
    label = taught.label.copy()
    label[origins[0][1]] = 1.0
    assert long_enough(replace(taught, label=label), origins, FEW, 40).rounds == 5


def test_threads_change_nothing() -> None:
    taught, origins = past(1.0)
    one, two = (long_enough(taught, origins, replace(FEW, threads=threads), 40) for threads in (1, 2))
    assert one == two


def test_trees_that_grow_on_are_those_grown_at_once() -> None:
    taught, origins = past(1.0)
    learn, _ = origins[0]
    varied = replace(FEW, feature_fraction=0.5, extra_trees=True, bagging_fraction=0.7)
    growing, whole = taught.growing(varied, learn), taught.take(learn).growing(replace(varied, rounds=20))
    grow_on(growing, 20)
    trees = [str(each.model_to_string()).partition("\nparameters:")[0] for each in (growing, whole)]
    assert trees[0] == trees[1]


def test_the_answer_is_that_of_asking_every_origin_before_going_on() -> None:
    """The reference grows anew, all origins one doubling at a time; the rules are such that origins disagree."""
    answers = set()
    for seed in range(4):
        taught, origins = past(1.0, customers=350, seed=seed)
        answers.add(long_enough(taught, origins, FEW, 40).rounds)
        assert long_enough(taught, origins, FEW, 40).rounds == plainly(taught, origins, 40)
    assert len(answers) > 1


class Saying:
    """Trees that say what they are told to: log-odds (n,) beyond the start, by the number of trees asked."""

    def __init__(self, **said: np.ndarray) -> None:
        self.said = {int(number.removeprefix("of_")): odds for number, odds in said.items()}

    def predict(self, values: np.ndarray, raw_score: bool = False, num_iteration: int = 0, **_: int) -> np.ndarray:
        odds = self.said[num_iteration]
        return odds if raw_score else expit(odds)


def test_twice_the_trees_foresee_more_where_a_t_test_of_the_likelihoods_says_so() -> None:
    """The reference asks scipy how sure it is that the rows are likelier, by what both say of who left."""
    answers = []
    for seed in range(80):
        random = np.random.default_rng(seed)
        start, truth, noise = random.normal(size=(3, 8))
        label = (random.random(8) < expit(start + 3 * truth)).astype(float)
        if 0 < label.sum() < 8:
            said = Saying(of_5=3 * truth + 4 * noise, of_10=3 * truth)
            judged = Lesson.of(np.zeros((8, 1), order="F", dtype=np.float32), ("a",), label, FEW, None)
            answers.append(_foresees_more(said, replace(judged, start=start), 5, 1))
            assert answers[-1] == surely_likelier(said, start, label), seed
    assert set(answers) == {True, False}


def test_trees_that_say_the_same_twice_foresee_no_more() -> None:
    odds, label = np.array([1.0, -1, 2, 0]), np.array([1.0, 0, 0, 1])
    judged = Lesson.of(np.zeros((4, 1), order="F", dtype=np.float32), ("a",), label, FEW, None)
    assert not _foresees_more(Saying(of_5=odds, of_10=odds), judged, 5, 1)


def surely_likelier(said: Saying, start: np.ndarray, label: np.ndarray) -> bool:
    """Whether ten trees make rows likelier than five, 39 times in 40."""
    likely = []
    for odds in (said.said[5] + start, said.said[10] + start):
        chance = expit(fit_platt(odds, label).log_odds(odds))
        likely.append(np.log(np.where(label == 1, chance, 1 - chance)))
    return bool(stats.ttest_1samp(likely[1] - likely[0], 0, alternative="greater").pvalue < 0.025)


def plainly(taught: Lesson, origins: list, most: int) -> int:
    """How many rounds, the slow way."""
    rounds = FEW.rounds
    while 2 * rounds <= most:
        for learn, rows in origins:
            trees = parsed(taught.take(learn).grow(replace(FEW, rounds=2 * rounds)))
            if not _foresees_more(trees, taught.take(rows), rounds, 1):
                return rounds
        rounds *= 2
    return rounds
