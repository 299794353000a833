"""Decisions are written whole, in order, by one writer at a time, and read as they were written."""

import json
import multiprocessing
from dataclasses import replace
from pathlib import Path

import pytest

from features.errors import BusyProblem
from models.evaluation.gate import Finding, Gate
from models.evaluation.interval import Interval
from pipeline.config import Config, load_config
from pipeline.promotion.decision_log import append, deciding, log_file, read
from pipeline.promotion.decisions import Compared, Decision, Decisions

SPAN = Interval(-0.02, -0.03, -0.01)
FIGURES = dict.fromkeys(("roc_auc", "average_precision", "brier", "calibration_error"), SPAN)
GATE = Gate(500, 200, 0.25, FIGURES, FIGURES, FIGURES, (Finding("AUC", False, "too low"),))
COMPARED = Compared(GATE, ("2024-01-01", "2024-02-01"), "as registered", "as registered")
REFUSED = Decision("2024-06-01T02:00:00+00:00", "churn", "acme-churn", "2", "1", "refused", ("AUC: too low",))


def configured(folder: Path) -> Config:
    config = load_config("demo")
    return config.model_copy(update={"storage": config.storage.model_copy(update={"folder": str(folder)})})


def test_every_decision_is_a_line_with_its_numbers(tmp_path: Path) -> None:
    config = configured(tmp_path)
    assert read(config) == []
    forced = Decision("2024-06-02T02:00:00+00:00", "churn", "acme-churn", "2", "1", "forced", compared=COMPARED)
    for each in (REFUSED, forced):
        append(config, each.summary())
    assert log_file(config) == tmp_path / "decisions" / "demo.jsonl"
    first, second = read(config)
    assert (first["outcome"], first["against"], first["compared"]) == ("refused", ["AUC: too low"], None)
    assert (second["compared"]["rows"], second["compared"]["cutoffs"]) == (500, ["2024-01-01", "2024-02-01"])
    assert second["compared"]["difference"]["roc_auc"] == {"value": -0.02, "low": -0.03, "high": -0.01}
    assert second["compared"]["findings"] == [{"check": "AUC", "passed": False, "text": "too low"}]


def test_a_number_that_is_none_is_null_and_a_reason_may_hold_anything(tmp_path: Path) -> None:
    config = configured(tmp_path)
    append(config, {"reason": 'he said "now"\nüber', "value": float("nan")})
    assert read(config) == [{"reason": 'he said "now"\nüber', "value": None}]
    assert len(log_file(config).read_text("utf-8").splitlines()) == 1


def test_a_line_that_cannot_be_written_leaves_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = configured(tmp_path)
    append(config, REFUSED.summary())
    before = log_file(config).read_bytes()
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        append(config, REFUSED.summary())
    assert log_file(config).read_bytes() == before
    assert [path.name for path in (tmp_path / "decisions").iterdir() if path.suffix == ".jsonl"] == ["demo.jsonl"]


def _ten_lines(folder: Path, writer: int) -> None:
    for number in range(10):
        append(configured(folder), {"writer": writer, "number": number})


def test_lines_of_several_processes_are_all_there_each_in_its_order(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=_ten_lines, args=(tmp_path, writer)) for writer in range(3)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    found = read(configured(tmp_path))
    assert all([line["number"] for line in found if line["writer"] == each] == list(range(10)) for each in range(3))


def test_only_one_decides_at_a_time(tmp_path: Path) -> None:
    config = configured(tmp_path)
    with deciding(config), pytest.raises(BusyProblem, match="deciding about the models of demo"), deciding(config):
        raise AssertionError
    with deciding(config, wait=True):
        append(config, {})  # who decides may write


def test_a_refusal_says_its_numbers_and_what_to_do() -> None:
    refused = Decision("", "churn", "acme-churn", "2", "1", "refused", ("AUC: too low",), compared=COMPARED)
    moved = Decision("", "partnership", "acme-partnership", "3", "", "promoted")
    problem = Decisions("acme", {"churn": refused, "partnership": moved}, "decisions.jsonl").problem()
    assert problem is not None and problem.exit_code == 4
    for words in ("AUC: too low", "500 rows at 2024-01-01, 2024-02-01", "-0.020 [-0.030, -0.010]", "--force --reason"):
        assert words in str(problem)
    assert problem.what.endswith("The partnership model was promoted and can score.")
    assert problem.found == {"targets": {"churn": "refused", "partnership": "promoted"}}
    assert Decisions("acme", {"partnership": moved}, "").problem() is None
    first = replace(refused, champion="")
    alone = Decisions("acme", {"churn": first, "partnership": moved}, "").problem()
    assert alone is not None and "nothing is scored without a churn model, unless [training] targets" in alone.what


def test_a_leak_is_not_to_be_forced() -> None:
    leak = Decision("", "churn", "acme-churn", "2", "1", "forbidden", ("leakage alarm: x",))
    problem = Decisions("acme", {"churn": leak}, "decisions.jsonl").problem()
    assert problem is not None and "--force" not in str(problem)


def test_tags_hold_the_numbers_and_stay_short() -> None:
    tags = Decision("now", "churn", "n", "2", "1", "refused", ("x" * 9000,), compared=COMPARED).tags()
    assert (tags["decision.outcome"], tags["decision.rows"]) == ("refused", "500")
    assert tags["decision.brier_difference"] == "-0.020 [-0.030, -0.010]"
    assert max(map(len, tags.values())) <= 1000
    later = Decision("later", "churn", "n", "2", "1", "promoted").tags()
    assert set(later) == set(tags) and later["decision.against"] == later["decision.brier_difference"] == ""
    assert json.dumps(tags)


def test_people_read_the_comparison_every_check_and_the_reason_given() -> None:
    forced = replace(REFUSED, outcome="forced", reason="we must", note="by night", compared=COMPARED)
    said = forced.text()
    for words in (
        "acme-churn 1 (first, as registered), 2 (second",
        "FAILED  AUC: too low",
        "(by night); reason given: we must",
    ):
        assert words in said
    assert REFUSED.text() == "churn: acme-churn version 2 was not promoted: AUC: too low"
