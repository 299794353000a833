"""A range of dates is scored like its dates one by one; what is done is left alone, and it may be killed anywhere."""

import json
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sqlalchemy as sql
from hypothesis import given
from hypothesis import strategies as st

from features.errors import BusyProblem, NothingToDo, UsageProblem
from pipeline.cli import main
from pipeline.commands.options import day_or_today
from pipeline.config import Config
from pipeline.contract.schema import schema
from pipeline.export.delivery import Request, give_out
from pipeline.export.export import NAMES
from pipeline.export.places import store_of
from pipeline.process.locks import locked
from pipeline.process.run_id import run_id
from pipeline.registry.champion import tracking_of
from pipeline.scoring.at_cutoff import CutoffScoring
from pipeline.scoring.backfill import backfill, cutoffs_between
from pipeline.scoring.score import score
from tests.pipeline.supplier import END

CUTOFFS = cutoffs_between(END - timedelta(days=70), END, "month")


@pytest.mark.parametrize(
    ("first", "last", "every", "found"),
    [
        ("2024-01-31", "2024-04-30", "month", ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]),
        ("2023-12-15", "2024-02-14", "month", ["2023-12-15", "2024-01-15"]),
        ("2024-02-20", "2024-03-05", "week", ["2024-02-20", "2024-02-27", "2024-03-05"]),
        ("2024-02-28", "2024-03-01", "day", ["2024-02-28", "2024-02-29", "2024-03-01"]),
        ("2024-02-28", "2024-02-28", "month", ["2024-02-28"]),
    ],
)
def test_dates_of_a_range(first: str, last: str, every: str, found: list[str]) -> None:
    ends = date.fromisoformat(first), date.fromisoformat(last)
    assert [str(day) for day in cutoffs_between(*ends, every)] == found  # type: ignore[arg-type]


DATES = st.dates(date(2000, 1, 1), date(2050, 1, 1))


@given(DATES, st.integers(0, 2_000), st.sampled_from(["month", "week", "day"]))
def test_a_range_begins_with_its_first_date_ascends_and_leaves_out_no_step(first: date, days: int, every: Any) -> None:
    last = first + timedelta(days)
    found = cutoffs_between(first, last, every)
    longest = {"month": 31, "week": 7, "day": 1}[every]
    assert found[0] == first
    assert all(0 < (later - day).days <= longest for day, later in pairwise([*found, last + timedelta(1)]))


def test_today_is_a_date_of_the_suppliers_time_zone() -> None:
    # 25 hours lie between the two, so they never share a date
    east, west = (day_or_today("today", "--as-of", zone) for zone in ("Pacific/Kiritimati", "Pacific/Midway"))
    assert timedelta(1) <= east - west <= timedelta(2)
    assert day_or_today("2024-02-29", "--as-of", "UTC") == date(2024, 2, 29)
    with pytest.raises(UsageProblem, match="Berlim"):
        day_or_today("today", "--as-of", "Europe/Berlim")


@pytest.fixture
def config(unscored: Config) -> Config:
    return unscored


def told_by_date(config: Config, cutoff: date) -> tuple[object, ...]:
    """What a scheduler is told of one date, scored by itself."""
    found = score(config, cutoff).summary()
    return found["models"], *(found[name] for name in ("late", "unmet_ids", "hindsight"))


def told_by_dates(found: dict[str, Any]) -> dict[date, tuple[object, ...]]:
    """The same of the summary of a range."""
    told = {cutoff: found["notes"].get(str(cutoff), {}) for cutoff in CUTOFFS}
    empty: dict[str, object] = {"late": "", "unmet_ids": [], "hindsight": ""}
    return {
        cutoff: (found["models"], *(each.get(name, none) for name, none in empty.items()))
        for cutoff, each in told.items()
    }


@pytest.mark.slow
def test_a_range_gives_what_its_dates_give_and_again_nothing_is_left_to_do(config: Config, tmp_path: Path) -> None:
    done = backfill(config, CUTOFFS)
    assert set(done.written.values()) == {"written"}
    assert told_by_dates(done.summary()) == {cutoff: told_by_date(config, cutoff) for cutoff in CUTOFFS}
    assert "is scored in hindsight" in done.text()
    found, files = {cutoff: store_of(config).read(cutoff) for cutoff in CUTOFFS}, given_out(config, tmp_path / "range")
    with pytest.raises(NothingToDo, match="scored already") as caught:
        backfill(config, CUTOFFS)
    assert caught.value.exit_code == 7
    store_of(config).folder.rename(config.runs / "by range")
    single = [score(config, cutoff) for cutoff in CUTOFFS]
    assert {cutoff: store_of(config).read(cutoff) for cutoff in CUTOFFS} == found
    assert single[-1].exported.digests == done.exported.digests
    assert given_out(config, tmp_path / "dates") == files
    assert len(files) == len(CUTOFFS) and len(set(map(str, files.values()))) == len(CUTOFFS)


def given_out(config: Config, folder: Path) -> dict[date, dict[str, bytes]]:
    """Every exported byte of every date of the range."""
    asked = {cutoff: give_out(config, cutoff, Request(folder=folder / str(cutoff))) for cutoff in CUTOFFS}
    return {cutoff: {name: (folder / str(cutoff) / name).read_bytes() for name in NAMES} for cutoff in asked}


@pytest.mark.slow
def test_only_dates_that_are_new_or_have_changed_are_worked_out(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    backfill(config, CUTOFFS[:1])
    worked: list[date] = []
    table = CutoffScoring.table
    monkeypatch.setattr(CutoffScoring, "table", lambda asked, *rest: worked.append(asked.as_of) or table(asked, *rest))
    assert list(backfill(config, CUTOFFS[:2]).written.values()) == ["unchanged", "written"]
    assert worked == [CUTOFFS[1]]
    other = config.model_copy(update={"scoring": config.scoring.model_copy(update={"margin_share": 0.5})})
    assert list(backfill(other, CUTOFFS[:1]).written.values()) == ["written"]


@pytest.mark.slow
def test_a_date_that_another_process_scores_is_busy_from_the_start(config: Config) -> None:
    held = store_of(config).lock(f"{END}.scoring")
    with locked(held), pytest.raises(BusyProblem, match=f"scoring {END}") as caught:
        score(config, END)
    assert caught.value.exit_code == 6


@pytest.mark.slow
def test_any_date_comes_out_again_as_the_bytes_it_was_and_into_a_database(config: Config, tmp_path: Path) -> None:
    first = score(config, CUTOFFS[0]).exported
    before = {name: (first.folder / name).read_bytes() for name in NAMES}
    score(config, CUTOFFS[1])
    address = f"sqlite:///{tmp_path / 'out.db'}"
    done = give_out(config, CUTOFFS[0], Request(folder=tmp_path / "out", to=address))
    assert {name: (tmp_path / "out" / name).read_bytes() for name in NAMES} == before
    assert done.summary()["scored_by"] == run_id()
    with sql.create_engine(address).connect() as connection:
        ((count,),) = connection.execute(sql.text("SELECT count(*) FROM small_predictions"))
    assert count == done.rows > 100
    with pytest.raises(UsageProblem, match=f"one of {CUTOFFS[0]}, {CUTOFFS[1]}"):
        give_out(config, date(1999, 1, 1), Request())


@pytest.mark.slow
def test_every_row_of_an_export_keeps_the_contract(config: Config) -> None:
    score(config, END)
    rule = jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker())
    for row in store_of(config).read(END).to_pylist():
        days = {name: str(value) for name, value in row.items() if isinstance(value, date)}
        assert not list(rule.iter_errors(row | days))


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_a_problem(config: Config, tmp_path: Path) -> None:
    score(config, END)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageProblem, match="cannot be written") as caught:
        give_out(config, END, Request(folder=tmp_path / "file"))
    assert "NotADirectory" in caught.value.got or "xists" in caught.value.got


@pytest.mark.slow
def test_the_run_is_named_in_store_manifest_and_mlflow_and_not_in_the_files(config: Config) -> None:
    exported = score(config, END).exported
    origin = store_of(config).origin(END)
    assert origin is not None
    assert origin.run_id == run_id() == json.loads((exported.folder / "manifest.json").read_text())["run"]
    assert origin.models["churn"].startswith("small-churn 1 ")
    assert "20" < origin.begins < str(END)
    champion = tracking_of(config).champion("small-churn")
    assert champion is not None
    run = tracking_of(config)._client.get_run(champion.run_id)
    assert run.data.tags["moorings.run_id"] == run_id()
    for name in NAMES[:2]:
        assert run_id().encode() not in (exported.folder / name).read_bytes()


@pytest.mark.slow
def test_the_command_scores_a_range_and_exports_a_date(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(Path(config.history.order_lines.path).parent / "small.toml")
    asked = ["score", "--config", file, "--from", str(CUTOFFS[0]), "--to", str(CUTOFFS[1]), "--json"]
    assert main(asked) == 0
    assert json.loads(capsys.readouterr().out)["cutoffs"] == {str(day): "written" for day in CUTOFFS[:2]}
    assert main(asked) == 7
    capsys.readouterr()
    asked = ["export", "--config", file, "--cutoff", str(CUTOFFS[0]), "--format", "csv", "--folder", str(tmp_path)]
    assert main([*asked, "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)["export"]["files"]) == ["predictions.csv"]
    assert sorted(path.name for path in tmp_path.glob("[!.]*")) == ["manifest.json", "predictions.csv"]
