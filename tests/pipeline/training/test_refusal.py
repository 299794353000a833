"""A refusal shows the comparison that it rests on, and not another one that was passed."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from models.evaluation.comparison import Comparison, compare
from models.evaluation.interval import Interval
from models.evaluation.tested_rows import MODEL, UNCALIBRATED, TestRows
from pipeline.training.outcome import TrainOutcome
from pipeline.training.refusal import _became, _of_a_baseline, _of_a_leak, figures

ROWS = 600
WORSE, BETTER = Interval(-0.1, -0.15, -0.05), Interval(0.1, 0.05, 0.15)


def beside_rivals(skill: float = 0.5) -> Comparison:
    """A model beside a baseline and a simpler model, with the leads that are asked for."""
    random = np.random.default_rng(4)
    label = (np.arange(ROWS) % 2).astype(float)
    names = {MODEL: skill, UNCALIBRATED: skill, "bg_nbd": 0.2, "logistic": 0.6}
    scores = {name: each * label + random.random(ROWS) for name, each in names.items()}
    scores = {name: score / 2 for name, score in scores.items()}
    day = np.full(ROWS, np.datetime64("2024-01-01"))
    rows = TestRows(np.arange(ROWS), day, label, scores, ("bg_nbd",), ("logistic",))
    return compare(rows, draws=50, seed=1, workers=1, confidence=0.95)


FOUND = beside_rivals()


@pytest.mark.parametrize(
    ("lead", "peer", "expected"),
    [
        (BETTER, WORSE, f"of logistic (lead {WORSE})"),
        (WORSE, BETTER, f"more than {FOUND.baseline_auc:.3f} of bg_nbd"),
    ],
)
def test_the_comparison_that_failed_is_shown(lead: Interval, peer: Interval, expected: str) -> None:
    found = replace(FOUND, lead=lead, peers={"logistic": peer})
    refusal = found.peer_refusal() or "it does not beat the best baseline"
    got, wanted = figures(found, refusal)
    assert got == f"AUC {FOUND.intervals['roc_auc']} of the model"
    assert expected in wanted
    assert wanted.startswith("not surely less than" if peer is WORSE else "more than")


def test_where_chance_decides_its_own_bound_is_shown_beside_the_interval() -> None:
    """The interval may leave chance out and the bound not: a reader sees which of the two decides, and why."""
    found = replace(FOUND, least_auc=0.497)
    assert FOUND.intervals["roc_auc"].low > 0.5 and not FOUND.signal_refusal()
    assert found.refusal() == (
        "no signal: its AUC cannot be told from 0.5 (lower bound at 99%: 0.497; stricter than the interval shown, "
        "since of many trainings some would pass that by luck)"
    )
    assert figures(found, found.refusal())[1] == "a lower bound at 99% above 0.5; it is 0.497"


BASELINE = "it does not beat the best baseline"


@pytest.mark.parametrize(
    ("refusal", "best", "told"),
    [(BASELINE, "bg_nbd", "min_eligible = 401 lets"), (BASELINE, "", None), ("no signal", "bg_nbd", None)],
)
def test_where_a_baseline_ranks_better_it_is_told_how_it_can_score(refusal: str, best: str, told: str | None) -> None:
    rows = SimpleNamespace(customer=np.repeat(np.arange(400), 3))
    test = SimpleNamespace(overall=replace(FOUND, best_baseline=best), rows=rows)
    said = _of_a_baseline(SimpleNamespace(refusal=refusal, test=test))  # type: ignore[arg-type]
    assert told in said if told else said == ""


@pytest.mark.parametrize(
    ("refusal", "rules", "told"),
    [
        ("an alarm", ("perfect", "apart"), ". See what f0 rests on"),
        (BASELINE, ("perfect", "apart"), ". A leak is suspected as well, which forbids promotion too: see what f0"),
        (BASELINE, ("shuffled",), None),
        (BASELINE, (), None),
    ],
)
def test_what_to_do_about_an_alarm_is_told_whatever_refused_first(
    refusal: str, rules: tuple[str, ...], told: str | None
) -> None:
    """Told one at a time, each costs a training to learn of."""
    alarms = [SimpleNamespace(name=f"f{place}", rule=rule) for place, rule in enumerate(rules)]
    checks = SimpleNamespace(alarms=alarms, refusal=lambda: "an alarm")
    said = _of_a_leak(SimpleNamespace(refusal=refusal, checks=checks))  # type: ignore[arg-type]
    assert said.startswith(told) and said.endswith('["f0", "f1"]') if told else said == ""


@pytest.mark.parametrize(
    ("refusal", "decided", "became"),
    [
        ("no better than chance", None, "refused"),
        ("no better than chance", "promoted", "refused"),
        ("", "promoted", "promoted"),
        ("", "refused", "refused"),
        ("", None, "undecided"),
    ],
)
def test_what_became_of_each_target_is_told_in_a_word(refusal: str, decided: str | None, became: str) -> None:
    decision = SimpleNamespace(outcome=decided) if decided else None
    assert _became(SimpleNamespace(refusal=refusal, decision=decision)) == became  # type: ignore[arg-type]


def test_what_is_wrong_with_the_history_is_told_to_people_and_to_programs() -> None:
    outcome = TrainOutcome("acme", {}, (), {}, "sqlite://", ("contracts: 0 of 4 customers",))
    assert "warning: contracts: 0 of 4 customers" in outcome.text()
    assert outcome.summary()["warnings"] == ["contracts: 0 of 4 customers"]
