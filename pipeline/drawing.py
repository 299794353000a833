"""How figures get their intervals in every part of a training run: the same draws of the same customers."""

from __future__ import annotations

from typing import TypedDict

from pipeline.config import Config


class Drawn(TypedDict):
    """How many redraws, from which seed, and the share of them inside an interval."""

    draws: int
    seed: int
    confidence: float


def draws_of(config: Config) -> Drawn:
    """The configured redraws."""
    settings = config.training
    return Drawn(draws=settings.bootstrap_repetitions, seed=settings.seed, confidence=settings.interval)
