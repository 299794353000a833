"""Who scores: challengers are promoted, refused, forced and rolled back, and every decision is written down."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from features.errors import BusyProblem, ModelProblem, NothingToDo, UsageProblem
from models.evaluation.comparison import MODEL
from models.evaluation.gate import Finding, gate
from pipeline import champion
from pipeline.champion import tracking_of
from pipeline.cli import main
from pipeline.config import Config
from pipeline.dataset import tasks
from pipeline.decision_log import deciding, read
from pipeline.decisions import Decision, Decisions
from pipeline.evidence import Beside
from pipeline.promotion import REFUSAL, Grounds, load_side, promote
from pipeline.promotion_problems import Overruling
from pipeline.promotion_rows import REGISTERED, STAND_IN, Judged, Side, closes, judged
from pipeline.retrain import retrain
from pipeline.rollback import rollback
from pipeline.tracking import CHALLENGER, CHAMPION, PREVIOUS, Tracking
from pipeline.train import TrainOutcome, _refuse, train
from tests.pipeline.supplier import configured, known_before, lines, quick

pytestmark = pytest.mark.slow
NAME = "small-churn"
FORCED = Overruling(force=True, reason="the warehouse moved")
TABLE = lines(160)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Config, TrainOutcome, TrainOutcome]:
    """Version 1, champion, of a history without its last 100 days, and version 2, challenger, of all of it."""
    folder = tmp_path_factory.mktemp("two")
    first = train(quick(configured(folder, known_before(TABLE, 100))))
    config = quick(configured(folder, TABLE))
    return config, first, train(config)


@pytest.fixture
def waiting(two: tuple[Config, TrainOutcome, TrainOutcome], tmp_path: Path) -> Config:
    """The two versions in a tracking database of one's own; artefacts stay where they are."""
    shutil.copytree(two[0].runs, tmp_path / "runs", ignore=shutil.ignore_patterns("artefacts"))
    return two[0].model_copy(update={"storage": two[0].storage.model_copy(update={"folder": str(tmp_path / "runs")})})


def held(config: Config) -> dict[str, str]:
    return tracking_of(config).aliases(NAME)


def decided(config: Config, **given: object) -> Decision:
    return promote(config, **given).decisions["churn"]  # type: ignore[arg-type]


WAITING = {CHAMPION: "1", CHALLENGER: "2"}
MOVED = {CHAMPION: "2", PREVIOUS: "1"}


def tagged(text: str) -> Callable[[Config, pytest.MonkeyPatch], None]:
    return lambda config, patch: tracking_of(config).mark(NAME, "2", {REFUSAL: text})


def failing(check: str) -> Callable[[Config, pytest.MonkeyPatch], None]:
    """The gate with one more finding."""

    def plant(config: Config, patch: pytest.MonkeyPatch) -> None:
        def planted(*rows: object, **settings: object) -> object:
            found = gate(*rows, **settings)  # type: ignore[arg-type]
            return replace(found, findings=(*found.findings, Finding(check, False, "planted")))

        patch.setattr("pipeline.promotion.gate", planted)

    return plant


def without_stand_ins(config: Config, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("pipeline.promotion.load_held_out", lambda *_: None)


def damaged_champion(config: Config, patch: pytest.MonkeyPatch) -> None:
    tracking_of(config).mark(NAME, "1", {"digest": "0" * 64})


AGAINST = [
    (tagged("no signal: its AUC cannot be told from 0.5"), "no signal"),
    (failing("size 1 smallest third"), "size 1 smallest third: planted"),
    (without_stand_ins, "too few rows that neither learned from"),
    (damaged_champion, "champion's files are not those that were registered"),
]


def test_a_training_leaves_the_champion_and_registers_a_challenger(
    two: tuple[Config, TrainOutcome, TrainOutcome],
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
    plant: Callable[[Config, pytest.MonkeyPatch], None],
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
    digest = tracking.champion(NAME).digest  # type: ignore[union-attr]
    tracking.point(NAME, CHALLENGER, "1")
    with pytest.raises(NothingToDo):
        promote(waiting)
    tracking.point(NAME, CHALLENGER, "2")
    tracking.mark(NAME, "2", {"digest": digest})
    with pytest.raises(ModelProblem, match="challenger's files are not those"):
        promote(waiting)
    assert tracking.aliases(NAME)[CHAMPION] == "1"


def test_rollback_restores_the_champion_once_and_says_so(waiting: Config) -> None:
    with pytest.raises(NothingToDo, match="nothing to roll back to"):
        rollback(waiting)
    promote(waiting)
    decision = rollback(waiting, reason="too many alarms").decisions["churn"]
    assert (decision.version, decision.champion, held(waiting)) == ("1", "2", {CHAMPION: "1"})
    line = read(waiting)[-1]
    assert (line["outcome"], line["version"], line["reason"]) == ("rolled back", "1", "too many alarms")
    assert "too many alarms" in tracking_of(waiting)._client.get_model_version(NAME, "2").tags["rolled_back"]
    with pytest.raises(NothingToDo, match="champions: churn version 1"):
        rollback(waiting)


def test_a_damaged_previous_model_is_not_rolled_back_to(waiting: Config) -> None:
    promote(waiting)
    damaged_champion(waiting, pytest.MonkeyPatch())
    with pytest.raises(ModelProblem, match="previous model's files"):
        rollback(waiting)
    assert held(waiting) == MOVED


def test_who_comes_second_is_told_that_somebody_decides(waiting: Config) -> None:
    for work in (promote, rollback):
        with deciding(waiting), pytest.raises(BusyProblem):
            work(waiting)
    assert held(waiting) == WAITING


@pytest.mark.parametrize("calls", range(4))
def test_a_promotion_killed_anywhere_leaves_a_champion_and_is_finished_by_the_next(
    waiting: Config, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    left = [calls]

    def killing(name: str) -> Callable[..., None]:
        right = getattr(Tracking, name)

        def change(self: Tracking, *given: object) -> None:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            right(self, *given)

        return change

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        for name in ("mark", "point", "drop"):
            patch.setattr(Tracking, name, killing(name))
        promote(waiting)
    assert CHAMPION in held(waiting)
    assert read(waiting)[-1]["outcome"] == "promoted"  # the line comes before the move
    try:
        promote(waiting)
    except NothingToDo:
        assert calls == 3  # all but the challenger's alias had moved
    assert held(waiting) == MOVED


def sides(config: Config) -> tuple[Side, Side]:
    grounds = Grounds.of(config)
    found = [load_side(grounds, "churn", alias) for alias in (CHALLENGER, CHAMPION)]
    assert all(found)
    return found[0], found[1]  # type: ignore[return-value]


def compared(config: Config, challenger: Side, champion: Side) -> Judged:
    store, task = Grounds.of(config).found.store, tasks(config)["churn"]
    return judged(challenger, champion, store, Beside(regions={"customer 0001": "north"}), task, config)


def test_both_are_judged_where_neither_has_learned_and_by_the_strongest_model_that_may(waiting: Config) -> None:
    challenger, old = sides(waiting)
    task = tasks(waiting)["churn"]
    found = compared(waiting, challenger, old)
    assert (found.challenger_by, found.champion_by) == (STAND_IN, REGISTERED)
    assert min(found.cutoffs) >= str(closes(old.model, task))
    assert challenger.held_out is not None and closes(challenger.held_out, task) <= closes(challenger.model, task)
    # a champion that has learned to the end is judged by the model tested in its stead, at every test cutoff
    young = compared(waiting, challenger, replace(old, model=challenger.model))
    assert (young.challenger_by, young.champion_by) == (STAND_IN, STAND_IN)
    assert set(young.cutoffs) >= set(found.cutoffs)
    assert len(young.cutoffs) == waiting.training.test_cutoffs
    # a challenger that has learned nothing of the cutoffs is judged itself
    assert compared(waiting, replace(challenger, model=old.model), old).challenger_by == REGISTERED


def test_the_rows_hold_the_probabilities_of_either_side_the_baselines_and_every_kind(waiting: Config) -> None:
    challenger, old = sides(waiting)
    rows, turned = compared(waiting, challenger, old).rows, compared(waiting, old, replace(challenger, model=old.model))
    assert (rows.label == turned.rows.label).all()
    np.testing.assert_array_equal(rows.scores[CHAMPION], turned.rows.scores[MODEL])
    assert not np.array_equal(rows.scores[MODEL], rows.scores[CHAMPION])
    assert {"recency", "order_count"} <= set(rows.baselines)
    assert set(turned.kinds) == {"size", "tenure", "evidence", "region"}
    assert {each.size for each in turned.kinds.values()} == {rows.label.size}


def test_a_gate_that_sees_what_was_learned_is_prevented_by_the_days_alone(
    waiting: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenger, old = sides(waiting)
    honest = compared(waiting, challenger, replace(old, model=challenger.model))
    monkeypatch.setattr("pipeline.promotion_rows.closes", lambda model, task: date.min)  # the mutant: it forgets to ask
    assert honest.champion_by == STAND_IN
    assert compared(waiting, challenger, replace(old, model=challenger.model)).champion_by == REGISTERED


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
    two: tuple[Config, TrainOutcome, TrainOutcome],
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
