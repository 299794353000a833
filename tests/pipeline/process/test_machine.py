"""What the machine refuses is told apart from faults of the program, and said with what to do, without any data."""

import errno
import resource
import sqlite3

import duckdb
import pyarrow as pa
import pytest
import requests
from deltalake.exceptions import DeltaError

from features.errors import BusyProblem, Problem
from pipeline.process.machine import MachineProblem, machine_problem

BIRD = "Alder Joinery"
REFUSALS = {
    "full disk": (OSError(errno.ENOSPC, "No space left on device", "a.csv"), "no room left"),
    "quota": (OSError(errno.EDQUOT, "Disk quota exceeded"), "no room left"),
    "limit of size": (OSError(errno.EFBIG, "File too large"), "no room left"),
    "full disk, by Delta": (DeltaError(f"Generic error: No space left on device (os error 28) {BIRD}"), "no room left"),
    "no permission": (PermissionError(errno.EACCES, "Permission denied", "runs"), "cannot be written"),
    "read-only": (OSError(errno.EROFS, "Read-only file system"), "cannot be written"),
    "memory": (MemoryError(), "memory is not enough"),
    "memory, by Arrow": (pa.ArrowMemoryError(f"malloc of size 9 failed {BIRD}"), "memory is not enough"),
    "memory, by DuckDB": (duckdb.OutOfMemoryException(f"Out of Memory {BIRD}"), "memory is not enough"),
    "memory, by C++": (RuntimeError("std::bad_alloc"), "memory is not enough"),
    "memory, at an import": (ImportError("x.so: failed to map segment from shared object"), "memory is not enough"),
    "locked database": (sqlite3.OperationalError("database is locked"), "is locked"),
    "full disk, by SQLite": (sqlite3.OperationalError("database or disk is full"), "no room left"),
    "failing disk": (OSError(errno.EIO, "Input/output error"), "does not take or give"),
    "failing disk, by SQLite": (sqlite3.OperationalError("disk I/O error"), "does not take or give"),
    "read-only, by SQLite": (sqlite3.OperationalError("attempt to write a readonly database"), "cannot be written"),
    "no permission, by SQLite": (sqlite3.OperationalError("unable to open database file"), "cannot be written"),
    "damaged database": (sqlite3.DatabaseError("database disk image is malformed"), "database is damaged"),
    "no database": (sqlite3.DatabaseError("file is not a database"), "database is damaged"),
    "no cache": (RuntimeError("cannot cache function 'x': no locator available for file 'y'"), "keep compiled code"),
    "server": (requests.exceptions.ConnectionError(f"http://{BIRD}"), "does not answer"),
    "refused connection": (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "does not answer"),
}  # fmt: skip


def wrapped(error: Exception) -> Exception:
    """As libraries hand errors on: the one that came of the other."""
    try:
        try:
            raise error
        except Exception as first:
            raise ValueError(BIRD) from first
    except ValueError as second:
        return second


@pytest.mark.parametrize("hand_on", [lambda error: error, wrapped], ids=["itself", "wrapped"])
@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_a_problem_that_says_what_to_do_and_shows_no_data(name: str, hand_on: object) -> None:
    error, words = REFUSALS[name]
    problem = machine_problem(hand_on(error))  # type: ignore[operator]
    assert isinstance(problem, Problem)
    assert words in str(problem)
    assert "run the same command again" in problem.todo
    assert BIRD not in str(problem)


def test_a_locked_database_is_somebody_elses_work_and_the_rest_is_the_machines() -> None:
    codes = {name: getattr(machine_problem(error), "exit_code", None) for name, (error, _) in REFUSALS.items()}
    assert codes.pop("locked database") == BusyProblem.exit_code == 6
    assert set(codes.values()) == {MachineProblem.exit_code} == {1}


def test_a_fault_of_the_interpreter_is_want_of_memory_only_where_memory_is_limited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fault = SystemError("error return without exception set")
    monkeypatch.setattr("pipeline.process.machine.resource.getrlimit", lambda _: (resource.RLIM_INFINITY,) * 2)
    assert machine_problem(fault) is None
    monkeypatch.setattr("pipeline.process.machine.resource.getrlimit", lambda _: (10**9, 10**9))
    assert "memory is not enough" in str(machine_problem(fault))
    assert machine_problem(ValueError("x")) is None


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyError("memory"), sqlite3.OperationalError("no such table"), FileNotFoundError(2, "x")]
)
def test_what_the_machine_did_not_refuse_is_left_alone(error: Exception) -> None:
    assert machine_problem(error) is None
    assert machine_problem(wrapped(error)) is None
