"""Who scores: challengers are promoted, refused or forced, and every decision is written down."""

import json

import pytest

from features.errors import BusyProblem, ModelProblem, NothingToDo, UsageProblem
from pipeline.config import Config
from pipeline.matrices.tasks import tasks
from pipeline.promotion import promotion
from pipeline.promotion import rollback as rolling
from pipeline.promotion.decision_log import deciding, read
from pipeline.promotion.decisions import Decision
from pipeline.promotion.problems import Overruling
from pipeline.promotion.promotion import promote
from pipeline.promotion.rollback import rollback
from pipeline.registry import champion
from pipeline.registry.champion import tracking_of
from pipeline.registry.tracking import CHALLENGER, CHAMPION
from tests.pipeline.contenders import (
    FORCED,
    MOVED,
    NAME,
    WAITING,
    Plant,
    Trainings,
    damaged_champion,
    failing,
    held,
    tagged,
    without_stand_ins,
)

pytestmark = pytest.mark.slow


def decided(config: Config, **given: object) -> Decision:
    return promote(config, **given).decisions["churn"]  # type: ignore[arg-type]


AGAINST = [
    (tagged("no signal: its AUC cannot be told from 0.5"), "no signal"),
    (failing("size 1 smallest third"), "size 1 smallest third: planted"),
    (without_stand_ins, "too few rows that neither learned from"),
    (damaged_champion, "champion's files are not those that were registered"),
]


def test_a_training_leaves_the_champion_and_registers_a_challenger(
    two: Trainings,
) -> None:
    config, first, second = two
    assert held(config) == WAITING
    assert (first.targets[0].promoted, second.targets[0].promoted) == (True, False)
    assert "challenger: small-churn version 2; the champion stays until moorings promote" in second.text()
    assert [line["outcome"] for line in read(config)] == ["promoted"]


def test_a_challenger_that_passes_takes_the_place_and_the_numbers_are_kept(waiting: Config) -> None:
    decision = decided(waiting)
    assert (decision.outcome, decision.champion, decision.against) == ("promoted", "1", ())
    assert held(waiting) == MOVED
    line, tags = read(waiting)[-1], tracking_of(waiting)._client.get_model_version(NAME, "2").tags
    assert line == json.loads(json.dumps(decision.summary()))
    found = line["compared"]
    assert found["difference"]["roc_auc"]["low"] <= found["difference"]["roc_auc"]["value"]
    assert {"AUC", "Brier score", "calibration", "best baseline"} < {each["check"] for each in found["findings"]}
    assert tags["decision.outcome"] == "promoted"
    assert tags["decision.rows"] == str(found["rows"])
    assert tags["decision.roc_auc_difference"] == str(
        decision.compared and decision.compared.gate.difference["roc_auc"]
    )
    with pytest.raises(NothingToDo, match="no version with the alias challenger"):
        promote(waiting)


@pytest.mark.parametrize(("plant", "words"), AGAINST, ids=[words for _, words in AGAINST])
def test_what_speaks_against_a_challenger_keeps_the_champion_unless_forced(
    waiting: Config,
    monkeypatch: pytest.MonkeyPatch,
    plant: Plant,
    words: str,
) -> None:
    plant(waiting, monkeypatch)
    decisions = promote(waiting)
    assert decisions.decisions["churn"].outcome == "refused"
    assert held(waiting) == WAITING
    problem = decisions.problem()
    assert problem is not None and problem.exit_code == 4 and words in str(problem)
    assert (read(waiting)[-1]["outcome"], len(read(waiting))) == ("refused", 2)
    assert decided(waiting, overruling=FORCED).outcome == "forced"
    assert held(waiting) == MOVED
    line = read(waiting)[-1]
    assert (line["outcome"], line["reason"]) == ("forced", "the warehouse moved")
    assert words in "; ".join(line["against"])


def test_a_leak_is_promoted_neither_by_its_numbers_nor_by_force(waiting: Config) -> None:
    tracking = tracking_of(waiting)
    tagged("leakage alarm: gap_last alone ranks")(waiting, pytest.MonkeyPatch())
    tracking._client.log_metric(tracking._client.get_model_version(NAME, "2").run_id, "leakage_alarms", 1)
    for overruling in (Overruling(), FORCED):
        decisions = promote(waiting, overruling=overruling)
        assert "leakage alarm: gap_last" in str(decisions.problem())
        assert held(waiting) == WAITING
    assert [line["outcome"] for line in read(waiting)] == ["promoted", "forbidden", "forbidden"]


def test_force_asks_for_a_reason_before_anything_is_read(waiting: Config) -> None:
    for reason in ("", "  "):
        with pytest.raises(UsageProblem, match="Force needs a reason"):
            promote(waiting, overruling=Overruling(force=True, reason=reason))
    with pytest.raises(UsageProblem, match="no such target"):
        promote(waiting, ["partnership"])
    assert held(waiting) == WAITING


def test_a_champion_of_other_definitions_cannot_score_and_is_no_rival(
    waiting: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = champion._check_scope

    def outdated(scope: object, task: object, config: Config, registered: object, role: str) -> None:
        wrong = config.model_copy(update={"time": config.time.model_copy(update={"gap_days": 9})})
        right(scope, tasks(wrong)["churn"] if role == CHAMPION else task, config, registered, role)  # type: ignore[arg-type]

    monkeypatch.setattr(champion, "_check_scope", outdated)
    decision = decided(waiting)
    assert (decision.outcome, decision.compared) == ("promoted", None)
    assert "the champion can no longer score" in decision.note


def test_the_same_model_again_is_nothing_to_promote(waiting: Config) -> None:
    tracking = tracking_of(waiting)
    first = tracking._client.get_model_version(NAME, "1")
    again = tracking._client.create_model_version(NAME, first.source, run_id=first.run_id, tags=dict(first.tags))
    tracking.point(NAME, CHALLENGER, str(again.version))
    with pytest.raises(NothingToDo, match="version 3 is, digit for digit, champion 1"):
        promote(waiting)
    assert held(waiting) == {CHAMPION: "1"}
    assert read(waiting)[-1]["outcome"] == "unchanged"


def test_a_challenger_whose_files_are_not_its_own_is_not_even_looked_at(waiting: Config) -> None:
    tracking_of(waiting).mark(NAME, "2", {"digest": "0" * 64})
    with pytest.raises(ModelProblem, match="challenger's files are not those"):
        promote(waiting, overruling=FORCED)
    assert (held(waiting), len(read(waiting))) == (WAITING, 1)


@pytest.mark.parametrize("moment", ["while comparing", "while moving"])
def test_a_champion_that_another_machine_exchanges_meanwhile_is_left_alone(
    waiting: Config, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    tracking = tracking_of(waiting)
    first = tracking._client.get_model_version(NAME, "1")
    third = str(tracking._client.create_model_version(NAME, first.source, run_id=first.run_id).version)
    name = "judged" if moment == "while comparing" else "crown"
    whole = getattr(promotion, name)

    def meanwhile(*given: object) -> object:
        result = whole(*given)
        tracking.point(NAME, CHAMPION, third)  # no lock of this machine keeps another one from it
        return result

    monkeypatch.setattr(promotion, name, meanwhile)
    with pytest.raises(BusyProblem, match="exchanged by somebody else") as caught:
        promote(waiting)
    assert caught.value.exit_code == 6
    assert held(waiting)[CHAMPION] == third
    lines = [line["outcome"] for line in read(waiting)]
    assert lines == (["promoted"] if moment == "while comparing" else ["promoted", "promoted"])


def test_a_rollback_leaves_a_champion_alone_that_was_exchanged_meanwhile(
    waiting: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    promote(waiting)
    tracking, whole = tracking_of(waiting), rolling.load_side
    first = tracking._client.get_model_version(NAME, "1")
    third = str(tracking._client.create_model_version(NAME, first.source, run_id=first.run_id).version)

    def meanwhile(*given: object) -> object:
        tracking.point(NAME, CHAMPION, third)
        return whole(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(rolling, "load_side", meanwhile)
    with pytest.raises(BusyProblem, match="exchanged by somebody else"):
        rollback(waiting)
    assert held(waiting)[CHAMPION] == third


def test_who_comes_second_is_told_that_somebody_decides(waiting: Config) -> None:
    for work in (promote, rollback):
        with deciding(waiting), pytest.raises(BusyProblem):
            work(waiting)
    assert held(waiting) == WAITING
