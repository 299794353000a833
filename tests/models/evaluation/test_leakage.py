"""A feature that knows the outcome raises the alarm; honest ones, however good, do not."""

import numpy as np
import pytest
from scipy.stats import norm

from models.evaluation.leakage import Alarm, alarms, alone, separation, within_auc

CUTOFFS = np.repeat(np.array(["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"], dtype="datetime64[D]"), 500)
EARLIER = np.datetime64("2024-03-01") > CUTOFFS
RANDOM = np.random.default_rng(5)
LABEL = (RANDOM.random(2000) < 0.3).astype(float)


def feature(auc: float, label: np.ndarray = LABEL, seed: int = 0) -> np.ndarray:
    """A feature that separates the outcomes as far as an AUC of `auc` takes."""
    return np.random.default_rng(seed).normal(size=label.size) + label * np.sqrt(2) * norm.ppf(auc)


Columns = dict[str, np.ndarray]


def raised(columns: Columns, groups: dict[str, int] | None = None, trusted: tuple[str, ...] = ()) -> list[Alarm]:
    values = np.column_stack(list(columns.values())).astype(np.float32)
    found = alone(values, list(columns), LABEL, CUTOFFS, EARLIER)
    return alarms(found, groups or {name: place for place, name in enumerate(columns)}, trusted)


HONEST = {"recency": feature(0.78, seed=1), "orders": feature(0.76, seed=2), "spend": feature(0.7, seed=3)}


def test_honest_features_are_silent() -> None:
    assert raised(HONEST) == []
    assert raised({"recency": feature(0.88, seed=1), "orders": feature(0.85, seed=2)}) == []


@pytest.mark.parametrize(
    ("leak", "rule"),
    [
        (LABEL, "perfect"),
        (-LABEL, "perfect"),
        (np.where(LABEL == 1, np.nan, feature(0.5, seed=9)), "perfect"),
        (feature(0.96, seed=4), "apart"),
        (np.where(EARLIER, feature(0.6, seed=5), feature(0.85, seed=6)), "new"),
    ],
    ids=["the label", "the label turned round", "null where they left", "blurred", "since the last delivery"],
)
def test_a_planted_leak_is_caught(leak: np.ndarray, rule: str) -> None:
    found = raised({**HONEST, "leak": leak})
    assert [(alarm.name, alarm.rule) for alarm in found] == [("leak", rule)]
    assert "leak alone ranks with AUC" in found[0].text


def test_a_history_in_which_contracts_end_raises_the_alarm_by_every_feature_that_tells_them_apart() -> None:
    """Weekly orders, or none since the contract ended: honest, and no different from rows that are dated too early."""
    ended = LABEL == 1
    silent = np.where(ended, RANDOM.integers(30, 300, 2000), RANDOM.integers(1, 8, 2000))
    placed = np.where(ended, RANDOM.integers(0, 5, 2000), RANDOM.integers(11, 14, 2000))
    found = raised({"days_since_last_order": silent, "order_days_90d": placed, "spend": feature(0.7, seed=3)})
    assert [(alarm.name, alarm.rule) for alarm in found] == [
        ("days_since_last_order", "perfect"),
        ("order_days_90d", "perfect"),
    ]
    trusted = ("days_since_last_order", "order_days_90d")
    assert raised({"days_since_last_order": silent, "order_days_90d": placed}, trusted=trusted) == []


def test_two_copies_of_a_leak_do_not_excuse_each_other() -> None:
    leak = feature(0.96, seed=4)
    both = {**HONEST, "leak": leak, "copy": leak * 2}
    assert {alarm.name for alarm in raised(both, {"recency": 1, "orders": 2, "spend": 3, "leak": 4, "copy": 4})} == {
        "leak",
        "copy",
    }
    assert raised(both) == []  # the mutant: groups are what tells


def test_a_feature_that_was_looked_into_is_trusted() -> None:
    assert raised({**HONEST, "leak": LABEL}, trusted=("leak",)) == []


def test_a_feature_that_the_model_does_not_look_at_raises_no_alarm() -> None:
    columns = {**HONEST, "leak": LABEL}
    values = np.column_stack(list(columns.values())).astype(np.float32)
    found = alone(values, list(columns), LABEL, CUTOFFS, EARLIER)
    groups = {name: place for place, name in enumerate(columns)}
    assert alarms(found, groups, used=("recency", "orders")) == []
    assert [alarm.name for alarm in alarms(found, groups, used=("recency", "leak"))] == ["leak"]
    assert alarms(found, groups, used=("recency",)) == []  # it is still measured against the features left out


def test_few_rows_raise_no_alarm_by_luck() -> None:
    # twelve customers, three of whom left: an AUC of .95 is within reach of chance
    label = np.array([1.0, 1, 1, *[0.0] * 9])
    values = np.column_stack([[9, 8, 5, 6, *range(-8, 0)], np.tile([0.0, 1], 6)]).astype(np.float32)
    days = np.full(12, np.datetime64("2024-01-01"))
    found = alone(values, ["lucky", "other"], label, days, np.zeros(12, dtype=bool))
    assert found[0].auc > 0.95
    assert alarms(found, {"lucky": 1, "other": 2}) == []


def test_pairs_of_different_cutoffs_are_not_compared() -> None:
    label = np.array([1.0, 0, 1, 0])
    days = np.array(["2024-01-01", "2024-01-01", "2024-02-01", "2024-02-01"], dtype="datetime64[D]")
    assert within_auc(np.array([2.0, 1, 20, 10]), label, days)[0] == 1.0
    assert np.isnan(within_auc(np.array([2.0, 1]), np.ones(2), days[:2])[0])


def test_the_standard_error_is_that_of_hanley_and_mcneil() -> None:
    # their worked example: AUC .893, 51 abnormal and 58 normal images, standard error .032
    spread = [norm.ppf((np.arange(size) + 0.5) / size) for size in (51, 58)]
    column = np.concatenate([spread[0] + np.sqrt(2) * norm.ppf(0.893), spread[1]])
    label = np.repeat([1.0, 0.0], [51, 58])
    area, error = within_auc(column, label, np.full(label.size, np.datetime64("2024-01-01")))
    assert area == pytest.approx(0.893, abs=0.01)
    assert error == pytest.approx(0.032, abs=0.002)


def test_separation_counts_standard_deviations() -> None:
    assert separation(0.5) == pytest.approx(0)
    assert separation(norm.cdf(1 / np.sqrt(2))) == pytest.approx(1)
