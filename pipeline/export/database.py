"""Predictions in a database of the user's: PostgreSQL or SQLite, by address, replaced cutoff by cutoff.

Every value is bound as a parameter, never written into a statement. No message names a user, a password or a row: an
address is shown as its scheme, host and database, and what the database says of an error is left out, for it quotes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import sqlalchemy as sql
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from features.errors import DataProblem, UsageProblem
from pipeline.contract.field import TEXTS
from pipeline.contract.predictions import FIELDS

KEY = ("customer_id", "cutoff")
TYPES = {
    pa.string(): sql.Text,
    pa.float64(): sql.Double,
    pa.int8(): sql.SmallInteger,
    pa.int16(): sql.SmallInteger,
    pa.int32(): sql.Integer,
    pa.int64(): sql.BigInteger,
    pa.bool_(): sql.Boolean,
    pa.date32(): sql.Date,
    TEXTS: sql.JSON,
}
DRIVERS = {"postgresql": "postgresql+psycopg2", "postgres": "postgresql+psycopg2", "sqlite": "sqlite+pysqlite"}
INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
USERS = (sql.exc.OperationalError, sql.exc.InterfaceError, sql.exc.IdentifierError)
"""Errors of the address, the server or the name of the table, and not of the rows."""
ROWS_AT_ONCE = 5_000
NUL, IN_ITS_PLACE = "\x00", "\ufffd"
"""PostgreSQL holds every sign of a text but one."""


@dataclass(frozen=True)
class Delivered:
    """What became of a table in a database: rows written, and rows of the same cutoff taken away."""

    database: str
    table: str
    rows: int
    removed: int

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        return dict(vars(self))


def deliver(table: pa.Table, cutoff: date, address: str, name: str) -> Delivered:
    """Write the predictions of a cutoff into the table `name` of a database, in one transaction.

    Rows that are there by (customer_id, cutoff) are updated, others inserted, and those of the cutoff that are not in
    `table` taken away: others see the old rows or the new ones. The table is made where missing and given the columns
    it lacks; columns of the user's own are left alone. Lists are JSON.

    Args:
        table: rows of `predictions.SCHEMA`, all of `cutoff`.
        cutoff: of all rows.
        address: such as postgresql://user@host/database or sqlite:///file.db.
        name: of the table.

    Raises:
        UsageProblem: the address or the name of the table cannot be used, or the database cannot be reached.
        DataProblem: the table has a column of another type or another key, or the database refused the rows.
    """
    url = _address(address)
    target = _target(name)
    with _connection(url) as connection:
        _prepare(connection, target, shown(url))
        gone = _vanished(connection, target, table, cutoff)
        for first in range(0, table.num_rows, ROWS_AT_ONCE):
            connection.execute(_upsert(connection, target), _rows(table.slice(first, ROWS_AT_ONCE)))
        if gone:
            vanished = sql.and_(target.c.cutoff == cutoff, target.c.customer_id == sql.bindparam("vanished"))
            connection.execute(sql.delete(target).where(vanished), [{"vanished": customer} for customer in gone])
    return Delivered(shown(url), name, table.num_rows, len(gone))


def shown(url: sql.URL) -> str:
    """An address without user, password and options."""
    return sql.URL.create(
        url.get_backend_name(), host=url.host, port=url.port, database=url.database
    ).render_as_string()


def _address(address: str) -> sql.URL:
    before, separator, _ = address.partition("://")
    scheme = before.partition("+")[0] if separator else "no scheme"
    try:
        if scheme in DRIVERS:
            return sql.make_url(address).set(drivername=DRIVERS[scheme])
    except (ArgumentError, ValueError):
        scheme = "an address that cannot be read"
    raise UsageProblem(
        "This is not the address of a database that predictions can be written to.",
        where="--to",
        got=scheme,
        expected="postgresql://user@host:port/database, or sqlite:///path/to/file.db",
        todo="correct the address; letters with a meaning in addresses, such as @ and /, are written as %40 and %2F",
    ) from None


def _target(name: str) -> sql.Table:
    columns = [
        sql.Column(field.name, TYPES[field.type](), primary_key=field.name in KEY, nullable=field.name not in KEY)
        for field in FIELDS
    ]
    return sql.Table(name, sql.MetaData(), *columns)


@contextmanager
def _connection(url: sql.URL) -> Iterator[sql.Connection]:
    """A transaction: committed where what is done in it succeeds, else as if it had never been."""
    engine = sql.create_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        sql.event.listen(engine, "connect", _leave_transactions_to_us)
        sql.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            yield connection
    except (SQLAlchemyError, ImportError) as error:
        raise _refused(url, error) from None
    finally:
        engine.dispose()


def _leave_transactions_to_us(connection: Any, record: object) -> None:
    """SQLite's driver would begin a transaction late, and none before a table is made."""
    connection.isolation_level = None


def _refused(url: sql.URL, error: Exception) -> UsageProblem | DataProblem:
    missing = isinstance(error, ImportError)
    unreachable = missing or isinstance(error, USERS)
    code = getattr(getattr(error, "orig", None), "pgcode", None)
    kind = type(getattr(error, "orig", None) or error).__name__
    return (UsageProblem if unreachable else DataProblem)(
        "The database did not take the predictions; nothing was written.",
        where=shown(url),
        got=f"{kind}, SQLSTATE {code}" if code else kind,
        expected="a database that can be reached, and the right to create, alter and write the table",
        todo="install the driver: psycopg2"
        if missing
        else "check host, database, user, rights and free space; "
        "see the log of the database for its words, which may quote customers",
    )


def _prepare(connection: sql.Connection, target: sql.Table, place: str) -> None:
    """Make the table, or add the columns it lacks. On PostgreSQL one process does so at a time."""
    if connection.dialect.name == "postgresql":
        connection.execute(sql.select(sql.func.pg_advisory_xact_lock(sql.func.hashtext(target.name))))
    target.create(connection, checkfirst=True)
    inspector = sql.inspect(connection)
    there = {column["name"]: column["type"] for column in inspector.get_columns(target.name)}
    wrong = [
        f"{c.name} is {there[c.name]}" for c in target.columns if c.name in there and _other(there[c.name], c.type)
    ]
    key = sorted(inspector.get_pk_constraint(target.name)["constrained_columns"])
    if wrong or key != sorted(KEY):
        raise DataProblem(
            "The table of the database is not one for predictions; nothing was written.",
            where=f"table {target.name} in {place}",
            got="; ".join([*wrong, f"primary key ({', '.join(key)})"]),
            expected=f"primary key ({', '.join(KEY)}), and columns as the export contract has them",
            todo="name another table with --table: it is made",
        )
    for column in target.columns:
        if column.name not in there:
            kind = column.type.compile(connection.dialect)
            names = connection.dialect.identifier_preparer
            connection.execute(
                sql.DDL(f"ALTER TABLE {names.format_table(target)} ADD COLUMN {names.format_column(column)} {kind}")
            )


def _other(found: Any, ours: Any) -> bool:
    """Whether a column of the database holds another kind of value than ours."""
    return not isinstance(found, type(ours)) and found.python_type is not ours.python_type


def _vanished(connection: sql.Connection, target: sql.Table, table: pa.Table, cutoff: date) -> list[str]:
    """Customers with a row at the cutoff that has none any more."""
    there = connection.execute(sql.select(target.c.customer_id).where(target.c.cutoff == cutoff)).scalars()
    return sorted(set(there) - {_text(customer) for customer in table.column("customer_id").to_pylist()})


def _upsert(connection: sql.Connection, target: sql.Table) -> Any:
    insert = INSERT[connection.dialect.name](target)
    changed = {column.name: insert.excluded[column.name] for column in target.columns if column.name not in KEY}
    return insert.on_conflict_do_update(index_elements=[target.c[name] for name in KEY], set_=changed)


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    return [{name: _text(value) for name, value in row.items()} for row in table.to_pylist()]


def _text(value: Any) -> Any:
    if isinstance(value, list):
        return [_text(each) for each in value]
    return value.replace(NUL, IN_ITS_PLACE) if isinstance(value, str) else value
