"""Published tiers beside what came, over the window of the model that published them."""

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from models.explanation.language import ENGLISH
from models.target import OutcomeWindow
from pipeline.config import load_config
from pipeline.contract.predictions import SCHEMA
from pipeline.export.store import PredictionStore
from pipeline.matrices.known_history import KnownHistory
from pipeline.matrices.tasks import churn_task
from pipeline.outcomes.page_tiers import tier_lines
from pipeline.outcomes.tiers import backtest_tiers, outcome_at
from pipeline.sources.store import read_store
from tests.pipeline.prediction_rows import prediction
from tests.pipeline.supplier import START, configured, lines

CUSTOMERS = 40
CUTOFF = START + timedelta(days=600)


@pytest.mark.parametrize(("horizon", "open_still"), [(30, False), (10_000, True)])
def test_a_promise_is_held_against_the_window_of_the_model_that_made_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, horizon: int, open_still: bool
) -> None:
    """Of a model that watches for longer than the history lasts the outcome is still open."""
    configured(tmp_path, lines(CUSTOMERS, leaves=0.6))
    config = load_config(tmp_path / "small.toml")
    store = PredictionStore(config.runs / "predictions" / config.name)
    rows = [
        prediction(f"customer {n:04d}", 0.5, n + 1, cutoff=CUTOFF, churn_decile=1, churn_run_id="half" if n else None)
        for n in range(CUSTOMERS)
    ]
    store.write(pa.Table.from_pylist(rows, schema=SCHEMA), CUTOFF)
    asked: list[str] = []
    monkeypatch.setattr(
        "pipeline.registry.published._window_of", lambda run, _: asked.append(run) or OutcomeWindow(0, horizon)
    )
    found = read_store(config)
    tiers = backtest_tiers(KnownHistory.of(found.reading.history, found.store), config, date(2100, 1, 1))
    assert (not [row for row in tiers.rows if row.kind == "churn"]) is open_still
    assert tiers.immature.get("churn", ()) == ((str(CUTOFF),) if open_still else ())
    assert asked == ["half"]
    monkeypatch.setattr("pipeline.outcomes.tiers.foreseen", lambda _: lambda cutoff, run: False)
    late = backtest_tiers(KnownHistory.of(found.reading.history, found.store), config, date(2100, 1, 1))
    assert (late.rows, late.hindsight["churn"]) == ((), (str(CUTOFF),)), "what was said in hindsight is no promise"
    assert str(CUTOFF) in next(tier_lines(late, ENGLISH))


def test_what_came_is_told_under_the_ids_that_customers_had_before_too(tmp_path: Path) -> None:
    """What was published then names them by these; without, a move to another system would leave nothing to judge."""
    configured(tmp_path, lines(CUSTOMERS, leaves=0.6))
    config = load_config(tmp_path / "small.toml")
    found = read_store(config)
    plain = outcome_at(KnownHistory.of(found.reading.history, found.store), CUTOFF, churn_task(config), config)
    now = str(plain.index[0])
    renamed = {"older": now, "oldest": now, "of nobody": "nobody"}
    both = outcome_at(KnownHistory.of(found.reading.history, found.store, renamed), CUTOFF, churn_task(config), config)
    assert both.index.difference(plain.index).tolist() == ["older", "oldest"]
    assert both["older"] == both["oldest"] == plain[now]
    assert both[plain.index].equals(plain)
