"""Makes `suppliers`, which lies beside the tests, importable; and the models that tests of promotion share."""

import sys
from pathlib import Path

import pytest

from pipeline.config import Config
from tests.pipeline import contenders

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> contenders.Trainings:
    """A champion, and a challenger trained a hundred days later; see `contenders`."""
    return contenders.trained_twice(tmp_path_factory.mktemp("two"))


@pytest.fixture
def waiting(two: contenders.Trainings, tmp_path: Path) -> Config:
    """The configuration of a copy of both, of one's own."""
    return contenders.copied(two, tmp_path / "runs")
