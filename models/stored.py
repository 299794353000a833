"""The two kinds of model that may score, and reading either from its files."""

from __future__ import annotations

from pathlib import Path

from models.bundle import read_files
from models.linear import KIND, Linear
from models.propensity import Propensity

Model = Propensity | Linear


def load_model(folder: Path, threads: int = 1) -> Model:
    """Read a saved model; digests are checked before anything is parsed.

    Raises:
        ModelProblem: a file is missing, damaged, changed or of another format.
    """
    _, bundle = read_files(folder)
    return Linear.restored(bundle) if bundle.get("kind") == KIND else Propensity.load(folder, threads=threads)
