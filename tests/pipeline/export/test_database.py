"""Predictions reach a database all or none, by key, as bound values, and no message gives anything away."""

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sql

from features.errors import DataProblem, UsageProblem
from pipeline.contract.predictions import FIELDS
from pipeline.export import database
from pipeline.export.database import KEY, deliver
from tests.pipeline.postgres import PASSWORD, postgres
from tests.pipeline.prediction_rows import CUTOFF, prediction, predictions

LATER = date(2024, 6, 1)
NAME = "small_predictions"
HOSTILE = [
    "'; DROP TABLE small_predictions; --",
    '"x"',
    "%(customer_id)s",
    ":customer_id",
    "a\\'b",
    "x" * 10_000,
    "€",
    "=",
]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'predictions.db'}"
    found = str(request.getfixturevalue("server"))
    query(found, f"DROP TABLE IF EXISTS {NAME}")
    return found


def query(address: str, text: str) -> list[sql.Row]:
    engine = sql.create_engine(address.replace("postgresql:", "postgresql+psycopg2:"))
    with engine.begin() as connection:
        result = connection.execute(sql.text(text))
        return list(result) if result.returns_rows else []


def rows(address: str) -> list[tuple[object, ...]]:
    text = f"SELECT customer_id, CAST(cutoff AS TEXT), churn_probability FROM {NAME} ORDER BY cutoff, customer_id"
    return [tuple(row) for row in query(address, text)]


def test_a_cutoff_is_replaced_by_key_and_the_others_stay(address: str) -> None:
    deliver(predictions(prediction("a"), prediction("b"), prediction("n", None)), CUTOFF, address, NAME)
    deliver(predictions(prediction("a", cutoff=LATER)), LATER, address, NAME)
    done = deliver(predictions(prediction("a", 0.75), prediction("c")), CUTOFF, address, NAME)
    assert (done.rows, done.removed) == (2, 2)
    assert rows(address) == [("a", "2024-05-01", 0.75), ("c", "2024-05-01", 0.25), ("a", "2024-06-01", 0.25)]


def test_every_column_arrives_as_it_was(address: str) -> None:
    table = predictions(prediction("a", reasons=["Ünusual, it's"], churn_decile=3, value_at_risk=12.5), prediction("b"))
    deliver(table, CUTOFF, address, NAME)
    target = database._target(NAME)
    engine = sql.create_engine(address.replace("postgresql:", "postgresql+psycopg2:"))
    with engine.connect() as connection:
        found = [dict(row._mapping) for row in connection.execute(sql.select(target).order_by(target.c.customer_id))]
    assert found == table.to_pylist()


def test_hostile_text_is_a_value_and_nothing_more(address: str) -> None:
    table = predictions(*(prediction(text, reasons=[text]) for text in HOSTILE))
    deliver(table, CUTOFF, address, NAME)
    deliver(table, CUTOFF, address, NAME)
    assert sorted(str(row[0]) for row in rows(address)) == sorted(HOSTILE)


def test_the_one_sign_that_postgresql_cannot_hold_is_replaced(address: str) -> None:
    table = predictions(prediction("a\x00b", reasons=["c\x00"]))
    assert deliver(table, CUTOFF, address, NAME) == deliver(table, CUTOFF, address, NAME)
    assert rows(address)[0][0] == "a\ufffdb"


def test_a_failure_in_the_middle_leaves_what_was_there(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(predictions(prediction("a")), CUTOFF, address, NAME)
    monkeypatch.setattr(database, "ROWS_AT_ONCE", 1)
    whole = database._rows
    broken = {"customer_id": "Alder", "cutoff": None}
    monkeypatch.setattr(database, "_rows", lambda table: [
        row if row["customer_id"] != "z" else row | broken for row in whole(table)
    ])  # fmt: skip
    with pytest.raises(DataProblem, match="nothing was written") as caught:
        deliver(predictions(prediction("b", 0.5), prediction("z")), CUTOFF, address, NAME)
    assert "Alder" not in str(caught.value)
    assert rows(address) == [("a", "2024-05-01", 0.25)]


def test_a_failure_leaves_no_new_table(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_rows", lambda table: [{"customer_id": None, "cutoff": CUTOFF}])
    with pytest.raises(DataProblem):
        deliver(predictions(prediction("a")), CUTOFF, address, NAME)
    with pytest.raises(sql.exc.DBAPIError):
        rows(address)


def test_a_table_of_an_older_version_is_widened_and_the_users_own_column_stays(address: str) -> None:
    query(
        address,
        f"CREATE TABLE {NAME} (customer_id TEXT, cutoff DATE, own TEXT DEFAULT 'x', PRIMARY KEY (customer_id, cutoff))",
    )
    deliver(predictions(prediction("a")), CUTOFF, address, NAME)
    assert [tuple(row) for row in query(address, f"SELECT churn_probability, own FROM {NAME}")] == [(0.25, "x")]


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ("customer_id TEXT, cutoff DATE", "primary key"),
        ("customer_id TEXT, cutoff DATE, churn_rank TEXT, PRIMARY KEY (customer_id, cutoff)", "churn_rank is TEXT"),
    ],
)
def test_a_table_that_is_not_ours_is_refused_by_name(address: str, columns: str, named: str) -> None:
    query(address, f"CREATE TABLE {NAME} ({columns})")
    with pytest.raises(DataProblem, match=named):
        deliver(predictions(prediction("a")), CUTOFF, address, NAME)
    assert query(address, f"SELECT count(*) FROM {NAME}")[0][0] == 0


@pytest.mark.parametrize("name", ['x"; DROP TABLE y; --', "select", "Ünusual %s :a"])
def test_the_name_of_a_table_is_a_name_and_nothing_more(address: str, name: str) -> None:
    query(address, "DROP TABLE IF EXISTS y")
    query(address, "CREATE TABLE y (z INTEGER)")
    deliver(predictions(prediction("a")), CUTOFF, address, name)
    assert deliver(predictions(prediction("b")), CUTOFF, address, name).removed == 1
    assert query(address, "SELECT count(*) FROM y")[0][0] == 0


def test_two_deliveries_to_a_new_table_at_once_both_succeed(address: str) -> None:
    tables = [predictions(*(prediction(f"c{i}", p) for i in range(200))) for p in (0.25, 0.75)]
    failed: list[Exception] = []

    def work(place: int) -> None:
        try:
            deliver(tables[place], CUTOFF, address, NAME)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len({row[2] for row in rows(address)}) == 1


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("oracle://scott:tiger@host/x", "got:      oracle"),
        ("tiger", "got:      no scheme"),
        ("postgresql://scott:tiger@127.0.0.1:1/x", r"where:    postgresql://127\.0\.0\.1:1/x"),
        ("postgresql://scott:tiger@host:port/x", "got:      an address that cannot be read"),
        ("postgresql://127.0.0.1:1/x?user=scott&password=tiger", "OperationalError"),
        ("sqlite:////nowhere/at/all.db", "OperationalError"),
    ],
)
def test_an_address_that_cannot_be_used_is_a_problem_without_its_secrets(bad: str, words: str) -> None:
    with pytest.raises(UsageProblem, match=words) as caught:
        deliver(predictions(prediction("a")), CUTOFF, bad, NAME)
    assert not any(secret in str(caught.value) for secret in ("scott", "tiger"))
    assert caught.value.__suppress_context__


@pytest.mark.slow
def test_a_name_that_is_too_long_for_the_database_is_refused(server: str) -> None:
    with pytest.raises(UsageProblem, match="IdentifierError"):
        deliver(predictions(prediction("a")), CUTOFF, server, "x" * 100)


@pytest.mark.slow
def test_a_wrong_password_is_refused_without_being_named(server: str) -> None:
    wrong = server.replace("pass%2Fword%401", "word-of-mine")
    with pytest.raises(UsageProblem) as caught:
        deliver(predictions(prediction("a")), CUTOFF, wrong, NAME)
    assert not any(secret in str(caught.value) for secret in (PASSWORD, "word-of-mine", "moorings@"))


def test_every_column_of_the_contract_has_a_type_in_databases() -> None:
    assert {column.name for column in database._target(NAME).columns} == {field.name for field in FIELDS}
    assert [column.name for column in database._target(NAME).primary_key] == list(KEY)
