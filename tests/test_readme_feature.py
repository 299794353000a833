"""The README's feature is really added, to a copy of the checkout: what it says is needed is needed, and enough."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
NAME = "orders_an_order_day_180d"
ROOMS = ("features", "models", "pipeline", "tests", "configs")
GENERAL = (
    "tests/features/test_catalogue.py",
    "tests/features/test_against_reference.py",
    "tests/features/test_leakage.py",
    "tests/features/test_golden_values.py",
    "tests/pipeline/test_translation.py",
    "tests/pipeline/test_languages.py",
)
"""Those that speak of every feature."""
CHOSEN = f"{NAME} or has_a_reference or test_golden_values or test_translation or test_languages or catalogue"
ASKING = {
    "test_every_feature_has_a_reference",
    "test_no_text_is_missing[zh_CN]",
    "test_a_file_of_translations_is_as_the_command_leaves_it[zh_CN]",
}
"""The tests that say what is still to be done."""


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language in the section on features."""
    section = README.split("## Add a feature\n")[1].split("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.S)


def run(checkout: Path, *command: str) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        (sys.executable, "-m", *command), cwd=checkout, env=surroundings, capture_output=True, text=True, check=False
    )


def failures(checkout: Path) -> set[str]:
    """The general tests that fail in a checkout, by name; those about the feature are among them."""
    found = run(checkout, "pytest", "-q", "-n0", "-p", "no:cacheprovider", "-rfE", "-k", CHOSEN, *GENERAL)
    assert found.returncode in (0, 1), found.stdout[-2000:] + found.stderr[-2000:]
    return {line.split("::")[1].split(" - ")[0] for line in found.stdout.splitlines() if re.match("FAILED|ERROR", line)}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The checkout with the README's feature pasted at the end of its family's module."""
    for room in ROOMS:
        shutil.copytree(CHECKOUT / room, tmp_path / room)
    shutil.copy2(CHECKOUT / "pyproject.toml", tmp_path)
    with (tmp_path / "features" / "rhythm.py").open("a", encoding="utf-8") as module:
        module.write(f"\n\n{blocks('python')[0]}")
    return tmp_path


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_feature_needs_what_is_said_and_nothing_else(copy: Path) -> None:
    assert failures(copy) == ASKING

    reference = copy / "tests" / "features" / "reference.py"
    head = "REFERENCE: dict[str, Callable[[Customer], Value]] = {\n"
    text = reference.read_text(encoding="utf-8")
    reference.write_text(text.replace(head, head + blocks("python")[1]), encoding="utf-8")

    named = run(copy, "pipeline.translation")
    assert named.returncode == 1 and named.stdout.count("missing, of features") == 2, named.stderr
    file = copy / "pipeline" / "texts" / "zh_CN.po"
    translations = file.read_text(encoding="utf-8")
    for message, meaning in re.findall(r'(msgid ".+")\n(msgstr ".+")', blocks("po")[0]):
        assert f'{message}\nmsgstr ""' in translations
        translations = translations.replace(f'{message}\nmsgstr ""', f"{message}\n{meaning}")
    file.write_text(translations, encoding="utf-8")

    assert run(copy, "pipeline.translation").returncode == 0
    assert failures(copy) == set()
