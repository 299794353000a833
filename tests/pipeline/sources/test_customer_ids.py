"""Customers whose id changed: one customer in every table, at once or by buckets, and contradictions refused."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from beside import regular, section
from hypothesis import given
from hypothesis import strategies as st
from listed_ids import PAIRS, listed
from suppliers import COLUMNS, column, configured, lines

from features.errors import DataProblem, UsageProblem
from pipeline.memory import limit as memory_limit
from pipeline.sources import buckets
from pipeline.sources import store as reading_store
from pipeline.sources.first_ids import OWN_DAYS, drawn_by
from pipeline.sources.history import Reading, read_history
from pipeline.sources.newer_ids import followed
from pipeline.sources.store import read_store


def customers(reading: Reading) -> list[object]:
    return sorted({str(name) for name in column(reading, "customer_id")})


CHAINS = [
    ("C0 C1", ["C1", "C2", "C3"]),
    ("C0 X", ["C1", "C2", "C3", "X"]),
    ("C0 C1, C1 C2", ["C2", "C3"]),
    ("C1 C2, C0 C1, C2 Y, C3 Y", ["Y"]),
    ("C0 C1, C0 C1", ["C1", "C2", "C3"]),
    ("C0 C0", ["C0", "C1", "C2", "C3"]),
    ("Z9 Z8", ["C0", "C1", "C2", "C3"]),
]


@pytest.mark.parametrize(("pairs", "left"), CHAINS)
def test_the_newest_id_stands_for_all_before_it(tmp_path: Path, pairs: str, left: list[str]) -> None:
    reading = read_history(listed(tmp_path, pairs, lines()))
    assert customers(reading) == left
    assert reading.account.rows_used == 48


def test_what_is_written_with_a_sharp_s_or_two_is_one_in_capitals(tmp_path: Path) -> None:
    table = lines(2).set_column(0, "Customer", pa.array(["Groß", "GROSS"] * 12))
    same = 'uppercase = ["customer_id"]'
    assert customers(read_history(configured(tmp_path, table, same))) == ["GROSS"]
    assert customers(read_history(listed(tmp_path, "Gross X, Y Groß", table, same, own=same))) == ["X"]


def test_what_was_replaced_is_counted(tmp_path: Path) -> None:
    reading = read_history(listed(tmp_path, "C0 C1, C1 C2", lines()))
    assert reading.account.remarks == {"customer under an older id": 24}
    told = reading.summary()["customer_ids"]
    assert isinstance(told, dict) and (told["rows_used"], told["older_ids"]) == (2, 2)
    assert "customer_ids, 1 file: rows read" in reading.text()


def test_without_a_list_nothing_is_said_of_it(tmp_path: Path) -> None:
    assert "customer_ids" not in read_history(configured(tmp_path, lines())).summary()


def test_the_fingerprint_of_the_lines_is_that_of_lines_written_with_the_newest_id(tmp_path: Path) -> None:
    for name in ("listed", "written", "plain"):
        (tmp_path / name).mkdir()
    replaced = lines(Customer=["C1" if name == "C0" else name for name in lines().column("Customer").to_pylist()])
    found = read_history(listed(tmp_path / "listed", "C0 C1", lines())).tables
    assert found == read_history(configured(tmp_path / "written", replaced)).tables
    assert found != read_history(configured(tmp_path / "plain", lines())).tables


@pytest.mark.parametrize("limit", [0.0, 1e-6])
def test_pairs_count_for_the_fingerprint_even_where_no_row_has_the_old_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: float
) -> None:
    """Who is left in peace, held out, or was exported before may depend on them."""
    monkeypatch.setattr(buckets, "buckets_for", lambda *_: 2)
    marks = []
    for place, pairs in enumerate(["Z9 Z9", "Z9 Z8", "Z9 Z7", "Z6 Z9, Z9 Z8", "Z9 Z8, Z6 Z9"]):
        (folder := tmp_path / str(place)).mkdir()
        head = f"[history]\nmemory_limit_gb = {limit}"
        marks.append(read_store(listed(folder, pairs, lines(), head=head)).reading.fingerprint)
    assert len(set(marks)) == 4 and marks[-1] == marks[-2], "the order of the list says nothing"


FIRST = [
    ("C0 X", {"X": "C0"}),
    ("C0 X, X Y", {"Y": "C0"}),
    ("C3 Y, C0 X, X Y", {"Y": "C0"}),
    ("C3 X, A Z", {"X": "C3", "Z": "A"}),
    ("C0 C1", {"C1": "C1"}),
    ("C0 C1, C1 X, X Y", {"Y": "C1"}),
    ("C0 C1, C1 C2", {"C2": "C2"}),
    ("Z9 C1", {"C1": "Z9"}),
]
"""The customers C0 to C3 order side by side for half a year; under all other ids there is no line."""


@pytest.mark.parametrize(("pairs", "first"), FIRST)
@pytest.mark.parametrize("number", [1, 2])
def test_lots_go_with_the_first_id_and_with_an_account_that_others_were_merged_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pairs: str, first: dict[str, str], number: int
) -> None:
    monkeypatch.setattr(buckets, "buckets_for", lambda *_: number)
    config = listed(tmp_path, pairs, lines(), head="[history]\nmemory_limit_gb = 1e-6")
    assert read_store(config).reading.first_ids == first


@pytest.mark.parametrize(("beside", "kept"), [(OWN_DAYS - 1, "OLD"), (OWN_DAYS, "NEW")])
def test_an_id_in_use_beside_the_older_one_for_a_quarter_is_an_account(tmp_path: Path, beside: int, kept: str) -> None:
    """Where lines of the older one come for a while, somebody goes on to order by the number of before."""
    last = date(2023, 1, 1) + timedelta(days=200)
    first = last - timedelta(days=beside)
    days = [date(2023, 1, 1), last, first, last + timedelta(days=50)]
    table = lines(1, 4, Customer=["OLD", "OLD", "NEW", "NEW"], Date=[str(day) for day in days])
    assert read_history(listed(tmp_path, "OLD NEW", table)).first_ids == {"NEW": kept}
    early = read_history(listed(tmp_path, "OLD NEW", table), known_before=last)
    assert early.first_ids == {"NEW": "OLD"}, "what was not known yet tells nothing"


def test_a_line_is_of_the_day_it_was_known_on(tmp_path: Path) -> None:
    """All of a new system is known on one day: what it holds of before was under the older ids then."""
    days = [str(date(2023, 1, 1) + timedelta(days=day)) for day in (0, 200, 0, 250)]
    known = [str(date(2023, 1, 1) + timedelta(days=day)) for day in (0, 200, 240, 250)]
    table = lines(1, 4, Customer=["OLD", "OLD", "NEW", "NEW"], Date=days).append_column("Known", pa.array(known))
    (tmp_path / "ids.csv").write_text("Old,New\nOLD,NEW\n")
    config = configured(tmp_path, table, columns=COLUMNS + 'known_on = "Known"\n', head=PAIRS.format(settings=""))
    assert read_history(config).first_ids == {"NEW": "OLD"}


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 9), max_size=9), st.lists(st.integers(0, 400), min_size=20))
def test_lots_of_chains_are_those_of_the_plain_rule(step: dict[int, int], days: list[int]) -> None:
    """The reference asks every id in turn, from the newest back, and looks at all that came before it."""
    told = {f"{old}": f"{new}" for old, new in step.items() if old != new}
    told = {old: new for old, new in told.items() if old in followed(told)}
    known = {f"{n}": (min(days[2 * n : 2 * n + 2]), max(days[2 * n : 2 * n + 2])) for n in range(0, 10, 2)}

    def olds(name: str) -> list[str]:
        direct = [old for old, new in told.items() if new == name]
        return [*direct, *(each for old in direct for each in olds(old))]

    def lot(name: str) -> str:
        direct = [old for old, new in told.items() if new == name]
        last = [known[old][1] for old in olds(name) if old in known]
        own = name in known and bool(last) and known[name][0] + OWN_DAYS <= max(last)
        return name if own or not direct else min(map(lot, direct))

    assert drawn_by(told, known) == {new: lot(new) for new in {*told.values()} if new not in told}


CIRCLES = [
    ("C0 C1, C1 C0", "lead back", "2 old ids in 2 pairs", 2),
    ("C0 C1, C1 C2, C2 C1, C3 X", "lead back", "3 old ids in 3 pairs", 3),
    ("C0 C1, C0 C2", "several new ones", "1 old id in 2 pairs", 2),
    ("C0 C1, C0 C2, C3 C2", "several new ones", "1 old id in 2 pairs", 2),
]


@pytest.mark.parametrize(("pairs", "says", "got", "named"), CIRCLES)
def test_ids_that_lead_nowhere_are_refused_and_named_in_a_file(
    tmp_path: Path, pairs: str, says: str, got: str, named: int
) -> None:
    with pytest.raises(DataProblem, match=says) as problem:
        read_history(listed(tmp_path, pairs, lines()))
    assert problem.value.got.startswith(got)
    assert "C0" not in str(problem.value), "messages quote no ids"
    kept = pq.read_table(tmp_path / "runs" / "quarantine" / "acme" / "customer_ids.parquet")
    assert kept.num_rows == named
    assert all(f"{row['from']} {row['to']}" in pairs for row in kept.to_pylist())


@given(st.dictionaries(st.integers(0, 12), st.integers(0, 12), max_size=12))
def test_chains_end_where_following_them_step_by_step_ends(step: dict[int, int]) -> None:
    """The reference: so many steps as there are ids lead to the end, or round for ever."""
    told = {f"{old}": f"{new}" for old, new in step.items() if old != new}
    ends = {}
    for old in told:
        at = old
        for _ in range(len(told) + 1):
            at = told.get(at, at)
        if at not in told:
            ends[old] = at
    assert followed(told) == ends


def test_capitals_are_made_before_ids_are_looked_up(tmp_path: Path) -> None:
    head = '[history.every_table]\nuppercase = ["customer_id"]'
    table = lines(Customer=[name.lower() for name in lines().column("Customer").to_pylist()])
    assert customers(read_history(listed(tmp_path, "c0 C1", table, head=head))) == ["C1", "C2", "C3"]


def test_every_table_speaks_of_the_newest(tmp_path: Path) -> None:
    table = regular("interactions", 12)
    pq.write_table(table, tmp_path / "interactions.parquet")
    name = table.column("Customer" if "Customer" in table.column_names else table.column_names[0])[0].as_py()
    config = listed(tmp_path, f"{name} NEW", lines(), head=section("interactions", table, ""))
    found = read_history(config).history.optional["interactions"].column("customer_id").to_pylist()
    assert name not in found and "NEW" in found


def test_of_two_accounts_that_became_one_the_newer_tells_who_it_is(tmp_path: Path) -> None:
    table = pa.table({"Customer": ["C0", "C1", "C2"], "Region": ["north", "south", "east"]})
    pq.write_table(table, tmp_path / "customers.parquet")
    head = """
[history.customers]
path = "customers.parquet"
static = ["region"]
[history.customers.columns]
customer_id = "Customer"
region = "Region"
"""
    reading = read_history(listed(tmp_path, "C0 C1, C2 C9", lines(), head=head))
    rows = reading.history.optional["customers"]
    found = dict(zip(rows.column("customer_id").to_pylist(), rows.column("region").to_pylist(), strict=True))
    assert found == {"C1": "south", "C9": "east"}
    assert reading.beside[0].excluded == {"under an older id, of a time that the newer one tells of": 1}
    assert reading.beside[0].quarantined == {}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("number", [2, 3])
def test_by_buckets_a_customer_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: str
) -> None:
    """The old id lies in the first bucket, its new one in the last: the bucket has to be that of the new one."""
    day = [date(2023, 1, 2) + timedelta(days=row) for row in range(96)]
    names = [f"C{row % 4}" for row in range(96)]
    table = lines(4, 24, Date=[str(each) for each in day] if kind == "csv" else pa.array(day), Customer=names)
    written = "\n".join(
        [",".join(table.column_names), *(",".join(map(str, row.values())) for row in table.to_pylist())]
    )
    share = 96 * memory_limit.BYTES_A_LINE / number / memory_limit.LEAST_SHARE / memory_limit.BYTES_A_GB
    stores = []
    for limit in (0.0, share):
        (folder := tmp_path / f"{limit:g}").mkdir()
        head = f"[history]\nmemory_limit_gb = {limit}"
        stores.append(read_store(listed(folder, "C0 C3, C1 B9", written if kind == "csv" else table, head=head)))
        monkeypatch.setattr(reading_store, "read_history", lambda *_: pytest.fail("it was not read by buckets"))
    one, other = (found.store for found in stores)
    for name in ("customer_ids", "offsets", "day", "cents"):
        np.testing.assert_array_equal(getattr(other, name), getattr(one, name), err_msg=name)
    assert one.customer_ids.tolist() == ["B9", "C2", "C3"]
    assert stores[0].reading.summary() == stores[1].reading.summary()


def test_the_list_takes_the_settings_of_every_table_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "ids.csv").write_text("Old;New\nC0;C1\n")
    (tmp_path / "deep").mkdir()
    config = listed(tmp_path, "C0 C1", lines(), own='csv.delimiter = ";"')
    (tmp_path / "ids.csv").write_text("Old;New\nC0;C1\n")
    assert customers(read_history(config)) == ["C1", "C2", "C3"]
    with pytest.raises(UsageProblem, match="no setting 'sort'"):
        listed(tmp_path, "C0 C1", lines(), own="sort = 1")
