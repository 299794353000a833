"""What was measured can be found: an index that is short and complete, and files that begin with the present state."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
BENCHMARKS = CHECKOUT / "benchmarks"
INDEX = (BENCHMARKS / "README.md").read_text(encoding="utf-8")
FINDINGS = sorted(path.name for path in (BENCHMARKS / "findings").glob("*.md"))
SECTIONS = ["Present state", "What was learned", "What did not help", "Not tried"]
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#]+)")
FOLDERS = "benchmarks|configs|features|models|notebooks|pipeline|tests"
NAMED_PATH = re.compile(rf"`((?:{FOLDERS})/[\w/]+\.(?:py|md|toml))`")


def prose() -> list[Path]:
    """Every Markdown file of the project."""
    kept_out = {".venv", "runs", "node_modules"}
    return sorted(path for path in CHECKOUT.rglob("*.md") if not kept_out & set(path.relative_to(CHECKOUT).parts))


def broken(path: Path) -> list[str]:
    """Links of a file, and paths named in it, that lead nowhere."""
    text = path.read_text(encoding="utf-8")
    links = [target for target in LINK.findall(text) if not (path.parent / target).exists()]
    return links + [name for name in NAMED_PATH.findall(text) if not (CHECKOUT / name).exists()]


def runnable() -> list[str]:
    """The benchmarks that can be called."""
    modules = BENCHMARKS.glob("*.py")
    return sorted(path.stem for path in modules if '__name__ == "__main__"' in path.read_text(encoding="utf-8"))


def test_the_index_is_one_page() -> None:
    assert len(INDEX.splitlines()) <= 150


def test_every_finding_is_in_the_index_and_nothing_else() -> None:
    listed = re.findall(r"^\| \[\w+\.md\]\(findings/(\w+\.md)\)", INDEX, re.M)
    assert sorted(listed) == FINDINGS


@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_begins_with_the_present_state(name: str) -> None:
    text = (BENCHMARKS / "findings" / name).read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.M) == SECTIONS


def test_every_benchmark_is_in_the_table() -> None:
    cells = "".join(re.findall(r"^\| (`.+?`.*?) \|", INDEX, re.M))
    assert [name for name in runnable() if f"`{name}" not in cells] == []


@pytest.mark.parametrize("path", prose(), ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_no_link_leads_nowhere(path: Path) -> None:
    assert broken(path) == []


def test_a_link_that_leads_nowhere_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("[b](b.md), [c](#c), `models/gone.py`, `models/rounds.py`", encoding="utf-8")
    assert broken(tmp_path / "a.md") == ["b.md", "models/gone.py"]
