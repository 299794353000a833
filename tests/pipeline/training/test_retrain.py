"""A scheduler's one call: nothing without new outcomes, else a training and a decision; and every exit code."""

import json
from dataclasses import replace
from datetime import date

import pytest

from features.errors import ModelProblem, NothingToDo
from pipeline.cli import main
from pipeline.config import Config
from pipeline.promotion.decision_log import read
from pipeline.promotion.decisions import Decision, Decisions
from pipeline.promotion.promotion import promote
from pipeline.promotion.refusals import refused_before
from pipeline.promotion.rollback import rollback
from pipeline.registry.champion import tracking_of
from pipeline.registry.tracking import CHALLENGER, CHAMPION, PREVIOUS
from pipeline.training.refusal import refuse
from pipeline.training.retrain import Learned, retrain
from tests.pipeline.contenders import (
    NAME,
    Trainings,
    failing,
    held,
)

pytestmark = pytest.mark.slow


def test_retraining_does_nothing_until_a_newer_cutoff_is_mature_then_trains_and_decides(waiting: Config) -> None:
    promote(waiting)
    with pytest.raises(NothingToDo, match=r"no newer mature cutoff(.|\n)*champion learned up to 20") as caught:
        retrain(waiting)
    assert caught.value.exit_code == 7
    rollback(waiting)
    outcome = retrain(waiting)
    assert held(waiting) == {CHAMPION: "3", PREVIOUS: "1"}
    found = outcome.summary()
    assert found["training"]["targets"]["churn"]["decision"]["outcome"] == "promoted"
    assert found["learned"]["churn"]["newest_cutoff"] > found["learned"]["churn"]["champion_cutoff"]
    assert isinstance(found["profile_warnings"], list)


def test_what_was_refused_is_not_trained_again_until_something_is_new(
    waiting: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing("AUC")(waiting, monkeypatch)
    with pytest.raises(ModelProblem, match="planted"):
        retrain(waiting)
    refused, lines = held(waiting)[CHALLENGER], len(read(waiting))
    assert refused == "3"
    with pytest.raises(NothingToDo, match=r"nothing new since a challenger was refused(.|\n)*version 3(.|\n)*planted"):
        retrain(waiting)
    assert (held(waiting)[CHALLENGER], len(read(waiting))) == (refused, lines), "nothing was trained or decided"
    tried: list[str] = []
    monkeypatch.setattr("pipeline.training.retrain.train", lambda *_, **__: tried.append("trained"))
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.promotion.refusals.code_digest", lambda: "other code")
        retrain(waiting)
    later = waiting.promotion.model_copy(update={"auc_loss": 0.5})
    retrain(waiting.model_copy(update={"promotion": later}))
    tracking_of(waiting).point(NAME, CHAMPION, "2")  # another champion, as far behind as the first
    line = refused_before(waiting, "churn", read(waiting)[-1]["work"], "2")
    assert (tried, line) == (["trained", "trained"], None)


def test_only_kinds_that_are_behind_and_not_refused_make_a_training_due() -> None:
    early, late = date(2024, 1, 1), date(2024, 2, 1)
    newest, line = {"churn": late, "partnership": late}, {"outcome": "refused"}
    assert Learned(newest, {"churn": early, "partnership": late}).due
    assert not Learned(newest, {"churn": early, "partnership": late}, {"churn": line}).due
    assert Learned(newest, {"churn": early, "partnership": early}, {"churn": line}).due
    assert Learned(newest, {"churn": None, "partnership": None}).behind == ["churn"]
    assert not Learned(newest, {"churn": late, "partnership": None}).due


def test_a_training_whose_challenger_is_refused_beside_the_champion_ends_with_the_refusal(
    two: Trainings,
) -> None:
    refused = Decision("", "churn", NAME, "2", "1", "refused", ("AUC: planted",))
    with pytest.raises(ModelProblem, match="AUC: planted"):
        refuse(two[2], Decisions("small", {"churn": refused}, "log"))
    told = replace(two[2].targets[0], decision=refused)
    assert told.ending == "small-churn version 2 was not promoted: AUC: planted"
    assert told.summary()["promoted"] is False


def test_exit_codes_and_documents_of_the_commands(
    waiting: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("promote", "rollback", "retrain"):
        monkeypatch.setattr(f"pipeline.commands.{name}.configured", lambda _: waiting)

    def ran(*arguments: str) -> tuple[int, dict[str, object]]:
        code = main([*arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert ran("promote", "--force")[0] == 2
    with monkeypatch.context() as patch:
        failing("AUC")(waiting, patch)
        code, refused = ran("promote")
        assert code == 4 and "roc_auc" in str(refused["problem"])
    code, moved = ran("promote", "--target", "churn")
    assert (code, moved["decisions"]["churn"]["outcome"]) == (0, "promoted")  # type: ignore[index]
    assert ran("promote")[0] == ran("retrain")[0] == 7
    assert ran("rollback", "--reason", "trying")[0] == 0
    assert ran("rollback")[0] == 7
