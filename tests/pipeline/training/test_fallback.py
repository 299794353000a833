"""Where customers are few a baseline stands in, chosen within the training period, and says so."""

import numpy as np
import pytest

from models.linear import Linear
from pipeline.learning.learning import fit_settings
from pipeline.training.contest import _boosting
from pipeline.training.fallback import fallback, fitted_lines, recipe, too_small
from tests.pipeline.made_rows import TASK, made, parts, settings


@pytest.mark.parametrize(
    ("limits", "kind", "said"),
    [
        ({"min_eligible": 201}, "churn", "200 eligible customers at the test cutoffs, fewer than 201"),
        ({"min_eligible": 200}, "churn", ""),
        ({"min_events": 500}, "churn", "customers left at the test cutoffs, fewer than 500"),
        ({"min_events": 500}, "partnership", ""),
    ],
)
def test_few_customers_or_few_who_left_are_too_few(limits: dict[str, int], kind: str, said: str) -> None:
    config = settings(**limits)
    _, later = parts(made(), config)
    found = too_small(later, kind, config)
    assert said in found
    assert bool(found) == bool(said)


def test_the_baseline_is_chosen_within_the_training_period() -> None:
    config = settings()
    past, _ = parts(made(), config)
    chosen = fallback(past, TASK, "churn", config, "few")
    assert chosen.name == max(chosen.aucs, key=lambda name: chosen.aucs[name])
    assert {"recency", "logistic", "bg_nbd"} <= set(chosen.aucs)
    assert chosen.text.startswith(f"the baseline {chosen.name.replace('_', ' ')} stands in for boosting: few")


def test_what_stands_in_is_a_line_with_the_features_it_looks_at() -> None:
    config = settings()
    past, later = parts(made(), config)
    model = recipe(fallback(past, TASK, "churn", config, "few"), TASK, "churn", config)(past)
    assert isinstance(model, Linear)
    assert set(model.names) <= set(past.names)
    assert len(model.scope.fingerprints) == len(model.names)
    assert model.scope.target == "silence"
    assert ((model.probability(later.values, later.names) > 0.5) == later.label).mean() > 0.7


def test_a_training_period_too_short_to_walk_leaves_the_logistic_line() -> None:
    config = settings()
    past, _ = parts(made(months=5), config)
    assert fallback(past, TASK, "churn", config, "few").name == "logistic"
    assert set(fitted_lines(past, TASK, "churn", config, ["recency"])) == {"recency"}


def test_a_line_stands_in_also_where_boosting_cannot_learn_at_all() -> None:
    """Ten who left teach boosting nothing, and a line something: a young supplier is scored all the same."""
    config = settings()
    past, _ = parts(made(), config)
    left = np.flatnonzero(past.label == 1)[:10]
    few = past.take(np.isin(np.arange(len(past)), left) | (past.label == 0))
    assert _boosting(few, few, TASK, config, fit_settings(config)) == {}
    assert recipe(fallback(few, TASK, "churn", config, "few"), TASK, "churn", config)(few).scope.base_rate > 0
