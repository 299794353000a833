"""The simulated supplier as a command: the same seed makes the same files, and the demonstration can read them."""

import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from features.errors import UsageProblem
from features.history import TABLES
from pipeline.cli import main
from pipeline.config import load_config
from pipeline.profile.profile import profile
from pipeline.simulate.parameters import Parameters, with_campaigns
from pipeline.simulate.supplier import Telling, simulate
from pipeline.simulate.writing import MARK


def digests(folder: Path) -> dict[str, str]:
    files = sorted(folder.rglob("*.parquet"))
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_the_same_seed_makes_the_same_files(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate(tmp_path / name, customers=60, days=400, seed=seed)
    assert digests(tmp_path / "a") == digests(tmp_path / "b") != digests(tmp_path / "c")
    assert {Path(name).parent.name for name in digests(tmp_path / "a")} == {*TABLES, "truth"}


def test_what_else_is_asked_for_changes_no_table(tmp_path: Path) -> None:
    simulate(tmp_path / "all", customers=60, days=400)
    simulate(tmp_path / "one", customers=60, days=400, telling=Telling(tables=("quotes",), cutoffs=()))
    one, every = digests(tmp_path / "one"), digests(tmp_path / "all")
    assert one == {"quotes/00000.parquet": every["quotes/00000.parquet"]}


def test_an_earlier_simulation_is_replaced(tmp_path: Path) -> None:
    simulate(tmp_path / "again", customers=30, days=900)
    for name in ("again", "once"):
        simulate(tmp_path / name, customers=60, days=200, seed=3)
    assert digests(tmp_path / "again") == digests(tmp_path / "once")


@pytest.mark.parametrize("foreign", ["orders.parquet", "notes.txt"])
def test_what_it_has_not_made_it_does_not_touch(tmp_path: Path, foreign: str) -> None:
    (tmp_path / foreign).write_text("mine")
    for folder in (tmp_path, tmp_path / foreign):
        with pytest.raises(UsageProblem, match="does not overwrite"):
            simulate(folder, customers=10, days=60)
    assert [file.name for file in tmp_path.iterdir()] == [foreign]


def test_the_demo_reads_what_the_simulation_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOORINGS_RUNS", str(tmp_path))
    assert main(["simulate", "--config", "demo", "--no-truth"]) == 0
    found = profile(load_config("demo"))
    assert found.account.rows_quarantined == 0
    assert found.standing.eligible > 300
    churn = found.targets[0]
    assert 0.1 < (churn.churners or 0) / churn.labels < 0.35
    marked = json.loads((tmp_path / "demo" / "history" / MARK).read_text(encoding="utf-8"))
    assert marked["rows"] == found.account.rows_read


def test_a_configuration_that_is_not_the_simulations_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "mine.toml").write_text(
        '[history.order_lines]\npath = "orders"\n[history.order_lines.columns]\ncustomer_id = "c"\nordered_on = "d"\n'
    )
    assert main(["simulate", "--config", str(tmp_path / "mine.toml")]) == 2
    assert "a path that ends in order_lines" in capsys.readouterr().err
    assert not (tmp_path / "orders").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--customers", "0"], "or one of small, medium, large, million"),
        (["--customers", "huge"], "or one of small, medium, large, million"),
        (["--cutoffs", "2024-07-02"], "a date from"),
        (["--cutoffs", "2021-07-01"], "a date from"),
        (["--cutoffs", "yesterday"], "This is not a date"),
    ],
)
def test_what_cannot_be_simulated_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, arguments: list[str], told: str
) -> None:
    monkeypatch.setenv("MOORINGS_RUNS", str(tmp_path))
    assert main(["simulate", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_moments_are_compared_with_the_real_histories_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("MOORINGS_RUNS", str(tmp_path))
    monkeypatch.setenv("MOORINGS_DATA", str(tmp_path / "nowhere"))
    assert main(["simulate", "--customers", "200", "--no-truth", "--moments", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["moments"]
    assert list(found) == ["simulated"]
    lines = pq.read_table(tmp_path / "demo" / "history" / "order_lines")
    assert found["simulated"]["returned lines, share"] == pytest.approx(returned(lines))


def returned(lines: pa.Table) -> float:
    return pc.mean(lines.column("is_return").cast(pa.float64())).as_py()


def told_of_campaigns(folder: Path, number: int, share: float, only: str = "") -> pa.Table:
    parameters = with_campaigns(Parameters(), number, share, only)
    telling = Telling(parameters=parameters, tables=("treatments",), cutoffs=())
    simulate(folder, customers=60, days=400, telling=telling)
    return pq.read_table(folder / "treatments")


def test_more_campaigns_are_the_plays_in_turn_and_hold_out_half(tmp_path: Path) -> None:
    table = told_of_campaigns(tmp_path, number=6, share=1.0).sort_by("treated_on").to_pandas()
    order = table.drop_duplicates("treated_on")["play"].tolist()
    assert order == ["call", "discount", "repair"] * 2
    assert 0.35 < table["holdout"].mean() < 0.65
    assert (table.loc[table["holdout"], "cost"] == 0).all()


def test_all_campaigns_may_be_of_one_play(tmp_path: Path) -> None:
    table = told_of_campaigns(tmp_path, number=2, share=0.5, only="repair").to_pandas()
    assert set(table["play"]) == {"repair"}
    assert table["treated_on"].nunique() == 2


def test_asking_for_the_usual_campaigns_changes_nothing(tmp_path: Path) -> None:
    told_of_campaigns(tmp_path / "asked", number=2, share=0.3)
    simulate(tmp_path / "usual", customers=60, days=400, telling=Telling(tables=("treatments",), cutoffs=()))
    assert digests(tmp_path / "asked") == digests(tmp_path / "usual")
