"""Files that are whole or not there, and how long a write waits for the disk."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pipeline.process.files import remove_drafts, replacing


@pytest.mark.parametrize(("lasting", "waits"), [(True, 1), (False, 0)])
def test_only_what_has_to_last_waits_for_the_disk(
    lasting: bool, waits: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []
    monkeypatch.setattr(os, "fsync", waited.append)
    with replacing(tmp_path / "a.txt", lasting=lasting) as draft:
        draft.write_text("new")
    assert len(waited) == waits and (tmp_path / "a.txt").read_text() == "new"


@pytest.mark.parametrize("lasting", [True, False])
def test_a_failed_write_leaves_the_old_file_and_no_draft(lasting: bool, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(KeyError), replacing(tmp_path / "a.txt", lasting=lasting) as draft:
        draft.write_text("half")
        raise KeyError
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"] and (tmp_path / "a.txt").read_text() == "old"


def test_drafts_of_killed_processes_are_taken_away_and_nothing_else(tmp_path: Path) -> None:
    for name in ("a.txt", ".a.txt.0123abcd.txt", ".b.txt.0123abcd.txt"):
        (tmp_path / name).touch()
    remove_drafts(tmp_path / "a.txt")
    assert {each.name for each in tmp_path.iterdir()} == {"a.txt", ".b.txt.0123abcd.txt"}


@pytest.mark.parametrize(
    ("name", "hours", "lasting", "gone"),
    [
        (".a.txt.0123abcd.txt", 25, True, True),
        (".a.txt.0123abcd.txt", 23, True, False),
        (".a.txt.0123abcd.txt", 25, False, False),
        (".b.txt.0123abcd.txt", 25, True, False),
        (".a.txt.of mine.txt", 25, True, False),
    ],
    ids=["abandoned", "perhaps still written", "among very many", "of another file", "not of ours"],
)
def test_a_draft_abandoned_for_a_day_is_taken_away_with_the_next(
    name: str, hours: int, lasting: bool, gone: bool, tmp_path: Path
) -> None:
    other, then = tmp_path / name, time.time() - 3600 * hours
    other.touch()
    os.utime(other, (then, then))
    with replacing(tmp_path / "a.txt", lasting=lasting) as draft:
        draft.write_text("new")
    assert other.exists() is not gone
