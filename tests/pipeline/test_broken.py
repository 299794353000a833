"""The corpus of broken inputs: each ends with its exit code and a message, and leaves nothing half-written behind."""

import hashlib
from pathlib import Path

import pytest
from broken_case import FILES, case
from suppliers import expect_named

from pipeline.cli import main

ASIDE = ("quarantine",)
"""Where rows that broke the contract may be put, whatever the end; all else below the runs has to be empty."""


def state(folder: Path) -> dict[str, str]:
    """Every file below a folder and its digest."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_broken_input_is_named_and_nothing_partial_is_written(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = case(file)
    command = found.laid_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    before = state(tmp_path)
    assert main(command) == found.exit_code
    for lock in (tmp_path / "runs").rglob("*.lock"):
        lock.unlink()  # they stay by design, see `pipeline.process.locks`
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err + shown.out
    assert shown.out == ""
    expect_named(shown.err, "|".join(found.says), tmp_path)
    left = {name: digest for name, digest in state(tmp_path).items() if Path(name).parts[:2] != ("runs", *ASIDE)}
    assert left == before


def test_the_corpus_is_large_and_every_case_bears_a_name_of_its_own() -> None:
    cases = [case(file) for file in FILES]
    assert len(cases) >= 60
    assert len({(file.stem.split("_")[0], each.what) for file, each in zip(FILES, cases, strict=True)}) == len(cases)
    assert {each.exit_code for each in cases} >= {2, 3, 4}
    assert all(each.says for each in cases)
