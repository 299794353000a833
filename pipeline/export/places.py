"""Where the predictions of a configuration are kept, and what its plays are expected to gain."""

from __future__ import annotations

from pathlib import Path

from pipeline.config import Config
from pipeline.export.store import PredictionStore


def store_of(config: Config) -> PredictionStore:
    """Every cutoff ever scored, as far as kept."""
    return PredictionStore(config.runs / "predictions" / config.name)


def export_folder(config: Config) -> Path:
    """The newest cutoff as files."""
    return config.runs / "export" / config.name


def gains_file(config: Config) -> Path:
    """Where `moorings outcomes` keeps what plays are expected to gain, customer by customer."""
    return config.runs / "outcomes" / config.name / "gains.parquet"
