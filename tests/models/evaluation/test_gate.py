"""A challenger passes where nothing speaks against it; each check finds the fault planted for it, and it alone does."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from models.evaluation import gate as module
from models.evaluation.gate import CHAMPION, Finding, Gate, gate
from models.evaluation.interval import interval
from models.evaluation.tested_rows import MODEL, TestRows

ROWS = 4000
RANDOM = np.random.default_rng(5)
CHANCE = RANDOM.uniform(0.3, 0.7, ROWS)
LABEL = (RANDOM.random(ROWS) < CHANCE).astype(float)
NOISE = RANDOM.normal(size=ROWS)
SMALL = np.arange(ROWS) % 8 == 0
KINDS = {"size": np.where(SMALL, "small", "large")}
FEW = {"rare": np.where(np.arange(ROWS) < 99, "few", "")}


def blurred(share: float) -> np.ndarray:
    """The chance as somebody sees it who knows less: calibrated, and ranking worse."""
    seen = CHANCE - 0.5 + share * NOISE
    return 0.5 + seen * np.cov(seen, CHANCE)[0, 1] / seen.var()


def rows(challenger: np.ndarray, champion: np.ndarray, **baselines: np.ndarray) -> TestRows:
    days = np.full(ROWS, np.datetime64("2024-01-01"))
    scores = {MODEL: challenger, CHAMPION: champion, **baselines}
    return TestRows(np.arange(ROWS) // 2, days, LABEL, scores, tuple(baselines))


def judged(
    found: TestRows, kinds: dict[str, np.ndarray] | None = None, *, auc_loss: float = 0.01, draws: int = 120
) -> Gate:
    return gate(found, kinds or {}, auc_loss=auc_loss, draws=draws, seed=1, workers=1, confidence=0.95)


SAME = rows(CHANCE, CHANCE, recency=blurred(0.4))
BETTER = rows(CHANCE, blurred(0.1), recency=blurred(0.4))
SHARP = np.where(CHANCE > 0.62, CHANCE + 0.25, CHANCE)
IN_A_SLICE = np.where(SMALL, blurred(2.0), CHANCE)
FAULTS = {
    "AUC": (rows(blurred(0.2), 0.3 + CHANCE / 2), {}, "_ranking"),
    "Brier score": (rows(SHARP, CHANCE + 0.08), {}, "_probabilities"),
    "calibration": (rows(CHANCE + 0.05, blurred(0.2)), {}, "_calibration"),
    "best baseline": (rows(blurred(0.1), blurred(0.1), spend=NOISE, recency=CHANCE), {}, "_baseline"),
    "size small": (rows(IN_A_SLICE, blurred(0.06)), KINDS, "_slices"),
}


@pytest.mark.parametrize(
    ("found", "kinds"),
    [(SAME, KINDS), (BETTER, KINDS), (rows(IN_A_SLICE, IN_A_SLICE), KINDS), (SAME, FEW)],
    ids=["same", "better", "weak where the champion is", "few in a slice"],
)
def test_a_challenger_that_is_no_worse_passes(found: TestRows, kinds: dict[str, np.ndarray]) -> None:
    assert judged(found, kinds).refusals == ()


@pytest.mark.parametrize("check", FAULTS)
def test_each_check_refuses_the_fault_planted_for_it(check: str) -> None:
    found, kinds, _ = FAULTS[check]
    assert [refusal.split(":")[0] for refusal in judged(found, kinds).refusals] == [check]


@pytest.mark.parametrize("check", FAULTS)
def test_a_gate_without_a_check_lets_its_fault_through(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found, kinds, name = FAULTS[check]
    several = name in ("_baseline", "_slices")
    passes: Callable[..., object] = lambda *_: iter(()) if several else Finding(check, True, "")  # noqa: E731
    monkeypatch.setattr(module, name, passes)
    assert judged(found, kinds).refusals == ()


def test_a_lower_auc_that_may_be_chance_is_tolerated_up_to_the_loss_allowed() -> None:
    found = rows(CHANCE, blurred(0.06)).take(np.arange(ROWS) < 400)  # by luck the blurred one ranks better here
    lead = judged(found).difference["roc_auc"]
    assert lead.value < 0 < lead.high
    assert judged(found, auc_loss=-lead.value).refusals == ()
    assert [each[:4] for each in judged(found, auc_loss=-lead.value / 2).refusals] == ["AUC:"]


def test_a_challenger_that_is_surely_worse_is_refused_whatever_the_loss_allowed() -> None:
    found, kinds, _ = FAULTS["AUC"]
    assert judged(found, kinds, auc_loss=0.0).difference["roc_auc"].high < 0
    assert [each[:4] for each in judged(found, kinds, auc_loss=0.5).refusals] == ["AUC:"]


def test_what_cannot_be_told_is_refused() -> None:
    nobody = rows(CHANCE, CHANCE).take(LABEL == 1)
    assert [each[:4] for each in judged(nobody).refusals] == ["AUC:"]


def test_small_slices_are_not_looked_at_and_more_slices_ask_for_more_certainty() -> None:
    assert [each.check for each in judged(SAME, FEW).findings] == ["AUC", "Brier score", "calibration", "best baseline"]
    many = {str(number): np.where(SMALL, "small", "") for number in range(10)}
    one, all_of_them = judged(FAULTS["size small"][0], KINDS), judged(FAULTS["size small"][0], many)
    assert len(all_of_them.findings) == 13
    wide, narrow = all_of_them.findings[-1].text, one.findings[-1].text
    assert wide != narrow and wide.split(" [")[0] == narrow.split(" [")[0]


@pytest.mark.slow
def test_models_that_are_as_good_are_seldom_refused() -> None:
    refused, part, kinds = 0, np.arange(ROWS) < 800, KINDS | {"region": (np.arange(ROWS) % 5).astype(str)}
    among = {name: of[part] for name, of in kinds.items()}
    for seed in range(20):
        random = np.random.default_rng(seed)
        first, second = (CHANCE + random.normal(0, 0.01, ROWS) for _ in range(2))
        found = replace(rows(first, second), label=(random.random(ROWS) < CHANCE).astype(float))
        refused += bool(judged(found.take(part), among).refusals)
    # the checks together are made for at most one in ten; then more than 5 of 20 come once in 90 times
    assert refused <= 5


def test_the_standard_interval_is_near_that_of_the_draws() -> None:
    drawn = module.redraw(np.arange(ROWS) // 2, LABEL, {MODEL: blurred(0.1), CHAMPION: CHANCE}, draws=400, seed=2)
    values = drawn.values[MODEL]["brier"] - drawn.values[CHAMPION]["brier"]
    counted, standard = interval(values), module._doubt(drawn, "brier", 1.96)
    assert standard.value == counted.value
    assert standard.low == pytest.approx(counted.low, abs=0.15 * (counted.high - counted.low))
    assert standard.high == pytest.approx(counted.high, abs=0.15 * (counted.high - counted.low))


def test_the_summary_holds_both_sides_and_every_finding() -> None:
    found = judged(BETTER, KINDS).summary()
    assert found["challenger"]["roc_auc"]["value"] > found["champion"]["roc_auc"]["value"]
    assert found["difference"]["roc_auc"]["low"] > 0
    assert [each["passed"] for each in found["findings"]] == [True] * 6
