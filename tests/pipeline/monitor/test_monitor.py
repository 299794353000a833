"""A whole check: quiet where nothing changed, exit 5 where something did, and what past exports promised is held."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from features.catalogue import FEATURES
from features.engine.store import day_number
from features.errors import ModelProblem, NothingToDo
from models.explanation.sentence import Sentence
from pipeline.cli import main
from pipeline.config import Config
from pipeline.contract.predictions import SCHEMA
from pipeline.export.store import PredictionStore
from pipeline.matrices.known_history import KnownHistory
from pipeline.matrices.tasks import tasks
from pipeline.monitor import drift
from pipeline.monitor.drift import OURS, Watched, inputs, labels, scores
from pipeline.monitor.files import keep, monitored, read_checks, since_when
from pipeline.monitor.finding import Checked, Finding, Section
from pipeline.monitor.monitor import monitor
from pipeline.monitor.page import page
from pipeline.monitor.performance import RealisedExport, paired, performance, spread, trend
from pipeline.outcomes.tiers import outcome_at
from pipeline.process.run_id import run_id
from pipeline.registry.champion import load_champion, model_name, tracking_of
from pipeline.sources.store import read_store
from tests.pipeline.prediction_rows import prediction
from tests.pipeline.still_english import still_english
from tests.pipeline.supplier import END, configured, lines

DAY = date(2024, 6, 30)


@pytest.fixture
def watched(unscored: Config) -> Iterator[Watched]:
    found = read_store(unscored)
    task = tasks(unscored)["churn"]
    champion = load_champion(tracking_of(unscored), model_name(unscored, "churn"), task, unscored)
    assert champion is not None
    yield Watched("churn", task, champion, KnownHistory.of(found.reading.history, found.store), unscored)


def published(config: Config, cutoff: date, chance: dict[str, float]) -> None:
    rows = [prediction(name, share, at + 1, cutoff=cutoff) for at, (name, share) in enumerate(chance.items())]
    PredictionStore(config.runs / "predictions" / config.name).write(pa.Table.from_pylist(rows, schema=SCHEMA), cutoff)


def told(watched: Watched, cutoff: date, *, right: bool) -> dict[str, float]:
    """An export that knew what would come, or the reverse of it; with noise enough to be no oracle."""
    came = outcome_at(watched.known_history, cutoff, watched.task, watched.config)
    random = np.random.default_rng(cutoff.toordinal())
    knew = came.fillna(0) if right else 1 - came.fillna(0)
    return dict(zip(came.index, 0.05 + 0.7 * knew + 0.2 * random.random(len(came)), strict=True))


def by_subject(section: Section) -> dict[str, Finding]:
    return {each.subject: each for each in section.findings}


def test_a_kept_promise_is_no_alarm_and_a_broken_one_is(watched: Watched) -> None:
    first, second = END - timedelta(days=200), END - timedelta(days=100)
    published(watched.config, first, told(watched, first, right=False))
    published(watched.config, second, told(watched, second, right=True))
    kept = by_subject(performance(watched, END))
    assert not kept[f"churn: AUC of {second}"].alarm
    assert kept[f"churn: AUC of {second}"].got == 1.0
    assert not kept[f"churn: AUC of {first}"].alarm, "only the newest raises an alarm"
    published(watched.config, second, told(watched, second, right=False))
    broken = by_subject(performance(watched, END))
    assert broken[f"churn: AUC of {second}"].alarm
    assert broken[f"churn: calibration error of {second}"].alarm


def test_what_was_said_in_hindsight_is_counted_and_not_judged(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    cutoff = END - timedelta(days=200)
    published(watched.config, cutoff, told(watched, cutoff, right=True))
    monkeypatch.setattr("pipeline.monitor.performance.foreseen", lambda _: lambda day, run: day != cutoff)
    found = performance(watched, END)
    assert found.findings == ()
    assert "1 past export" in str(found.notes[0]) and "in hindsight" in str(found.notes[0])


def test_an_open_window_is_named_and_not_judged(watched: Watched) -> None:
    cutoff = END - timedelta(days=10)
    published(watched.config, cutoff, {"customer 0001": 0.5})
    found = performance(watched, END)
    assert found.findings == ()
    assert str(cutoff) in found.notes[0]


def test_of_many_open_windows_the_first_and_the_last_are_named(watched: Watched) -> None:
    for back in range(14, 0, -1):
        published(watched.config, END - timedelta(days=back), {"customer 0001": 0.5})
    first, last = END - timedelta(days=14), END - timedelta(days=1)
    note = performance(watched, END).notes[0]
    assert note == f"churn: the outcome of 14 exports from {first} to {last} is still open."


def test_of_exports_night_by_night_one_in_a_window_is_judged_the_newest_first() -> None:
    nights = [END - timedelta(days=back) for back in range(400, 0, -1)]
    judged = spread(nights, days=28, most=5)
    assert [(END - each).days for each in judged] == [113, 85, 57, 29, 1]
    assert spread(nights[::31], days=28, most=26) == nights[::31], "of monthly ones all"
    assert spread([], days=28, most=26) == []


def test_an_export_of_the_night_before_costs_and_shows_nothing_more(watched: Watched) -> None:
    newest = END - timedelta(days=100)
    for cutoff in (newest - timedelta(days=1), newest):
        published(watched.config, cutoff, told(watched, cutoff, right=True))
    found = by_subject(performance(watched, END))
    assert {subject.rpartition(" of ")[2] for subject in found} == {str(newest)}


def test_what_we_do_ourselves_is_no_drift_of_the_customers(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"treatments_365d", "days_since_last_treatment", "has_treatments"} == OURS
    late = END + timedelta(days=60)  # without an order since
    usual = inputs(watched, late)
    beyond = {name for each in usual.alarms for name in each.members}
    assert beyond and not any("treatments" in note for note in usual.notes)
    monkeypatch.setattr(drift, "APART", {"ours": frozenset(beyond)})
    without = inputs(watched, late)
    assert not beyond & {name for each in without.findings for name in each.members}
    assert "churn: features of treatments are not compared" in without.notes[-1]


def test_ages_of_what_is_known_by_month_are_no_drift() -> None:
    assert {"days_since_purchase_anywhere", "days_since_purchase_from_us_in_wallet"} == drift.BY_MONTH
    assert drift.BY_MONTH in drift.APART.values() and "wallet_share_92d" not in drift.BY_MONTH


def test_an_export_shifted_against_those_before_is_named(watched: Watched) -> None:
    random = np.random.default_rng(0)
    names = [f"customer {number:04d}" for number in range(200)]
    for back in range(8, 0, -1):
        chance = random.beta(1, 4, 200)
        published(watched.config, END - timedelta(days=30 * back), dict(zip(names, chance, strict=True)))
    assert scores(watched, END).alarms == ()
    shifted = np.minimum(1, random.beta(1, 4, 200) + 0.3)
    published(watched.config, END, dict(zip(names, shifted, strict=True)))
    assert [each.subject for each in scores(watched, END).alarms] == ["churn: churn_probability"]


def test_outcomes_are_paired_by_customer_and_not_by_place() -> None:
    table = pa.table({"customer_id": ["b", "a", "c"], "churn_probability": [0.2, 0.9, None]})
    came = pd.Series([1.0, 0.0, 1.0], index=["a", "b", "c"])
    found = paired(table, came, "churn_probability")
    assert found.to_numpy().tolist() == [["b", 0.2, 0.0], ["a", 0.9, 1.0]]
    by_place = table.to_pandas().assign(label=came.to_numpy())  # the mutant
    assert by_place["label"].tolist()[:2] != found["label"].tolist()


def test_a_ranking_that_fades_has_a_falling_trend() -> None:
    random = np.random.default_rng(0)
    kept = []
    for number, signal in enumerate((2.0, 1.2, 0.4)):
        label = (random.random(400) < 0.3).astype(float)
        score = 1 / (1 + np.exp(-(signal * label + random.normal(size=400))))
        rows = pd.DataFrame({"customer": np.arange(400), "probability": score, "label": label})
        kept.append(RealisedExport(date(2023, 1, 31) + timedelta(days=120 * number), rows, {}, {}))
    assert trend(kept, draws=100, seed=0, confidence=0.95).high < 0
    steady = [replace(kept[0], cutoff=each.cutoff) for each in kept]
    assert trend(steady, draws=20, seed=0, confidence=0.95).value == pytest.approx(0)


def checked(day: date, *alarms: str) -> Checked:
    findings = tuple(Finding(Sentence(name), Sentence("it moved"), 0.4, 0.1, True, Sentence("look")) for name in alarms)
    return Checked("acme", day, (Section("inputs", findings),), "f" * 64)


def test_an_alarm_is_dated_by_the_first_check_in_a_row() -> None:
    before = [
        {"as_of": "2024-03-31", "alarms": [["inputs", "a"]]},
        {"as_of": "2024-04-30", "alarms": []},
        {"as_of": "2024-05-31", "alarms": [["inputs", "a"]]},
        {"as_of": "2024-07-31", "alarms": [["inputs", "b"]]},
    ]
    since = since_when(checked(DAY, "a", "b"), before)
    assert since == {("inputs", "a"): "2024-05-31", ("inputs", "b"): "2024-06-30"}


def test_the_report_says_what_how_much_since_when_and_what_to_do() -> None:
    text = page(checked(DAY, "churn: rhythm"), {("inputs", "churn: rhythm"): "2024-05-31"}, "tonight")
    assert "1 alarm" in text
    assert "| inputs | churn: rhythm | it moved | 0.400 | 0.100 | 2024-05-31 | look |" in text
    assert text.endswith("\nRun tonight.\n")


def test_a_usual_day_ends_with_0_and_again_with_the_same_report(unscored: Config) -> None:
    found = monitor(unscored, END)
    kept = keep(found, unscored)
    first = kept.report.read_bytes()
    again = keep(monitor(unscored, END), unscored)
    assert again.report.read_bytes() == first
    assert len(read_checks(monitored(unscored))) == 1
    everything = first.decode() + json.dumps(again.summary()) + (monitored(unscored) / "history.jsonl").read_text()
    assert "customer 0" not in everything
    chinese = unscored.scoring.model_copy(update={"language": "zh_CN"})
    kept = keep(found, unscored.model_copy(update={"scoring": chinese}))
    said, _, _ = kept.report.read_text(encoding="utf-8").partition("运行编号")
    assert still_english(said) <= {unscored.name, "AUC", "Brier", *(each.name for each in FEATURES)}
    assert "所检查的各项均在限值之内。" in said
    assert tracking_of(unscored).metrics(again.tracked)["alarms_inputs"] == 0
    assert (kept.exit_code, kept.found.alarms()) == (0, [])


def test_every_check_is_a_run_in_the_tracking_store_and_a_line_and_both_name_the_run(
    unscored: Config,
) -> None:
    tracked = [keep(monitor(unscored, day), unscored).tracked for day in (END - timedelta(days=1), END)]
    client = tracking_of(unscored)._client
    (experiment,) = client.search_experiments(filter_string=f"name = '{unscored.name}'")
    found = client.search_runs([experiment.experiment_id], "tags.`moorings.kind` = 'check'", order_by=["tags.as_of"])
    history = {run.info.run_id: run for run in found}
    assert set(tracked) <= set(history)
    for day, number in zip((END - timedelta(days=1), END), tracked, strict=True):
        run = history[number]
        assert run.data.tags["as_of"] == str(day)
        assert run.data.tags["moorings.run_id"] == run_id()
        assert len(run.data.tags["input_fingerprint"]) == 64
        assert {"alarms_tables", "alarms_inputs", "churn_features_beyond"} <= set(run.data.metrics)
        assert f"Run {run_id()}." in Path(tracking_of(unscored).files(number, "report.md")).read_text()
    lines = {line["as_of"]: line["run"] for line in read_checks(monitored(unscored))}
    assert lines[str(END)] == run_id()


def test_a_rescaled_amount_ends_with_exit_code_5(
    unscored: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = lines()
    amount = np.array(table["amount"])
    newest = np.array(table["day"]) >= np.datetime64(END - timedelta(days=28))
    changed = table.set_column(3, "amount", pa.array(np.where(newest, amount * 100, amount)))
    settings = configured(tmp_path / "rescaled", changed)
    text = (tmp_path / "rescaled" / "small.toml").read_text()
    file = tmp_path / "rescaled" / "here.toml"
    file.write_text(text.replace(str(settings.runs), str(unscored.runs)))
    assert main(["monitor", "--config", str(file), "--as-of", str(END), "--json"]) == 5
    summary = json.loads(capsys.readouterr().out)
    assert "order_lines.net_amount: scale" in {each["subject"] for each in summary["alarms"]}


def test_a_past_that_is_not_delivered_any_more_is_no_crash(watched: Watched) -> None:
    first = watched.cutoffs()[0]
    store = watched.known_history.store
    left = store.select(store.day > day_number(END) - 20, end=store.end)
    young = replace(watched, known_history=replace(watched.known_history, store=left))
    assert not inputs(young, END).alarms and inputs(young, END).notes[0].startswith("There are too few cutoffs")
    assert len(young.rows([first])) == 0
    assert labels(young).alarms == ()


def test_nothing_newer_than_the_training_is_nothing_to_check(unscored: Config) -> None:
    with pytest.raises(NothingToDo, match="nothing to check"):
        monitor(unscored, END - timedelta(days=600))


def test_without_a_champion_there_is_nothing_to_hold_against(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="no champion"):
        monitor(configured(tmp_path, lines(60)), END)
