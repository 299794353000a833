"""The notebooks: they import and never define, run from top to bottom, and their two forms hold the same cells."""

from __future__ import annotations

import ast
import runpy
from datetime import date
from pathlib import Path

import jupytext
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from nbclient import NotebookClient

from pipeline.config import load_config
from pipeline.scoring.score import score
from pipeline.simulate.supplier import Telling, simulate
from pipeline.training.train import train

CHECKOUT = Path(__file__).resolve().parents[2]
TOURS = sorted((CHECKOUT / "notebooks").glob("*.py"))
QUICK = """
[time]
cutoff_months = 3
[training]
bootstrap_repetitions = 20
test_cutoffs = 2
[training.boosting]
rounds = 100
"""


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of a small invented supplier, trained and scored in a folder of its own."""
    folder = tmp_path_factory.mktemp("demonstration")
    text = (CHECKOUT / "configs" / "demo.toml").read_text(encoding="utf-8")
    settings = text.replace("${MOORINGS_RUNS:-../runs}", "runs") + QUICK + '[storage]\nfolder = "runs"\n'
    (folder / "demo.toml").write_text(settings, encoding="utf-8")
    config = load_config(folder / "demo.toml")
    simulate(Path(config.history.order_lines.path).parent, customers=900, telling=Telling(cutoffs=()))
    train(config)
    score(config, date(2024, 7, 1))
    return folder / "demo.toml"


def defined(source: str) -> list[str]:
    """What a notebook defines itself."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]


def test_there_are_two_tours() -> None:
    assert [tour.stem for tour in TOURS] == ["a_history", "reading_the_export"]


@pytest.mark.parametrize("tour", TOURS, ids=lambda tour: tour.stem)
def test_a_tour_defines_nothing(tour: Path) -> None:
    assert defined(tour.read_text(encoding="utf-8")) == []


def test_a_definition_would_be_noticed() -> None:
    assert defined("x = 1\nclass Thing:\n    def act(self): ...") == ["Thing", "act"]


@pytest.mark.parametrize("tour", TOURS, ids=lambda tour: tour.stem)
def test_both_forms_hold_the_same_cells_and_no_output(tour: Path) -> None:
    script, notebook = (jupytext.read(tour.with_suffix(suffix)) for suffix in (".py", ".ipynb"))
    assert [(c.cell_type, c.source) for c in script.cells] == [(c.cell_type, c.source) for c in notebook.cells]
    assert not any(cell.get("outputs") for cell in notebook.cells), "run `make notebooks` to clear outputs"


@pytest.mark.slow
@pytest.mark.parametrize("tour", TOURS, ids=lambda tour: tour.stem)
def test_a_tour_runs(tour: Path, demonstration: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOORINGS_CONFIG", str(demonstration))
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    notebook = jupytext.read(tour)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tour.parent)}}
    ).execute()
    printed = [
        output for cell in notebook.cells for output in cell.get("outputs", []) if output.output_type == "stream"
    ]
    assert printed, "a tour shows something"


def test_a_history_is_toured_without_amounts_and_with_few_orders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"C{row % 7},2023-0{1 + row % 5}-{1 + row:02d}\n" for row in range(28))
    (tmp_path / "lines.csv").write_text("Customer,Day\n" + rows, encoding="utf-8")
    columns = 'columns = {customer_id = "Customer", ordered_on = "Day"}'
    settings = f'[history.order_lines]\npath = "lines.csv"\n{columns}\n[storage]\nfolder = "runs"\n'
    (tmp_path / "acme.toml").write_text(settings, encoding="utf-8")
    monkeypatch.setenv("MOORINGS_CONFIG", str(tmp_path / "acme.toml"))
    runpy.run_path(str(CHECKOUT / "notebooks" / "a_history.py"))
    assert "its median gap is" in capsys.readouterr().out


@pytest.mark.slow
def test_an_export_is_toured_where_no_partnership_model_scored(
    demonstration: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = load_config(demonstration)
    file = config.runs / "export" / config.name / "predictions.parquet"
    kept, table = file.read_bytes(), pq.read_table(file)
    place = table.column_names.index("partnership_propensity")
    pq.write_table(table.set_column(place, "partnership_propensity", pa.nulls(table.num_rows, pa.float64())), file)
    monkeypatch.setenv("MOORINGS_CONFIG", str(demonstration))
    runpy.run_path(str(CHECKOUT / "notebooks" / "reading_the_export.py"))
    file.write_bytes(kept)
    assert "no partnership model has scored" in capsys.readouterr().out
