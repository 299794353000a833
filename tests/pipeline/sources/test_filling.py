"""What an order states once holds for all its rows where that is declared, and nothing else is changed."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from suppliers import column, configured, keep, lines

from features.errors import DataProblem, UsageProblem
from features.history import ORDER_LINES
from pipeline.memory import limit as memory_limit
from pipeline.profile.once_an_order import once_an_order
from pipeline.profile.profile import profile
from pipeline.settings.history import TableSettings
from pipeline.sources import store as reading_store
from pipeline.sources.database import connect, folder_of
from pipeline.sources.files import Source, open_source
from pipeline.sources.filling import filled
from pipeline.sources.history import Reading, read_history
from pipeline.sources.store import read_store

COLUMNS = """
[history.order_lines.columns]
customer_id = "Email"
order_id = "Name"
ordered_on = "Created at"
product_id = "Lineitem sku"
net_amount = "Lineitem price"
"""
HEAD = "Name,Email,Financial Status,Total,Created at,Lineitem price,Lineitem sku"
ONE = [
    "#1,a@x,paid,30.00,2023-01-02,10.00,P1",
    "#1,,,,2023-01-02,20.00,P2",
    "#2,b@x,refunded,5.00,2023-01-03,5.00,P1",
    "#3,,,,2023-01-04,7.00,P3",
    "#3,a@x,paid,9.00,2023-01-04,2.00,P1",
]
FILL = 'fill_down = ["Email", "Financial Status"]\n'
PAID = keep('column = "Financial Status", equals = "paid"', "paid only")


def shop(folder: Path, rows: list[str], settings: str = FILL + PAID, head: str = "") -> Reading:
    return read_history(configured(folder, "\n".join([HEAD, *rows]), settings, COLUMNS, head))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_what_an_order_states_once_holds_for_all_its_rows(tmp_path: Path, kind: str) -> None:
    """An order may state it on any of its rows; rows stay in the order of the files, which keys are put together by."""
    cells = [row.split(",") for row in ONE]
    table = pa.table(
        dict(zip(HEAD.split(","), ([cell or None for cell in each] for each in zip(*cells, strict=True)), strict=True))
    )
    text = "\n".join([HEAD, *ONE])
    reading = read_history(configured(tmp_path, text if kind == "csv" else table, FILL + PAID, COLUMNS))
    assert column(reading, "customer_id") == ["a@x"] * 4
    assert column(reading, "product_id") == ["P1", "P2", "P3", "P1"]
    assert column(reading, "net_amount") == [1000, 2000, 700, 200]
    account = reading.account
    assert (account.filled, account.excluded) == ({"Email": 2, "Financial Status": 2}, {"paid only": 1})
    assert "filled from its order: Email" in reading.text()


def test_without_it_other_rows_of_an_order_are_dropped_in_silence(tmp_path: Path) -> None:
    assert column(shop(tmp_path, ONE, PAID), "product_id") == ["P1", "P1"]


UNCLEAR = [
    (["#1,a@x,paid,1,2023-01-02,1,P1", "#1,a@x,refunded,1,2023-01-02,1,P2", "#1,a@x,,1,2023-01-02,1,P3"], ["P1"]),
    ([",a@x,paid,1,2023-01-02,1,P1", ",a@x,,1,2023-01-02,1,P2", "#2,a@x,paid,1,2023-01-02,1,P4"], ["P4"]),
    (["#1,a@x,paid,1,2023-01-02,1,P1", "#1,a@x, ,1,2023-01-02,1,P2", "# 1,a@x,,1,2023-01-02,1,P3"], ["P1", "P2"]),
]


@pytest.mark.parametrize(("rows", "left"), UNCLEAR, ids=["two values", "no order", "blanks"])
def test_only_one_value_of_one_order_is_filled_in(tmp_path: Path, rows: list[str], left: list[str]) -> None:
    """The mutant takes the value above, which of a refund in part would call the rest refunded."""
    assert column(shop(tmp_path, rows, head="[history]\nmax_quarantined_share = 1.0"), "product_id") == left


TWICE = ["#1,a@x,paid,30.00,2023-01-02,10.00,P1", "#1,,,30.00,2023-01-02,10.00,P1"]


@pytest.mark.parametrize("delivered", [1, 2])
def test_two_lines_alike_of_one_order_are_no_copies_and_a_line_delivered_twice_is_one(
    tmp_path: Path, delivered: int
) -> None:
    """The mutant looks for copies among rows as they are once filled: the second piece of an order would be gone."""
    reading = shop(tmp_path, TWICE * delivered, head="[history]\nmax_quarantined_share = 1.0")
    assert column(reading, "net_amount") == [1000, 1000]
    assert sum(reading.account.quarantined.values()) == 2 * (delivered - 1)


def test_two_customers_orders_of_one_number_are_two(tmp_path: Path) -> None:
    rows = ["1,a@x,paid,1,2023-01-02,1,P1", "1,a@x,,1,2023-01-02,1,P2", "1,b@x,open,1,2023-02-02,1,P3"]
    reading = shop(tmp_path, [*rows, "1,c@x,,1,2023-02-02,1,P4"], 'fill_down = ["Financial Status"]\n' + PAID)
    assert column(reading, "product_id") == ["P1", "P2"]


def test_a_line_that_cannot_be_split_is_put_aside_once(tmp_path: Path) -> None:
    reading = shop(tmp_path, [*ONE, "#4,a,b,c,d,e,f,g,h,i"], head="[history]\nmax_quarantined_share = 1.0")
    assert sum(reading.account.quarantined.values()) == 1 and reading.account.rows_read == 6
    assert len(column(reading, "customer_id")) == 4


def test_by_buckets_the_same_is_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row.replace("#", f"#{turn}-").replace("@", f"{turn}@") for turn in range(20) for row in ONE]
    share = len(rows) * memory_limit.BYTES_A_LINE / 3 / memory_limit.LEAST_SHARE / memory_limit.BYTES_A_GB
    found = []
    for limit in (0.0, share):
        (folder := tmp_path / f"{limit:g}").mkdir()
        head = f"[history]\nmemory_limit_gb = {limit}"
        found.append(read_store(configured(folder, "\n".join([HEAD, *rows]), FILL + PAID, COLUMNS, head)))
        monkeypatch.setattr(reading_store, "read_history", lambda *_: pytest.fail("it was not read by buckets"))
    one, other = found
    assert one.store.customer_ids.tolist() == other.store.customer_ids.tolist()
    assert one.reading.summary() == other.reading.summary()


def test_a_limit_of_memory_holds_while_orders_are_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant limits the database once it knows how many buckets there are: all rows were put down before."""
    limits = []

    def spied(database: duckdb.DuckDBPyConnection, source: Source, settings: TableSettings) -> Source:
        limits.append(database.execute("SELECT current_setting('memory_limit')").fetchone())
        return filled(database, source, settings)

    monkeypatch.setattr(reading_store, "filled", spied)
    read_store(configured(tmp_path, "\n".join([HEAD, *ONE]), FILL, COLUMNS, "[history]\nmemory_limit_gb = 1"))
    assert limits == [("476.8 MiB",)]


def test_filling_may_need_room_where_nothing_was_kept_before(tmp_path: Path) -> None:
    """The database makes its own folder where memory does not do, and none to put it in."""
    config = configured(tmp_path, "\n".join([HEAD, *ONE]), FILL, COLUMNS)
    with connect(config) as database:
        filled(database, open_source(database, config.history.order_lines, ORDER_LINES), config.history.order_lines)
        assert folder_of(database).parent.is_dir()


WRONG = [
    ('fill_down = ["Total", "Lineitem price"]', "may not name 'Lineitem price'"),
    ('fill_down = ["Name"]', "may not name 'Name'"),
]


@pytest.mark.parametrize(("setting", "says"), WRONG)
def test_amounts_and_orders_are_not_filled(tmp_path: Path, setting: str, says: str) -> None:
    with pytest.raises(UsageProblem, match=says):
        shop(tmp_path, ONE, setting)


def test_without_orders_there_is_nothing_to_fill_within(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="needs the column order_id"):
        configured(tmp_path, "\n".join([HEAD, *ONE]), FILL, COLUMNS.replace('order_id = "Name"\n', ""))


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="no column 'Mail'") as problem:
        shop(tmp_path, ONE, 'fill_down = ["Mail"]')
    assert "fill_down" in problem.value.where


@pytest.mark.parametrize(("column", "role"), [("Name", "order_id"), ("Email", "customer_id")])
def test_a_column_of_the_order_that_is_not_there_is_named(tmp_path: Path, column: str, role: str) -> None:
    """The mutant joins by it, and the database says that files cannot be read."""
    columns = COLUMNS.replace(f'{role} = "{column}"', f'{role} = "Elsewhere"')
    text = "\n".join([HEAD, *ONE])
    with pytest.raises(DataProblem, match="no column 'Elsewhere'") as problem:
        read_history(configured(tmp_path, text, 'fill_down = ["Financial Status"]', columns))
    assert problem.value.where.endswith(f"columns.{role}")


def orders(number: int) -> list[str]:
    """Orders of two rows, as a shop exports them."""
    pairs = [(f"#{at},a{at % 9}@x,paid,3,2023-01-{1 + at % 28:02d},1,P1", at) for at in range(number)]
    return [row for first, at in pairs for row in (first, f"#{at},,,,2023-01-{1 + at % 28:02d},2,P2")]


def test_the_profile_names_columns_in_use_that_orders_state_once(tmp_path: Path) -> None:
    told = "\n".join(once_an_order(configured(tmp_path, "\n".join([HEAD, *orders(30)]), PAID, COLUMNS)))
    assert "'Financial Status', which the filter 'paid only' rests on, stands on one row only of 100%" in told
    assert 'fill_down = ["Email"]' in told
    assert "Total" not in told, "nobody uses it"


def test_of_an_amount_it_says_to_map_that_of_the_line(tmp_path: Path) -> None:
    columns = COLUMNS.replace('"Lineitem price"', '"Total"')
    told = list(once_an_order(configured(tmp_path, "\n".join([HEAD, *orders(30)]), "", columns)))
    assert [each for each in told if "'Total'" in each and "that of the line" in each and "fill_down" not in each]


def test_nothing_is_said_where_it_is_filled_or_of_few_orders_or_of_a_regular_supplier(tmp_path: Path) -> None:
    text = "\n".join([HEAD, *orders(30)])
    assert list(once_an_order(configured(tmp_path, text, FILL + PAID, COLUMNS))) == []
    assert list(once_an_order(configured(tmp_path, "\n".join([HEAD, *orders(19)]), PAID, COLUMNS))) == []
    assert list(once_an_order(configured(tmp_path, lines()))) == []


def test_the_warning_stands_in_the_profile(tmp_path: Path) -> None:
    config = configured(tmp_path, "\n".join([HEAD, *orders(30)]), PAID, COLUMNS)
    assert any("fill_down" in warning for warning in profile(config).warnings)
