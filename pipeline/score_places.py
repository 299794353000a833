"""Where the predictions of a configuration are kept."""

from __future__ import annotations

from pathlib import Path

from pipeline.config import Config
from pipeline.store import PredictionStore


def store_of(config: Config) -> PredictionStore:
    """Every cutoff ever scored, as far as kept."""
    return PredictionStore(config.runs / "predictions" / config.name)


def export_folder(config: Config) -> Path:
    """The newest cutoff as files."""
    return config.runs / "export" / config.name
