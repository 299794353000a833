"""A scheduler's one call: nothing without new outcomes, else a training and a decision; and every exit code."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from features.errors import BusyProblem, ModelProblem, NothingToDo
from models.bundle import BUNDLE, DIGESTS, canonical, digest
from pipeline.cli import main
from pipeline.config import Config
from pipeline.promotion.decision_log import read, retraining
from pipeline.promotion.decisions import Decision, Decisions
from pipeline.promotion.promotion import promote
from pipeline.promotion.refusals import refused_before
from pipeline.promotion.rollback import rollback
from pipeline.registry.champion import tracking_of
from pipeline.registry.served import FILES
from pipeline.registry.tracking import CHALLENGER, CHAMPION, PREVIOUS
from pipeline.scoring.score import score
from pipeline.training.learned import Learned
from pipeline.training.refusal import refuse
from pipeline.training.retrain import retrain
from tests.pipeline.contenders import (
    NAME,
    Trainings,
    failing,
    held,
)
from tests.pipeline.supplier import END

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
    outdated = {"partnership": "champion can no longer score"}
    assert Learned(newest, {"churn": late, "partnership": None}, outdated=outdated).behind == ["partnership"]
    assert not Learned(newest, {"churn": late, "partnership": None}, {"partnership": line}, outdated).due


def test_a_champion_of_another_version_is_replaced_before_a_newer_cutoff_is_mature(waiting: Config) -> None:
    promote(waiting)
    rewritten(waiting, format=1)
    with pytest.raises(ModelProblem, match=r"another version of moorings(.|\n)*format 1(.|\n)*train --promote"):
        score(waiting, END)
    outcome = retrain(waiting)
    assert held(waiting) == {CHAMPION: "3", PREVIOUS: "2"}
    assert "champion can no longer score: The model was written by another version" in outcome.text()
    with pytest.raises(NothingToDo):
        retrain(waiting)


def test_of_two_retrainings_at_once_the_second_is_told_so_before_it_reads(
    waiting: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.training.retrain.read_store", lambda _: pytest.fail("it was read"))
    with retraining(waiting), pytest.raises(BusyProblem, match="Another process is retraining the models of small"):
        retrain(waiting)


def rewritten(config: Config, **changed: object) -> None:
    """The champion's files as another version would have written them, and registered them."""
    tracking = tracking_of(config)
    champion = tracking.champion(NAME)
    assert champion is not None
    folder = Path(shutil.copytree(champion.folder, config.runs / "other" / FILES))
    bundle = canonical(json.loads((folder / BUNDLE).read_text()) | changed)
    listed = canonical(json.loads((folder / DIGESTS).read_text()) | {BUNDLE: digest(bundle)})
    (folder / BUNDLE).write_bytes(bundle)
    (folder / DIGESTS).write_bytes(listed)
    tracking.mark(NAME, champion.version, {"digest": digest(listed)})
    kept = f"UPDATE runs SET artifact_uri = '{folder.parent.as_uri()}' WHERE run_uuid = '{champion.run_id}'"
    with closing(sqlite3.connect(config.runs / "tracking.db")) as database, database:
        database.execute(kept)


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
