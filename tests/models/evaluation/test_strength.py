"""The strength audit measures strength and behaviour alike, and words what it found by the intervals."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.evaluation.interval import Interval
from models.evaluation.strength import BEHAVIOUR, BOTH, FIFTH, STRENGTH, Audit, AuditRows, audit, overlap, top_fifth
from models.evaluation.verdict import verdict
from pipeline.languages import language

DAY = np.datetime64("2024-01-01")


def made(strength: float, behaviour: float, size: int = 1500) -> Audit:
    """An audit of customers whose outcome leans on strength and on behaviour as much as said."""
    random = np.random.default_rng(6)
    strong, habit = random.normal(size=(2, size))
    drive = strength * strong + behaviour * habit
    label = (drive + random.logistic(size=size) > 0.8).astype(float)
    scores = {STRENGTH: strong, BEHAVIOUR: habit, BOTH: drive + 1e-9 * habit}
    rows = AuditRows(np.arange(size), np.full(size, DAY), label, scores, strong, label + (habit > 0))
    return audit(rows, ["credit_score"], proxy=False, draws=60, seed=1, workers=1, confidence=0.95)


def around(value: float) -> Interval:
    return Interval(value, value - 0.03, value + 0.03)


def told(strength: float, lead: float, added: float, overlap: dict[str, Interval] | None = None) -> Audit:
    """An audit with these AUCs and differences, each sure to within 0.03."""
    aucs = {STRENGTH: strength, BEHAVIOUR: strength + lead, BOTH: strength + lead + added}
    figures = {name: {"roc_auc": around(auc), "average_precision": around(auc)} for name, auc in aucs.items()}
    leads = [{"roc_auc": around(each)} for each in (lead, added)]
    return Audit(figures, *leads, overlap or {}, ("credit_score",), proxy=False)


@pytest.mark.parametrize(
    ("strength", "lead", "added", "said"),
    [
        (0.51, 0.30, 0.01, ["does not predict here who will leave", "Behaviour predicts it better", "adds nothing"]),
        (0.80, -0.20, 0.22, ["Strength does predict here", "strength is the better guide", "well adds 0.220 [0.190"]),
        (0.70, 0.01, 0.08, ["Strength does predict here", "cannot be told from it", "well adds 0.080"]),
        (0.535, 0.30, 0.01, ["Strength hardly predicts here", "if it tells anything, it is little (AUC 0.535 [0.505"]),
        (0.30, 0.50, -0.05, ["Strength points the wrong way here", "makes it worse, by 0.050 [0.020, 0.080]"]),
    ],
    ids=["behaviour only", "strength only", "both alike", "next to nothing", "strength misleads"],
)
def test_the_words_follow_the_intervals(strength: float, lead: float, added: float, said: list[str]) -> None:
    text = verdict(told(strength, lead, added), "churn")
    assert [part for part in said if part not in text] == []
    assert "Strength is credit score, from the table of customers. An AUC says how often" in text


@pytest.mark.parametrize(
    ("auc", "words"),
    [
        (Interval(0.530, 0.513, 0.547), "does not predict here who will leave: what it tells is next to nothing"),
        (Interval(0.501, 0.470, 0.530), "does not predict here who will leave: ranked by strength alone"),
        (Interval(0.545, 0.520, 0.570), "hardly predicts here who will leave"),
        (Interval(0.570, 0.553, 0.590), "does predict here who will leave"),
        (Interval(0.440, 0.420, 0.460), "points the wrong way here"),
    ],
    ids=["surely slight", "chance", "perhaps slight", "something", "against"],
)
def test_strength_is_judged_by_the_size_of_what_it_tells(auc: Interval, words: str) -> None:
    found = told(auc.value, 0.2, 0.01)
    figures = {**found.figures, STRENGTH: {"roc_auc": auc}}
    assert f"Strength {words}" in verdict(replace(found, figures=figures), "churn")


def test_the_audit_sees_what_the_outcome_was_made_of() -> None:
    found = made(0.0, 1.5)
    assert found.figures[STRENGTH]["roc_auc"].holds(0.5)
    assert found.behaviour_over_strength["roc_auc"].low > 0.2
    assert made(1.5, 0.3).behaviour_over_strength["roc_auc"].high < 0


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Interval(0.12, 0.08, 0.16), "fewer than drawing lots would (20% by lot)"),
        (Interval(0.22, 0.15, 0.29), "no different from drawing lots (20% by lot)"),
        (Interval(0.40, 0.33, 0.48), "more than drawing lots would (20% by lot)"),
    ],
)
def test_the_overlap_is_worded_by_its_interval(share: Interval, words: str) -> None:
    text = verdict(told(0.6, 0.2, 0.0, {STRENGTH: share, BEHAVIOUR: share}), "partnership")
    assert f"the strongest fifth holds {share.value:.0%}" in text
    assert words in text


def test_a_proxy_is_called_one() -> None:
    text = verdict(replace(told(0.6, 0.2, 0.0), proxy=True, sources=("spend_365d",)), "churn")
    assert "No table of customers gives credit, revenue or staff" in text
    assert "(what it bought from us in a year)" in text


@pytest.mark.parametrize("kind", ["churn", "partnership", "another"])
@pytest.mark.parametrize("proxy", [True, False])
@pytest.mark.parametrize("strength", [0.3, 0.5, 0.53, 0.545, 0.8])
@pytest.mark.parametrize("lead", [-0.1, 0.0, 0.1])
def test_in_chinese_nothing_stays_english(kind: str, proxy: bool, strength: float, lead: float) -> None:
    share = Interval(0.2 + lead, 0.19 + lead, 0.21 + lead)
    found = replace(told(strength, lead, lead, {STRENGTH: share, BEHAVIOUR: share}), proxy=proxy)
    text = verdict(found, kind, language("zh_CN"))
    assert set(re.findall("[A-Za-z]+", text)) == {"AUC"}
    assert f"{share.value:.0%} [{share.low:.0%}, {share.high:.0%}]" in text


def test_behaviour_that_makes_commitment_finds_more_than_lots_and_strength_does_not() -> None:
    found = made(0.0, 1.5).overlap
    assert found[BEHAVIOUR].low > FIFTH
    assert found[STRENGTH].holds(FIFTH)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=40))
def test_the_top_fifth_is_a_fifth_of_the_weight_and_equals_share_alike(rows: list[tuple[int, int]]) -> None:
    score, weight = (np.array(part, dtype=float) for part in zip(*rows, strict=True))
    inside = top_fifth(score, weight)
    assert (inside * weight).sum() == pytest.approx(FIFTH * weight.sum())
    for value in np.unique(score):
        assert len(set(inside[(score == value) & (weight > 0)].tolist())) <= 1


def test_overlap_by_hand() -> None:
    # ten customers, so two make a fifth; the rankings share one of their two
    size, acts = np.arange(10.0), np.array([0, 0, 0, 0, 0, 0, 0, 9, 0, 9.0])
    days, once = np.full(10, DAY), np.ones(10)
    assert overlap(size, acts, days, once) == pytest.approx(0.5)
    assert overlap(size, np.ones(10), days, once) == pytest.approx(FIFTH)
    assert overlap(size, size, days, once) == pytest.approx(1.0)
