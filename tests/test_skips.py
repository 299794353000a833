"""Where skips are refused, a test that lacks its program fails; data and long forms may be absent everywhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
SAMPLE = """
import pytest

@pytest.mark.skipif(True, reason="no PostgreSQL")
def test_by_mark():
    pass

def test_by_call():
    pytest.skip("no Airflow")

@pytest.fixture
def program():
    pytest.importorskip("no_such_module")

def test_by_fixture(program):
    pass

def test_without_data():
    pytest.skip("no real data in ../data")

@pytest.mark.skip(reason="the long form: make fuzz")
def test_long():
    pass
"""


@pytest.mark.parametrize(("asked", "told"), [("refused", "1 failed, 2 skipped, 2 errors"), ("", "5 skipped")])
def test_a_test_without_its_program_fails_where_skips_are_refused(tmp_path: Path, asked: str, told: str) -> None:
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", os.devnull, "--rootdir", str(tmp_path)]
    given = {**os.environ, "MOORINGS_SKIPS": asked, "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", str(tmp_path)], env=given, capture_output=True, text=True, check=False
    )
    assert told in done.stdout, done.stdout
