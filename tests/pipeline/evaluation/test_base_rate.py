"""The note on a share of partners that does not fit the trade, the same after a training and after a backtest."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import supplier

from pipeline.config import Config, load_config
from pipeline.evaluation.backtest import backtest
from pipeline.evaluation.base_rate import base_rate_note

CUTOFF = supplier.START + timedelta(days=600)


@pytest.mark.parametrize(
    ("partners", "others", "told"),
    [(4, 96, "4.0% of"), (5, 95, ""), (40, 60, ""), (41, 59, "41.0% of"), (0, 0, ""), (0, 9, "0.0% of")],
)
def test_a_share_of_partners_outside_its_bounds_is_told(partners: int, others: int, told: str) -> None:
    label = np.array([1.0] * partners + [0.0] * others + [np.nan] * 50)
    found = base_rate_note(label, "partnership", load_config("demo"))
    assert found.startswith(told) and bool(found) == bool(told)


def test_churn_has_no_bounds() -> None:
    assert base_rate_note(np.ones(100), "churn", load_config("demo")) == ""


def bounded(config: Config, low: float) -> Config:
    return config.model_copy(
        update={"partnership": config.partnership.model_copy(update={"low_base_rate": low, "high_base_rate": 1.0})}
    )


@pytest.mark.parametrize("low", [0.0, 0.99])
def test_a_backtest_says_where_a_base_rate_does_not_fit(tmp_path: Path, low: float) -> None:
    targets = ("churn", "partnership")
    config = bounded(supplier.quick(supplier.configured(tmp_path, supplier.lines(120), targets=targets)), low)
    outcome = backtest(config, [CUTOFF], tmp_path / "rows.parquet")
    notes = {"partnership"} if low else set()
    assert set(outcome.notes) == notes == set(outcome.summary()["notes"])  # type: ignore[call-overload]
    assert ("note: partnership: " in outcome.text()) == bool(low)
    assert "outside 99% to 100%: the definition may not fit the trade" in outcome.text() or not low
