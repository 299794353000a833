"""Figures that another setting would read: too few to stop the run, and told of all the same."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from suppliers import configured, lines, supplier

from pipeline.cli import main
from pipeline.config import Config
from pipeline.memory import limit as memory_limit
from pipeline.profile.profile import profile
from pipeline.sources import store as reading_store
from pipeline.sources.history import read_history
from pipeline.sources.store import read_store

HEAD = "[history]\nmax_quarantined_share = 0.2\nmemory_limit_gb = {limit}"


def with_amounts(folder: Path, *amounts: str, settings: str = "", limit: float = 0) -> Config:
    table = lines(Net=[*amounts, *["7.50"] * (48 - len(amounts))])
    return configured(folder, table, settings, head=HEAD.format(limit=limit))


LARGE = ("1,200.00", "2,300.00", "14,000.00")


def test_large_amounts_that_are_put_aside_are_told_of(tmp_path: Path) -> None:
    (told,) = read_history(with_amounts(tmp_path, *LARGE)).unread
    assert "3 rows are put aside because net_amount is not a number (of the form 9,999.99; 99,999.99)" in told
    assert "the largest amounts may be among them" in told and "thousands" in told and "[history.order_lines]" in told


@pytest.mark.parametrize("amounts", [LARGE[:2], ("n/a", "soon", "NULL", "?"), ()])
def test_stray_words_and_a_row_or_two_are_not(tmp_path: Path, amounts: tuple[str, ...]) -> None:
    assert read_history(with_amounts(tmp_path, *amounts)).unread == ()


def test_once_the_setting_is_right_nothing_is_said(tmp_path: Path) -> None:
    assert read_history(with_amounts(tmp_path, *LARGE, settings='thousands = ","')).unread == ()


def test_days_written_in_two_ways_are_told_of(tmp_path: Path) -> None:
    days = lines().column("Date").to_pylist()
    table = lines(Date=["31.12.2023", "30.12.2023", "29.12.2023", *days[3:]])
    (told,) = read_history(configured(tmp_path, table, head=HEAD.format(limit=0))).unread
    assert "ordered_on is not a date (of the form 99.99.9999); date_format in" in told


def test_a_profile_says_so(tmp_path: Path) -> None:
    found = profile(with_amounts(tmp_path, *LARGE))
    assert any("largest amounts" in sentence for sentence in found.warnings)
    assert "largest amounts" in str(found.summary()["account"])


def test_by_buckets_the_same_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("whole", "parted"):
        (tmp_path / name).mkdir()
    limit = 48 * memory_limit.BYTES_A_LINE / 2 / memory_limit.LEAST_SHARE / memory_limit.BYTES_A_GB
    told = read_history(with_amounts(tmp_path / "whole", *LARGE)).unread
    monkeypatch.setattr(reading_store, "read_history", lambda *_: pytest.fail("it was not read by buckets"))
    assert read_store(with_amounts(tmp_path / "parted", *LARGE, limit=limit)).reading.unread == told


@pytest.mark.parametrize("name", ["reason", "Reason"])
@pytest.mark.parametrize("values", [["damaged"] * 48, [7] * 48])
def test_a_column_of_the_users_own_called_reason_hides_nothing(tmp_path: Path, name: str, values: list[object]) -> None:
    table = lines(Net=[*LARGE, *["7.50"] * 45]).append_column(name, pa.array(values))
    found = read_history(configured(tmp_path, table, head=HEAD.format(limit=0)))
    (told,) = found.unread
    assert "3 rows are put aside because net_amount is not a number (of the form 9,999.99; 99,999.99)" in told
    assert found.account.quarantine is not None
    kept = pq.read_table(found.account.quarantine)
    assert kept.column(name).to_pylist() == values[:3]
    assert kept.column("reason_1").to_pylist() == ["net_amount is not a number"] * 3


def test_so_does_none_called_line(tmp_path: Path) -> None:
    text = "Customer,Order,Date,Item,Pieces,Net,line,line_1\n" + "C1,O1,2023-01-02,P1,1,1,7,8\n" * 2 + "C1,O2\n"
    found = read_history(configured(tmp_path, text, head=HEAD.format(limit=0).replace("0.2", "1")))
    assert found.account.quarantine is not None
    kept = pq.read_table(found.account.quarantine).to_pylist()
    assert [(row["line"], row["line_1"], row["line_2"]) for row in kept] == [("7", "8", None), (None, None, "C1,O2")]


@pytest.mark.parametrize(
    ("missing", "told"), [(30, "holds for the rows below it too"), (12, "such as sums at the end")]
)
def test_a_list_made_for_reading_is_not_to_be_filtered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: int, told: str
) -> None:
    names = pa.array([None if row < missing else f"C{row % 4}" for row in range(48)])
    table = lines().set_column(0, "Customer", names)
    assert main(["profile", "--config", str(supplier(tmp_path, table))]) == 3
    assert told in capsys.readouterr().err
