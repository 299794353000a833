"""Two predictions of the same rows are compared pair by pair; what does not speak of the same rows is refused."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from features.errors import DataProblem, UsageProblem
from pipeline.cli import main
from pipeline.evaluation.known_outcomes import CONTEXT, pseudonyms, read_outcomes
from pipeline.promotion.compare import CompareOutcome, compare_runs
from pipeline.promotion.designs import ALIKE, HISTORIES
from tests.pipeline.made_rows import settings

CUSTOMERS = 300
CHANCE = np.random.default_rng(3).random((CUSTOMERS, 2))
LABEL = (np.random.default_rng(4).random((CUSTOMERS, 2)) < CHANCE).astype(float)
WINDOW = {"target": "silence", "definition": "d1", "gap_days": 0, "horizon_days": 90}
SPOKEN = {"name": "acme", "population": {"min_order_days": 3, "activity_days": 365}, "targets": {"churn": WINDOW}}


def predictions(blur: float, kind: str = "churn", **columns: object) -> pd.DataFrame:
    """A backtest of 300 customers at two cutoffs whose probabilities are the true ones, blurred."""
    score = np.clip(CHANCE + np.random.default_rng(5).normal(0, blur, CHANCE.shape), 0.001, 0.999).ravel()
    table = {
        "customer_id": np.repeat([f"customer {number}" for number in range(CUSTOMERS)], 2),
        "cutoff": np.tile(np.array(["2024-01-01", "2024-02-01"], dtype="datetime64[s]"), CUSTOMERS),
        "target": kind,
        "probability": score,
        "uncalibrated": score,
        "label": LABEL.ravel(),
        "act_stays": np.nan,
    }
    return pd.DataFrame(table | columns)


def written(path: Path, table: pd.DataFrame, spoken: dict[str, object] = SPOKEN) -> str:
    table.attrs[CONTEXT] = spoken
    table.to_parquet(path, index=False)
    return str(path)


def compared(folder: Path, second: pd.DataFrame, spoken: dict[str, object] = SPOKEN) -> CompareOutcome:
    first = written(folder / "a.parquet", predictions(0.4))
    return compare_runs(first, written(folder / "b.parquet", second, spoken), settings())


def test_the_better_of_two_is_found_and_the_sign_is_that_of_second_minus_first(tmp_path: Path) -> None:
    (contest,) = compared(tmp_path, predictions(0.05)).contests
    assert (contest.rows, contest.customers) == (600, 300)
    assert contest.difference["roc_auc"].low > 0
    assert contest.difference["brier"].high < 0
    assert contest.difference["roc_auc"].value == pytest.approx(
        contest.second["roc_auc"].value - contest.first["roc_auc"].value
    )


def test_the_same_predictions_differ_by_nothing(tmp_path: Path) -> None:
    outcome = compared(tmp_path, predictions(0.4))
    assert {str(found) for found in outcome.contests[0].difference.values()} == {"0.000 [0.000, 0.000]"}
    assert outcome.text().count("may be chance") == 4 + 2, "four metrics, and the AUC at two dates"
    assert outcome.text().endswith("another [training] seed alone moves these figures, too.")


def test_where_the_better_one_wins_is_told_by_date(tmp_path: Path) -> None:
    """What is won at one date alone is won by a season, or by luck."""
    better = predictions(0.05).where(predictions(0.05)["cutoff"] == "2024-01-01", predictions(0.4))
    (contest,) = compared(tmp_path, better).contests
    assert [*contest.by_date] == ["2024-01-01", "2024-02-01"]
    assert contest.by_date["2024-01-01"].low > 0 and contest.by_date["2024-02-01"].value == 0
    told = "\n".join(contest.lines())
    assert "AUC at 2024-02-01" in told and "0.000 [0.000, 0.000]  may be chance" in told
    one = written(tmp_path / "one.parquet", predictions(0.4)[better["cutoff"] == "2024-01-01"])
    assert compare_runs(one, one, settings()).contests[0].by_date == {}


MADE_BY = {"settings": {"training.seed": "7"}, "features": {"churn": {"a": "1", "b": "1"}}, "history": "f"}
DESIGNS = [
    (MADE_BY, [ALIKE]),
    ({**MADE_BY, "settings": {"training.seed": "8"}}, ["training.seed: first 7, second 8"]),
    ({**MADE_BY, "settings": {"training.seed": "7", "new": "1"}}, ["new: first unknown, second 1"]),
    (
        {**MADE_BY, "features": {"churn": {"b": "2", "c": "1"}}},
        [
            "churn learns only in the first from a",
            "churn learns only in the second from c",
            "churn learns from other definitions of b",
        ],
    ),
    ({**MADE_BY, "history": "g"}, [HISTORIES, ALIKE]),
    ({}, []),
]


@pytest.mark.parametrize(("made_by", "told"), DESIGNS)
def test_in_what_two_designs_differ_is_told(tmp_path: Path, made_by: dict[str, object], told: list[str]) -> None:
    first = written(tmp_path / "a.parquet", predictions(0.4), {**SPOKEN, **MADE_BY})
    second = written(tmp_path / "b.parquet", predictions(0.05), {**SPOKEN, **made_by})
    outcome = compare_runs(first, second, settings())
    assert outcome.text().split("\n\n")[0].splitlines()[2:] == told
    assert ("designs" in outcome.summary()) == bool(told)


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    straight = compared(tmp_path, predictions(0.05)).summary()["contests"]
    assert compared(tmp_path, predictions(0.05).sample(frac=1, random_state=1)).summary()["contests"] == straight


def test_stayers_are_compared_too(tmp_path: Path) -> None:
    spoken = {**SPOKEN, "targets": {"partnership": WINDOW}}
    table = predictions(0.3, "partnership", act_stays=np.arange(600) % 2)
    first = written(tmp_path / "a.parquet", table, spoken)
    found = compare_runs(first, written(tmp_path / "b.parquet", table, spoken), settings()).contests
    assert [contest.title for contest in found] == ["partnership", "partnership among those who stayed"]
    assert found[1].rows == 300


def test_rows_of_one_side_only_are_left_out_and_counted(tmp_path: Path) -> None:
    outcome = compared(tmp_path, predictions(0.05).iloc[20:])
    assert outcome.contests[0].rows == 580
    assert outcome.notes == ("churn: 20 rows that only one side holds are left out",)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (
            {**SPOKEN, "population": {"min_order_days": 3, "activity_days": 180}},
            r"activity_days 365(.|\n)*activity_days 180",
        ),
        (
            {**SPOKEN, "targets": {"churn": {**WINDOW, "horizon_days": 60}}},
            r"churn horizon_days 90(.|\n)*horizon_days 60",
        ),
        (
            {**SPOKEN, "targets": {"churn": {**WINDOW, "definition": "d2"}}},
            r"churn definition d1(.|\n)*definition d2",
        ),
        ({"name": "other"}, r"supplier acme(.|\n)*supplier other"),
    ],
    ids=["population", "window", "definition of the target", "supplier"],
)
def test_other_populations_and_windows_are_refused(tmp_path: Path, changed: dict[str, object], named: str) -> None:
    with pytest.raises(DataProblem, match=f"do not speak of the same rows(.|\\n)*{named}"):
        compared(tmp_path, predictions(0.05), {**SPOKEN, **changed})


def test_other_cutoffs_targets_and_outcomes_are_refused(tmp_path: Path) -> None:
    later = predictions(0.05)
    with pytest.raises(DataProblem, match=r"churn cutoffs 2024-01-01, 2024-02-01(.|\n)*2024-01-01 in the second"):
        compared(tmp_path, later[later["cutoff"] == "2024-01-01"])
    with pytest.raises(DataProblem, match=r"targets churn(.|\n)*targets partnership"):
        compared(tmp_path, predictions(0.05, "partnership"), {**SPOKEN, "targets": {"partnership": WINDOW}})
    with pytest.raises(DataProblem, match="600 of 600 shared rows have another outcome"):
        compared(tmp_path, predictions(0.05, label=1 - LABEL.ravel()))


def test_what_is_no_prediction_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match=r"cannot be read(.|\n)*FileNotFoundError"):
        read_outcomes(tmp_path / "none.parquet", "none.parquet")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(UsageProblem, match="a table without cutoff, target"):
        read_outcomes(tmp_path / "other.parquet", "other.parquet")


def test_pseudonyms_pair_within_a_supplier_and_show_nobody() -> None:
    found = pseudonyms(["anna", "bert"], "acme")
    assert found == pseudonyms(np.array(["anna", "bert"], dtype=object), "acme")
    assert not set(found) & set(pseudonyms(["anna", "bert"], "other"))
    assert "anna" not in "".join(found)


def test_the_command_compares_files_and_names_runs_that_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOORINGS_RUNS", str(tmp_path / "runs"))
    first, second = (written(tmp_path / f"{blur}.parquet", predictions(blur)) for blur in (0.4, 0.05))
    assert main(["compare", first, second, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["contests"]["churn"]["second_minus_first"]["roc_auc"]["low"] > 0
    assert main(["compare", "demo-churn/1", second]) == 2
    assert "no such run or registered version" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()
