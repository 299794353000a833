"""A real PostgreSQL for a test: made, started and stopped by it, reached through a socket in its own folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PLACES = Path("/usr/lib/postgresql")
USER, PASSWORD = "moorings", "pass/word@1"
OWNER = "postgres"
"""Who runs the server where the tests run as root, whom PostgreSQL refuses."""
SETTINGS = "-c listen_addresses='' -c fsync=off -c unix_socket_directories='{folder}'"


@contextmanager
def postgres() -> Iterator[str]:
    """The address of an empty database, with a password in it; skips where there are no binaries."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    (folder / "password").write_text(PASSWORD)
    if os.geteuid() == 0:
        for path in (folder, folder / "password"):
            shutil.chown(path, OWNER, OWNER)
    data = folder / "data"
    made = ["initdb", "-D", str(data), "-U", USER, "-A", "scram-sha-256", "--pwfile", str(folder / "password")]
    try:
        _run(programs, *made, "-E", "UTF8", "--locale=C", "--no-sync")
        _run(programs, "pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-w", "-o", _settings(folder), "start")
        yield f"postgresql://{USER}:pass%2Fword%401@/postgres?host={folder}"
    finally:
        if (data / "postmaster.pid").exists():
            _run(programs, "pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _settings(folder: Path) -> str:
    return SETTINGS.format(folder=folder)


def _programs() -> Path:
    found = sorted(PLACES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.skip(f"no PostgreSQL in {PLACES}: Debian's package postgresql has it")
    if os.geteuid() == 0 and not shutil.which("runuser"):
        pytest.skip("PostgreSQL does not run as root, and there is no runuser to become somebody else")
    return found[-1].parent


def _run(programs: Path, name: str, *arguments: str) -> None:
    become = ["runuser", "-u", OWNER, "--"] if os.geteuid() == 0 else []
    command = [*become, str(programs / name), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir(), timeout=60)
