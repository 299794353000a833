"""Makes `suppliers`, which lies beside the tests, importable; and the models that several tests share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.pipeline import contenders

if TYPE_CHECKING:
    from pipeline.config import Config

sys.path.insert(0, str(Path(__file__).parent))


def pytest_configure(config: pytest.Config) -> None:
    """The long form of tests with made-up inputs has a mark of its own."""
    config.addinivalue_line("markers", "fuzz: the long form of a test with made-up inputs; run by `-m fuzz` alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long forms out wherever they are not asked for."""
    if "fuzz" not in config.option.markexpr:
        for item in items:
            if item.get_closest_marker("fuzz"):
                item.add_marker(pytest.mark.skip(reason="the long form: python -m pytest -m fuzz"))


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> contenders.Trainings:
    """A champion, and a challenger trained a hundred days later; see `contenders`."""
    return contenders.trained_twice(tmp_path_factory.mktemp("two"))


@pytest.fixture
def waiting(two: contenders.Trainings, tmp_path: Path) -> Config:
    """The configuration of a copy of both, of one's own."""
    return contenders.copied(two, tmp_path / "runs")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A small supplier with a champion."""
    from pipeline.training.train import train  # noqa: PLC0415 - what does not train need not load it
    from tests.pipeline.supplier import configured, lines  # noqa: PLC0415

    found = configured(tmp_path_factory.mktemp("trained"), lines())
    train(found)
    return found


@pytest.fixture
def unscored(trained: Config) -> Iterator[Config]:
    """The trained supplier with nothing in its store; what a test leaves there is put aside."""
    yield trained
    aside = trained.runs / "aside"
    aside.mkdir(exist_ok=True)
    for name in ("predictions", "export", "unfinished"):
        if (trained.runs / name).exists():
            (trained.runs / name).rename(aside / f"{name}-{len(list(aside.iterdir()))}")
