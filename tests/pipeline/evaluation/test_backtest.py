"""Backtests: what each row says, and that a date in the past knows nothing of what came after it."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import supplier

from features.errors import DataProblem, UsageProblem
from pipeline.evaluation.backtest import backtest
from pipeline.evaluation.backtest_rivals import with_staying
from pipeline.evaluation.known_outcomes import read_outcomes
from pipeline.promotion.compare import compare_runs

CUTOFF = supplier.START + timedelta(days=600)
LATE = supplier.END - timedelta(days=20)


def walked(folder: Path, table: pa.Table, *cutoffs: date, targets: tuple[str, ...] = ("churn",)) -> pd.DataFrame:
    config = supplier.configured(folder, table, targets=targets)
    return pd.read_parquet(backtest(config, cutoffs, folder / "rows.parquet").out)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("backtest")
    return walked(folder, supplier.lines(), CUTOFF, LATE, targets=("churn", "partnership"))


def test_each_customer_has_one_row_a_cutoff_and_target(rows: pd.DataFrame) -> None:
    assert not rows.duplicated(["customer_id", "cutoff", "target"]).any()
    assert set(rows["target"]) == {"churn", "partnership"}


def test_the_file_says_what_it_speaks_of_and_can_be_compared(rows: pd.DataFrame, tmp_path: Path) -> None:
    file = str(tmp_path / "rows.parquet")
    rows.to_parquet(file, index=False)
    found = read_outcomes(Path(file), file)
    assert found.context["name"] == "small"
    spoken = dict(found.context["targets"]["churn"])
    assert len(spoken.pop("definition")) == 64
    assert spoken == {"target": "silence", "gap_days": 0, "horizon_days": 60}
    assert found.context["settings"]["training.seed"] and len(found.context["history"]) == 64
    assert set(found.context["features"]["churn"]) >= {"days_since_last_order"}
    outcome = compare_runs(file, file, supplier.configured(tmp_path, supplier.lines(5)))
    assert [contest.title for contest in outcome.contests][:2] == ["churn", "partnership"]
    assert outcome.contests[0].rows == len(found.of("churn")) > 0


def test_not_leaving_is_a_rival_of_partnership_and_of_nothing_else(rows: pd.DataFrame) -> None:
    who = ["customer_id", "cutoff"]
    beside = rows[rows["target"] == "partnership"].merge(
        rows[rows["target"] == "churn"], on=who, suffixes=("", "_churn")
    )
    assert len(beside) == (rows["target"] == "partnership").sum() > 0
    assert (beside["baseline_not_leaving"] == 1 - beside["probability_churn"]).all()
    assert rows.loc[rows["target"] == "churn", "baseline_not_leaving"].isna().all()
    alone = rows[rows["target"] == "partnership"]
    assert with_staying(alone) is alone


@pytest.mark.parametrize("column", ["probability", "uncalibrated"])
def test_probabilities_are_probabilities(rows: pd.DataFrame, column: str) -> None:
    assert rows[column].between(0, 1, inclusive="neither").all()


def test_a_label_is_known_after_gap_and_horizon(rows: pd.DataFrame) -> None:
    churn = rows[rows["target"] == "churn"]
    assert ((pd.to_datetime(churn["known_on_label"]) - pd.to_datetime(churn["cutoff"])).dt.days == 60).all()


def test_immature_labels_are_null_and_mature_ones_are_not(rows: pd.DataFrame) -> None:
    mature = pd.to_datetime(rows["known_on_label"]) <= pd.Timestamp(supplier.END)
    assert rows.loc[mature & (rows["target"] == "churn"), "label"].isin([0, 1]).all()
    assert rows.loc[~mature, "label"].isna().all() and (~mature).any()


def test_a_cutoff_whose_outcomes_are_not_known_yet_is_told_of(tmp_path: Path) -> None:
    outcome = backtest(supplier.configured(tmp_path, supplier.lines(120)), [LATE], tmp_path / "rows.parquet")
    assert list(outcome.notes) == [f"churn at {LATE}"]
    assert outcome.text().startswith(f"note: churn at {LATE}: what came is known once the history reaches")
    assert str(LATE + timedelta(days=60)) in outcome.text() and "Empty" not in outcome.text()


def test_churn_means_no_order_in_the_window(rows: pd.DataFrame) -> None:
    table = supplier.lines()
    days = pc.and_(pc.greater_equal(table["day"], CUTOFF), pc.less(table["day"], CUTOFF + timedelta(days=60)))
    ordered = set(table.filter(days)["customer"].to_pylist())
    here = rows[(rows["target"] == "churn") & (pd.to_datetime(rows["cutoff"]) == pd.Timestamp(CUTOFF))]
    assert [label == 0 for label in here["label"]] == [name in ordered for name in here["customer_id"]]


def test_a_date_knows_nothing_of_what_came_after_it(rows: pd.DataFrame, tmp_path: Path) -> None:
    """The future is poisoned, not deleted: other customers, other products, other amounts."""
    table = supplier.lines()
    future = pc.greater_equal(table["day"], CUTOFF)
    past, later = table.filter(pc.invert(future)), table.filter(future)
    strange = later.set_column(0, "customer", pc.binary_join_element_wise("stranger", later["customer"], "-"))
    amount = strange.column_names.index("amount")
    strange = strange.set_column(amount, "amount", pc.multiply(strange["amount"], 1000.0))
    poisoned = walked(tmp_path, pa.concat_tables([past, strange]), CUTOFF)
    here = rows[(rows["target"] == "churn") & (pd.to_datetime(rows["cutoff"]) == pd.Timestamp(CUTOFF))]
    before, after = here.set_index("customer_id"), poisoned.set_index("customer_id")
    assert list(before.index) == list(after.index)
    assert (before["probability"] == after["probability"]).all()
    assert after["label"].eq(1).all(), "the poison reached the labels, so the test could have failed"


@pytest.mark.parametrize(
    ("cutoff", "got"),
    [
        (supplier.START - timedelta(days=30), "nothing to learn from"),
        (supplier.START + timedelta(days=20), "nothing to learn from"),
        (supplier.END + timedelta(days=40), "history ends before"),
    ],
)
def test_a_cutoff_outside_what_can_be_learned_is_named(tmp_path: Path, cutoff: date, got: str) -> None:
    config = supplier.configured(tmp_path, supplier.lines(60))
    with pytest.raises(DataProblem, match=got):
        backtest(config, [cutoff], tmp_path / "rows.csv")
    assert not (tmp_path / "rows.csv").exists()


@pytest.mark.parametrize(("cutoffs", "name"), [([], "rows.csv"), ([CUTOFF], "rows.xml")])
def test_a_wrong_call_is_a_usage_problem(tmp_path: Path, cutoffs: list[date], name: str) -> None:
    with pytest.raises(UsageProblem):
        backtest(supplier.configured(tmp_path, supplier.lines(20)), cutoffs, tmp_path / name)


def test_what_cannot_be_learned_beside_the_first_target_is_left_out_with_its_reason(tmp_path: Path) -> None:
    table = supplier.lines()
    nameless = table.set_column(2, "product", pa.nulls(len(table), pa.string()))
    config = supplier.configured(tmp_path, nameless, targets=("churn", "partnership"))
    outcome = backtest(config, [CUTOFF], tmp_path / "rows.parquet")
    assert set(pd.read_parquet(outcome.out)["target"]) == {"churn"}
    assert "too little to learn from" in outcome.left_out[f"partnership at {CUTOFF}"]
    assert outcome.summary()["results"][0]["cutoff"] == str(CUTOFF)
    account = outcome.summary()["account"]
    assert (account["rows_used"], account["optional_tables"]) == (len(table), {})
