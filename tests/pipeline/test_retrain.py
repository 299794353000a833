"""A scheduler's one call: nothing without new outcomes, else a training and a decision; and every exit code."""

import json
from dataclasses import replace

import pytest

from features.errors import ModelProblem, NothingToDo
from pipeline.cli import main
from pipeline.config import Config
from pipeline.decisions import Decision, Decisions
from pipeline.promotion import promote
from pipeline.retrain import retrain
from pipeline.rollback import rollback
from pipeline.tracking import CHAMPION, PREVIOUS
from pipeline.train import _refuse
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


def test_a_training_whose_challenger_is_refused_beside_the_champion_ends_with_the_refusal(
    two: Trainings,
) -> None:
    refused = Decision("", "churn", NAME, "2", "1", "refused", ("AUC: planted",))
    with pytest.raises(ModelProblem, match="AUC: planted"):
        _refuse(two[2], Decisions("small", {"churn": refused}, "log"))
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
