"""A small matrix with signal, nulls and twelve monthly cutoffs, and a model fitted on it."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import expit

from models.fit_settings import FitSettings, Scope
from models.propensity import Propensity

NAMES = ("silence_chance", "orders", "spend", "noise")


@dataclass(frozen=True)
class Rows:
    values: np.ndarray
    label: np.ndarray
    cutoff: np.ndarray
    calibrate: np.ndarray


def make_rows(seed: int = 0, rows: int = 3000) -> Rows:
    random = np.random.default_rng(seed)
    cutoff = np.sort(random.integers(0, 12, rows)).astype("datetime64[M]").astype("datetime64[D]")
    hidden = random.normal(size=rows)
    values = np.column_stack(
        [expit(hidden), np.exp(-hidden) * 5, np.exp(-hidden + random.normal(0, 0.2, rows)), random.normal(size=rows)]
    ).astype(np.float32)
    values[random.random(values.shape) < 0.02] = np.nan
    label = (random.random(rows) < expit(1.2 * hidden - 0.7)).astype(np.float32)
    label[random.random(rows) < 0.05] = np.nan
    return Rows(np.asfortranarray(values), label, cutoff, np.unique(cutoff)[-2:])


def fit(rows: Rows, weight: np.ndarray | None = None, **settings: object) -> Propensity:
    scope = Scope(target="churn", horizon_days=60, fingerprints=("a", "b", "c", "d"))
    chosen = FitSettings(**{"rounds": 40, **settings})  # type: ignore[arg-type]
    return Propensity.fit(
        rows.values,
        NAMES,
        rows.label,
        rows.cutoff,
        settings=chosen,
        scope=scope,
        calibrate=rows.calibrate,
        weight=weight,
    )


@pytest.fixture(scope="session")
def rows() -> Rows:
    return make_rows()


@pytest.fixture(scope="session")
def model(rows: Rows) -> Propensity:
    return fit(rows, offset=("silence_chance",))
