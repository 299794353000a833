"""Reading by buckets of customers gives the same store and the same account as reading at once."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from features.catalogue import FEATURES
from features.engine.plan import build
from features.engine.store import LineStore
from features.errors import DataProblem, UsageProblem
from pipeline.config import load_config
from pipeline.memory import limit as memory_limit
from pipeline.memory.mapped import BYTES_A_GB
from pipeline.sources import store as reading_store
from pipeline.sources.history import read_history
from pipeline.sources.store import StoreReading, read_store

TOML = """
name = "made"
[history]
last_day = 2024-12-31
memory_limit_gb = {limit}
max_quarantined_share = {share}
[history.order_lines]
path = "{path}"
uppercase = ["customer_id"]
[history.order_lines.columns]
customer_id = ["Country", "Account"]
order_id = "Order"
ordered_on = "Day"
product_id = "Item"
net_amount = "Net"
known_on = "Known"
[storage]
folder = "{runs}"
"""


def table(rows: int = 400) -> pd.DataFrame:
    """Customers spelled in several ways, without a name, lines twice, of no product, and of no readable day."""
    number = np.arange(rows)
    made = pd.DataFrame(
        {
            "Country": np.array(["de", "DE ", "fr", "at"])[number * 7 % 4],
            "Account": [f" k{n * 13 % 17}" if n % 5 else f"K{n * 13 % 17}" for n in number],
            "Order": number // 3,
            "Day": [str(date.fromordinal(738_500 + n // 2)) for n in number],
            "Item": [f"p{n * 11 % 9}" for n in number],
            "Net": 1.5 + number,
            "Known": [str(date.fromordinal(738_500 + n // 2 + n % 3 * 9)) for n in number],
        }
    )
    made.loc[made.index.isin([13, 130]), "Item"] = None
    made.loc[7, "Account"] = None
    made.loc[11, "Day"] = "soon"
    return pd.concat([made, made.iloc[20:23]], ignore_index=True)


@pytest.fixture
def configured(tmp_path):
    def configure(limit: float, kind: str = "csv", share: float = 0.5):
        path = tmp_path / f"lines.{kind}"
        table().to_csv(path, index=False) if kind == "csv" else table().to_parquet(path)
        file = tmp_path / "made.toml"
        file.write_text(TOML.format(limit=limit, share=share, path=path, runs=tmp_path / "runs"))
        return load_config(file)

    return configure


def limit_for(number: int) -> float:
    """The limit that makes about so many buckets of 403 lines."""
    return 403 * memory_limit.BYTES_A_LINE / number / memory_limit.LEAST_SHARE / BYTES_A_GB


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("number", [2, 3, 7])
def test_buckets_change_neither_rows_nor_matrix_nor_account(configured, monkeypatch, number, kind):
    whole = read_history(configured(0, kind))
    one = LineStore.from_history(whole.history)
    config = configured(limit_for(number), kind)
    monkeypatch.setattr(reading_store, "read_history", lambda *arguments: pytest.fail("it was not read by buckets"))
    parted = read_store(config)
    for name in ("customer_ids", "offsets", "day", "known", "cents", "taken_back"):
        np.testing.assert_array_equal(getattr(parted.store, name), getattr(one, name), err_msg=name)
    named = [store.product != store.nameless["product"] for store in (one, parted.store)]
    np.testing.assert_array_equal(*named)
    assert not named[0].all()
    codes = [found.products().codes[found.store.product] for found in (StoreReading(one, whole), parted)]
    np.testing.assert_array_equal(*codes)
    assert parted.products().codes[parted.store.nameless["product"]] is None
    cutoffs = [date.fromordinal(738_600), date.fromordinal(738_690)]
    first, other = (build(store, cutoffs, FEATURES, horizon_days=30) for store in (one, parted.store))
    assert len(first.values) and first.values.tobytes() == other.values.tobytes()
    summaries = [account.summary() for account in (whole.account, parted.reading.account)]
    assert summaries[0] == summaries[1]
    assert len(pd.read_parquet(parted.reading.account.quarantine)) == parted.reading.account.rows_quarantined == 5


def test_customers_under_two_spellings_and_rounded_products_are_told_of_however_lines_are_read(tmp_path, configured):
    told = []
    for limit in (0, limit_for(3)):
        config = configured(limit)
        spelled = [f"{n % 17:05d}" if n % 2 else f"{n % 17}" for n in range(403)]
        table().assign(Country=spelled, Account="k", Item="8.71234E+12").to_csv(tmp_path / "lines.csv", index=False)
        told.append(sorted(each.split(":")[1].split(" as ")[0] for each in read_store(config).reading.unmet))
    assert len(told[0]) == 2 and told[0] == told[1]


def test_a_line_that_cannot_be_split_counts_once_however_many_buckets_meet_it(tmp_path, configured):
    accounts = []
    for limit in (0, limit_for(3)):
        config = configured(limit)
        with (tmp_path / "lines.csv").open("a") as file:
            file.write("de,K1\n")
        accounts.append(read_store(config).reading.account)
    assert accounts[0].summary() == accounts[1].summary()
    assert len(pd.read_parquet(accounts[1].quarantine)) == 6


@pytest.mark.parametrize("number", [1, 3])
def test_a_column_of_which_nothing_can_be_read_is_refused_however_it_is_read(tmp_path, configured, number):
    """Such as of days nobody can read, that a few lines alone have."""
    config = configured(limit_for(number))
    table().assign(Known=["perhaps"] * 2 + [None] * 401).to_csv(tmp_path / "lines.csv", index=False)
    with pytest.raises(DataProblem, match="No value of the column 'Known' can be read as a date"):
        read_store(config)


@pytest.mark.parametrize(
    ("key", "settings"),
    [
        (["Order", "Item", "Day", "Net", "Country", "Account"], ""),
        (["Order", "Item", "Day", "Net"], 'duplicates = "keep"'),
        (["Order", "Item", "Day", "Net"], 'filters = [{name = "n", exclude = [{column = "Item", equals = "p0"}]}]'),
        (["Order", "Item", "Day", "Net"], ""),
    ],
)
def test_copies_of_another_customers_lines_are_found_or_refused(tmp_path, configured, key, settings):
    """A re-delivery under another customer is a copy where the key does not name the customer."""
    again = table()[lambda each: each["Item"] == "p0"].iloc[:9].assign(Country="zz", Account="Z1")
    accounts = []
    for limit in (0, limit_for(3)):
        configured(limit)
        pd.concat([table(), again]).to_csv(tmp_path / "lines.csv", index=False)
        file = tmp_path / "made.toml"
        columns = "[history.order_lines.columns]"
        file.write_text(file.read_text().replace(columns, f"duplicate_key = {key}\n{settings}\n{columns}"))
        if limit and not settings and "Account" not in key:
            with pytest.raises(
                UsageProblem, match="7 lines with copies of other customers, by Order, Item, Day, Net alone"
            ):
                read_store(load_config(file))
            return
        accounts.append(read_store(load_config(file)).reading.account.summary())
    assert accounts[0] == accounts[1]


@pytest.mark.parametrize(("number", "refused"), [("V1", True), (None, False), (" ", False)])
def test_versions_under_several_customers_are_found_or_refused(tmp_path, configured, number, refused):
    """Of nine versions of a line the newest is read, whatever becomes of copies; without a number none is a version."""
    rows = table()
    versions = rows.iloc[30:39].assign(Country=[*"adgjmpsvy"], Account="1", Number=number)
    many = pd.concat([rows.assign(Number=[f"N{row}" for row in range(len(rows))]), versions])
    settings = 'duplicates = "keep"\nduplicate_key = ["Number"]\nnewest_by = "Net"'
    accounts = []
    for limit in (0, limit_for(3)):
        configured(limit)
        many.to_csv(tmp_path / "lines.csv", index=False)
        file, columns = tmp_path / "made.toml", "[history.order_lines.columns]"
        file.write_text(file.read_text().replace(columns, f"{settings}\n{columns}"))
        if limit and refused:
            with pytest.raises(UsageProblem, match="1 lines with copies of other customers, by Number alone"):
                read_store(load_config(file))
            return
        accounts.append(read_store(load_config(file)).reading.account.summary())
    assert accounts[0] == accounts[1]


def test_columns_of_the_users_own_may_be_called_as_ours(tmp_path, configured):
    config = configured(limit_for(3))
    table().assign(part_0="x", part_1=1, bucket=2, lines=3).to_csv(tmp_path / "lines.csv", index=False)
    assert read_store(config).reading.account.rows_read == 403


def test_rows_of_a_customer_and_day_keep_the_order_of_the_files(tmp_path, configured):
    rows = np.arange(120_000)
    many = pd.DataFrame({name: table(1)[name].iloc[0] for name in table(1)}, index=rows)
    many = many.assign(Account=[f"K{number % 17}" for number in rows], Order=rows, Net=1.0 + rows)
    whole, parted = (configured(limit, "parquet") for limit in (0, limit_for(3) * rows.size / 403))
    many.to_parquet(tmp_path / "lines.parquet", row_group_size=2_048)
    one, other = (read_store(config).store for config in (whole, parted))
    np.testing.assert_array_equal(one.cents, other.cents)


def test_without_a_limit_it_is_read_at_once(configured):
    config = configured(0)
    assert read_store(config).reading.fingerprint == read_history(config).fingerprint


def test_what_needs_all_lines_at_once_is_refused_by_name(configured, monkeypatch):
    config = configured(1e-6)
    lines = config.history.order_lines
    columns = lines.columns.model_copy(update={"list_amount": "Net"})
    history = config.history.model_copy(update={"order_lines": lines.model_copy(update={"columns": columns})})
    with pytest.raises(UsageProblem, match=r"by buckets only order lines can be read(.|\n)*list_amount"):
        read_store(config.model_copy(update={"history": history}))
