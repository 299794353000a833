"""Where settings come from: the default, what holds for every table, a file that is extended, the table itself."""

import re
from pathlib import Path

import pytest
from beside import configured_with, regular, section
from suppliers import lines, supplier

from features.errors import UsageProblem
from features.history import OPTIONAL_TABLES
from features.table_declaration import Table
from pipeline.config import DEFAULT, load_config
from pipeline.sources.history import read_history

LINES = '[history.order_lines]\npath = "x.csv"\n[history.order_lines.columns]\ncustomer_id = "a"\nordered_on = "b"\n'
WALLET = section("wallet", regular("wallet"))


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def documented() -> str:
    """The sections of the optional tables in the default configuration, as they would stand in a user's."""
    text = DEFAULT.read_text(encoding="utf-8")
    shown = text[text.index("# [history.customers]") : text.index("\n[population]")]
    return "\n".join(line.removeprefix("# ") for line in shown.splitlines())


def test_what_the_default_shows_of_the_optional_tables_loads(tmp_path: Path) -> None:
    """Lines that only name what else there is are no settings."""
    settings = [line for line in documented().splitlines() if line.startswith(("[", '"')) or " = " in line]
    config = load_config(written(tmp_path, "acme.toml", "\n".join([LINES, *settings])))
    assert all(config.history.table(table.name) for table in OPTIONAL_TABLES)


@pytest.mark.parametrize("table", OPTIONAL_TABLES, ids=lambda table: table.name)
def test_the_default_speaks_of_every_column(table: Table) -> None:
    text = documented()
    part = text[text.index(f"[history.{table.name}.columns]") :].split("\n\n")[0]
    money = ["currency"] if any(column.kind == "money" for column in table.columns) else []
    assert [name for name in [*table.by_name, *money] if not re.search(rf"\b{name}\b", part)] == []
    required = [line.split(" = ")[0] for line in part.splitlines() if "# required" in line and " = " in line]
    assert required == [column.name for column in table.required]
    for column in table.columns:
        words = re.search(rf"^{column.name} = .*", part, re.M)
        assert all(choice in (words[0] if words else "") for choice in column.choices), column.name


def test_what_holds_for_every_table_holds_unless_the_table_says_otherwise(tmp_path: Path) -> None:
    text = '[history.every_table]\ndecimal = ","\nuppercase = ["customer_id"]\ncsv = {delimiter = ";"}\n'
    own = WALLET.replace("\n\n", '\ndecimal = "."\n', 1)
    config = load_config(written(tmp_path, "acme.toml", LINES + own + section("quotes", regular("quotes")) + text))
    wallet, quotes = config.history.table("wallet"), config.history.table("quotes")
    assert wallet and quotes
    assert (wallet.decimal, quotes.decimal, config.history.order_lines.decimal) == (".", ",", ",")
    assert (wallet.csv.delimiter, wallet.csv.encoding, list(quotes.uppercase)) == (";", "utf-8", ["customer_id"])


def test_customers_in_other_capitals_are_the_same_customers(tmp_path: Path) -> None:
    table = regular("quotes", 4, customer_id=["c0", "c1", "C2", "c3"])
    config = configured_with(tmp_path, ("quotes", table, ""), head='[history.every_table]\nuppercase = ["customer_id"]')
    assert read_history(config).beside[0].remarks == {}


def test_a_path_is_relative_to_the_file_that_states_it(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, "acme.toml", LINES + WALLET))
    assert config.history.table("wallet").path == str(tmp_path / "wallet.parquet")  # type: ignore[union-attr]


def test_a_file_extends_another_all_but_its_name(tmp_path: Path) -> None:
    """What a configuration produces is kept under its name: two of one name would overwrite each other's models."""
    written(tmp_path, "shop.toml", f'name = "shop"\n[time]\ngap_days = 3\nhorizon_days = 33\n{LINES}')
    config = load_config(written(tmp_path, "more.toml", f'extends = "shop.toml"\n[time]\ngap_days = 4\n{WALLET}'))
    assert (config.name, config.time.gap_days, config.time.horizon_days) == ("more", 4, 33)
    assert config.history.order_lines.path == str(tmp_path / "x.csv")
    assert config.history.table("wallet")
    assert load_config(tmp_path / "shop.toml").history.table("wallet") is None


def test_what_is_extended_may_extend_a_third(tmp_path: Path) -> None:
    written(tmp_path, "a.toml", f"[time]\ngap_days = 3\n{LINES}")
    written(tmp_path, "b.toml", 'extends = "a.toml"\n[time]\nhorizon_days = 33')
    config = load_config(written(tmp_path, "c.toml", 'extends = "b.toml"'))
    assert (config.time.gap_days, config.time.horizon_days) == (3, 33)


EXTENDS = ['"../a.toml"', '"/etc/passwd"', '"sub/a.toml"', '"nobody.toml"', '"."', '""', "3", '["a.toml"]', '"c.toml"']


@pytest.mark.parametrize("name", EXTENDS)
def test_only_another_file_in_the_same_folder_is_extended(tmp_path: Path, name: str) -> None:
    (folder := tmp_path / "here").mkdir()
    written(tmp_path, "a.toml", LINES)
    with pytest.raises(UsageProblem, match="configuration to extend cannot be used") as problem:
        load_config(written(folder, "c.toml", f"extends = {name}"))
    assert problem.value.where == f"{folder / 'c.toml'}, extends"


def test_files_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    written(tmp_path, "a.toml", 'extends = "b.toml"')
    with pytest.raises(UsageProblem, match=r"b\.toml', which extends this one"):
        load_config(written(tmp_path, "b.toml", 'extends = "a.toml"'))


def test_a_mistake_in_the_file_extended_is_a_usage_problem(tmp_path: Path) -> None:
    written(tmp_path, "a.toml", "x = [")
    with pytest.raises(UsageProblem, match=r"a\.toml"):
        load_config(written(tmp_path, "c.toml", 'extends = "a.toml"'))


def test_the_ready_wallet_differs_from_the_orders_alone_by_the_wallet(real_data: Path) -> None:
    alone, more = (load_config(name) for name in ("iowa", "iowa_wallet"))
    assert alone.history.table("wallet") is None
    assert more.history.table("wallet") is not None
    assert (alone.name, more.name) == ("iowa_389", "iowa_wallet")
    assert alone.model_dump(exclude={"name", "history"}) == more.model_dump(exclude={"name", "history"})
    assert alone.history.order_lines == more.history.order_lines


def test_supplier_configurations_without_optional_tables_stay_as_they_were(tmp_path: Path) -> None:
    assert load_config(supplier(tmp_path, lines())).history.every_table.duplicates == "quarantine"
