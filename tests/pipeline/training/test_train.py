"""Training promotes what beats the baselines, keeps what does not, and says clearly why it cannot."""

import json
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from features.engine.store import LineStore
from features.errors import DataProblem, ModelProblem, UsageProblem
from models.linear import Linear
from models.propensity import Propensity
from models.stored import load_model
from pipeline.config import Config
from pipeline.evaluation.known_outcomes import FILE
from pipeline.matrices.dataset import Dataset, build_dataset
from pipeline.matrices.tasks import tasks
from pipeline.promotion.compare import compare_runs
from pipeline.registry.champion import load_champion, tracking_of
from pipeline.scoring.score import score
from pipeline.sources.fingerprint import fingerprints
from pipeline.sources.history import read_history
from pipeline.training.contest import candidates
from pipeline.training.learnable import split_of
from pipeline.training.outcome import TrainOutcome, totals
from pipeline.training.train import train
from tests.pipeline.supplier import END, configured, lines

pytestmark = pytest.mark.slow
Trained = tuple[Config, TrainOutcome]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    config = changed(configured(tmp_path_factory.mktemp("train"), lines()), checks="full")
    return config, train(config)


def changed(config: Config, **training: object) -> Config:
    """The configuration with some settings of its training changed."""
    return config.model_copy(update={"training": config.training.model_copy(update=training)})


def test_the_champion_is_the_model_fitted_on_every_mature_cutoff(trained: Trained) -> None:
    config, outcome = trained
    churn = outcome.targets[0]
    champion = load_champion(tracking_of(config), "small-churn", tasks(config)["churn"], config)
    assert champion is not None
    assert champion.registered == churn.model
    assert max(churn.trained_cutoffs) == max(churn.test.overall.cutoffs)
    assert champion.model.scope.rows == churn.trained_rows > churn.test.overall.pooled.rows


def test_no_training_label_reaches_into_the_test(trained: Trained) -> None:
    config, outcome = trained
    store, task = LineStore.from_history(read_history(config).history), tasks(config)["churn"]
    parts = split_of(store, task, config)
    assert parts.train[-1] + timedelta(days=task.window.days_to_maturity) <= parts.test[0]
    assert [str(day) for day in parts.test] == list(outcome.targets[0].test.overall.cutoffs)


def test_the_run_holds_metrics_per_cutoff_plots_and_fingerprints_but_no_customer(trained: Trained) -> None:
    config, outcome = trained
    tracking, churn = tracking_of(config), outcome.targets[0]
    run = tracking._client.get_run(churn.model.run_id)
    files = {path.name for path in churn.model.folder.parent.rglob("*") if path.is_file()}
    assert {"calibration.png", "gain.png", "importance.png", "profit.png", "ageing.png"} <= files
    assert {"test.json", "checks.json", "report.md", "test_rows.parquet", "account.json", "booster.txt"} <= files
    account = json.loads(next(churn.model.folder.parent.rglob("account.json")).read_text())
    assert account == outcome.summary()["account"]
    assert (account["rows_used"], account["optional_tables"]) == (len(lines()), {})
    assert "audit_strength_roc_auc" in run.data.metrics
    assert run.data.metrics["test_roc_auc"] == pytest.approx(churn.test.overall.auc)
    steps = [point.step for point in tracking._client.get_metric_history(run.info.run_id, "cutoff_roc_auc")]
    assert steps == [int(day.replace("-", "")) for day in churn.test.overall.cutoffs]
    assert len(run.data.tags["input_fingerprint"]) == 64
    assert "customer 0" not in str(run.data.params) + str(run.data.tags)
    assert run.data.params["training.tuning.trials"] == "0"
    assert run.data.params["features.count"] == str(len(load_model(churn.model.folder).names))
    digests = fingerprints(read_history(config).history)
    (entry,) = run.inputs.dataset_inputs
    assert digests[0].startswith(entry.dataset.digest) and len(entry.dataset.digest) == 36
    rows = len(lines())
    assert json.loads(entry.dataset.profile) == {"num_rows": rows, "rows": {"order_lines": rows}, "currency": ""}
    assert {tag.key for tag in entry.tags} == {"mlflow.data.context", "target", "rows", "cutoffs"}
    assert (run.data.tags["input_fingerprint"], {"order_lines": run.data.tags["fingerprint.order_lines"]}) == digests


def test_partnership_is_measured_among_stayers_beside_staying_itself(trained: Trained) -> None:
    config = changed(trained[0], targets=["partnership"], checks="quick")
    store = LineStore.from_history(read_history(config).history)
    (candidate,) = candidates(store, config)[0]
    stayers = candidate.test.stayers
    assert stayers is not None
    assert 0 < stayers.pooled.rows < candidate.test.overall.pooled.rows
    assert {"stays", "spend", "order_count"} <= set(stayers.pooled.figures)
    assert totals(candidate.test)["stayers_roc_auc"] == stayers.auc
    for part in (candidate.test.overall, stayers):
        lead = part.shown["stays"]
        assert lead.value == pytest.approx(part.auc - part.pooled.figures["stays"]["roc_auc"])
        assert lead.low <= lead.value <= lead.high
    assert "stays" not in candidate.test.rows.baselines + candidate.test.rows.peers, "it has no say"


def test_the_report_tells_what_was_tested_where_it_is_weak_and_both_sides_of_strength(trained: Trained) -> None:
    _, outcome = trained
    page = (outcome.targets[0].model.folder.parent / "report.md").read_text()
    for title in ("on whom", "beside its rivals", "Calibration", "weak", "ages", "Leakage", "Strength", "Profit"):
        assert f"{title}" in page.replace("# small", "")
    assert "Strength does" in page
    assert "stands in for strength" in page
    assert "passed: it may take the champion's place" in page
    assert "nan" not in page


def test_runs_are_compared_by_version_and_by_id_and_hold_no_customer(trained: Trained) -> None:
    config, outcome = trained
    churn = outcome.targets[0]
    (contest,) = compare_runs("small-churn/1", churn.model.run_id, config).contests
    assert contest.rows == churn.test.overall.pooled.rows
    assert contest.first["roc_auc"].value == pytest.approx(churn.test.overall.auc)
    assert {found.value for found in contest.difference.values()} == {0.0}
    kept = tracking_of(config).artefact("small-churn/1", FILE).read_bytes()
    assert b"customer 0" not in kept
    with pytest.raises(UsageProblem, match=r"no such run or registered version(.|\n)*small-churn/9"):
        compare_runs("small-churn/1", "small-churn/9", config)


def test_a_feature_from_the_future_is_kept_from_scoring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaking(*given: Any, **named: Any) -> Dataset:
        data = build_dataset(*given, **named)
        values = data.values.copy(order="F")
        values[:, data.names.index("gap_last")] = np.nan_to_num(data.label) * 9
        return replace(data, values=values)

    monkeypatch.setattr("pipeline.training.contest.build_dataset", leaking)
    config = configured(tmp_path, lines(120))
    with pytest.raises(ModelProblem, match=r"not promoted: leakage alarm: gap_last alone ranks") as caught:
        train(config)
    assert caught.value.exit_code == 4
    assert '[training] trusted_features = ["gap_last"' in caught.value.todo
    assert tracking_of(config).champion("small-churn") is None


def test_few_customers_are_scored_by_a_baseline_that_says_so(tmp_path: Path) -> None:
    config = changed(configured(tmp_path, lines(120)), min_eligible=10_000)
    outcome = train(config)
    churn = outcome.targets[0]
    assert "stands in for boosting" in churn.note
    assert "fewer than 10,000" in outcome.text()
    assert "boosting" in churn.test.overall.pooled.figures
    champion = load_champion(tracking_of(config), "small-churn", tasks(config)["churn"], config)
    assert champion is not None and isinstance(champion.model, Linear)
    assert champion.label == f"small-churn 1 (baseline {champion.model.title})"
    table = score(config, END).worth_a_call
    assert all(0 < row["churn_probability"] < 1 and row["reasons"] for row in table)
    served = tracking_of(config)._mlflow.pyfunc.load_model("models:/small-churn/1")
    frame = pd.DataFrame([[10.0] * len(champion.model.names)], columns=list(champion.model.names))
    own = champion.model.probability(frame.to_numpy(np.float32))
    assert served.predict(frame)["probability"].to_numpy() == pytest.approx(own)


def test_summary_and_text_tell_the_same(trained: Trained) -> None:
    _, outcome = trained
    found = outcome.summary()["targets"]["churn"]
    assert found["promoted"] is True
    assert f"{found['test']['pooled']['model']['roc_auc']:.3f}" in outcome.text()


def test_the_same_history_gives_the_same_model(trained: Trained, tmp_path: Path) -> None:
    _, outcome = trained
    again = changed(configured(tmp_path, lines(), targets=("churn",)), threads=1)
    assert train(again).targets[0].model.digest == outcome.targets[0].model.digest
    assert Propensity.load(outcome.targets[0].model.folder).settings.threads == 1


def one_pace(*, leaves: bool) -> pa.Table:
    """Customers without any difference: everybody orders every 10 days to the end, or until day 400."""
    table = lines(80, leaves=0)
    days = np.arange(0, 890, 10)
    customer = np.repeat([f"c{i}" for i in range(80)], days.size)
    day = np.tile(days, 80)
    kept = day < (400 if leaves else 900)
    dates = pa.array(day[kept] + 18_600, pa.int32()).cast(pa.date32())
    found = pa.table(
        {"customer": customer[kept], "day": dates, "product": ["p"] * kept.sum(), "amount": [1.0] * kept.sum()}
    )
    return found.cast(table.schema)


def nobody_returns() -> pa.Table:
    """Customers of three quick orders who are never seen again: at every cutoff everybody has left."""
    start = np.arange(600)
    day = np.concatenate([start, start + 1, start + 2, [880]])
    customer = [*[f"c{i}" for i in range(600)] * 3, "late"]
    dates = pa.array(day + 18_600, pa.int32()).cast(pa.date32())
    return pa.table({"customer": customer, "day": dates, "product": ["p"] * day.size, "amount": [1.0] * day.size})


@pytest.mark.parametrize(
    ("table", "kind", "named"),
    [
        (lines(1, leaves=0), DataProblem, r"too few eligible customers(.|\n)*of 1 customers"),
        (one_pace(leaves=False), ModelProblem, r"Every outcome is the same(.|\n)* 0 of [\d,]+ rows(.|\n)*\"partial\""),
        (nobody_returns(), ModelProblem, r"Every outcome is the same(.|\n)*a longer \[time\] horizon_days"),
    ],
    ids=["one customer", "no churn at all", "only churn"],
)
def test_too_little_is_named_and_nothing_is_kept(tmp_path: Path, table: pa.Table, kind: type, named: str) -> None:
    config = configured(tmp_path, table)
    with pytest.raises(kind, match=named):
        train(config)
    assert not (tmp_path / "runs" / "tracking.db").exists()
    assert not (tmp_path / "runs" / "artefacts").exists()


def test_a_horizon_longer_than_the_history_is_named(tmp_path: Path) -> None:
    config = configured(tmp_path, lines(50))
    config = config.model_copy(update={"time": config.time.model_copy(update={"horizon_days": 2000})})
    with pytest.raises(DataProblem, match=r"too short(.|\n)*2021-01-(.|\n)*about 4,124 days"):
        train(config)


def test_a_history_without_signal_is_kept_but_not_promoted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    # everybody orders by the same coin: who is silent next is nobody's habit
    random = np.random.default_rng(0)
    customers, days = np.nonzero(random.random((200, 900)) < 1 / 45)
    dates = pa.array(days + 18_600, pa.int32()).cast(pa.date32())
    table = pa.table(
        {
            "customer": [f"c{i}" for i in customers],
            "day": dates,
            "product": ["p"] * days.size,
            "amount": [9.0] * days.size,
        }
    )
    config = configured(tmp_path, table)
    with pytest.raises(ModelProblem, match=r"churn model was not promoted: no signal") as caught:
        train(config)
    assert caught.value.exit_code == 4
    assert "AUC 0." in str(caught.value.got)
    assert (
        "base rate" in caplog.text and "mlflow ui --backend-store-uri" in caplog.text
    )  # the report is told all the same
    tracking = tracking_of(config)
    assert tracking.champion("small-churn") is None
    assert len(tracking._client.search_model_versions("name='small-churn'")) == 1


def test_without_amounts_partnership_is_left_out_and_churn_is_trained(tmp_path: Path) -> None:
    config = configured(tmp_path, lines(), amounts=False, targets=("churn", "partnership"))
    outcome = train(config)
    assert [target.kind for target in outcome.targets] == ["churn"]
    assert "partnership" in outcome.left_out
    assert "partnership is left out" in outcome.text()
