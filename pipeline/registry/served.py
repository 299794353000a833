"""A trained model as MLflow serves it: its data files with the code that reads them, a signature and an example."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

FILES = "propensity"
"""Folder among the artefacts of a run of the data files of its model."""
PACKAGES = ("lightgbm", "numpy", "pandas", "scipy")
"""What a registered model needs where it is loaded; its own code travels with it."""
ROOT = Path(__file__).resolve().parents[2]


def log_model(mlflow: ModuleType, folder: Path, names: Sequence[str]) -> Any:
    """Keep a model among the artefacts of the active run, behind MLflow's interface, with exact requirements.

    MLflow tries the example, and leaves a folder that it deletes in front of Python's path: whoever made it again would
    run code in this process, so the path is put back.

    Args:
        mlflow: the module, talking to the database that the run is in.
        folder: the data files of the model.
        names: of its features, in order.
    """
    path = list(sys.path)
    try:
        return mlflow.pyfunc.log_model(
            name="model",
            python_model=str(ROOT / "pipeline" / "registry" / "registered_model.py"),
            artifacts={FILES: str(folder)},
            code_paths=[str(ROOT / "models"), str(ROOT / "features")],
            signature=_signature(mlflow, names),
            input_example=_example(names),
            pip_requirements=[f"{name}=={version(name)}" for name in ("mlflow", *PACKAGES)],
        )
    finally:
        sys.path[:] = path


def _signature(mlflow: ModuleType, names: Sequence[str]) -> Any:
    """Every feature as a double, into which MLflow also takes floats; out comes a probability."""
    spec, schema = mlflow.types.ColSpec, mlflow.types.Schema
    inputs = schema([spec("double", name, required=True) for name in names])
    return mlflow.models.ModelSignature(inputs, schema([spec("double", "probability")]))


def _example(names: Sequence[str]) -> pd.DataFrame:
    """One row to show what a model takes, invented: 1 for each feature. No customer's row leaves the history."""
    return pd.DataFrame(1.0, index=[0], columns=list(names))
