"""A book that tells only what was done: effects are measured by the lots that the exports drew, end to end."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config import load_config
from pipeline.export.places import store_of
from pipeline.outcomes.files import WrittenOutcomes, keep
from pipeline.outcomes.findings import Finding
from pipeline.outcomes.outcomes import outcomes
from tests.pipeline.prediction_rows import prediction, predictions
from tests.pipeline.still_english import still_english
from tests.pipeline.supplier import START, configured, lines

CUSTOMERS, DAY = 420, START + timedelta(days=500)
TREATMENTS = """
[history.treatments]
path = "{folder}/treatments.parquet"
[history.treatments.columns]
customer_id = "customer"
treated_on = "day"
play = "play"
cost = "cost"
"""
Told = Callable[[float], tuple[Finding, WrittenOutcomes]]


@pytest.fixture(scope="module")
def supplier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("of_exports")
    configured(folder, lines(CUSTOMERS, leaves=0.6))
    with (folder / "small.toml").open("a") as file:
        file.write(TREATMENTS.format(folder=folder))
    return folder


@pytest.fixture(scope="module")
def told(supplier: Path) -> Told:
    """What is found where so large a share of those proposed is treated: the small buyers last."""
    spend = pq.read_table(supplier / "lines.parquet").to_pandas().groupby("customer")["amount"].sum()
    held = np.random.default_rng(5).random(spend.size) < 0.3

    def told(share: float) -> tuple[Finding, WrittenOutcomes]:
        config = load_config(supplier / "small.toml")
        rows = [
            prediction(name, 0.5, cutoff=DAY, play="recover", play_status="holdout" if lot else "act", meant_now=True)
            for name, lot in zip(spend.index, held, strict=True)
        ]
        store_of(config).write(predictions(*rows), DAY)
        proposed = spend[~held].sort_values(ascending=False).index
        treated = proposed[: int(share * proposed.size)]
        book = pd.DataFrame({"customer": treated, "day": DAY + timedelta(days=1), "play": "recover", "cost": 40.0})
        pq.write_table(pa.Table.from_pandas(book, preserve_index=False), supplier / "treatments.parquet")
        found = outcomes(config)
        return found.actions.campaigns[0], keep(found, config)

    return told


def test_without_a_word_on_hold_outs_the_lots_of_the_export_measure_the_effect(told: Told) -> None:
    found, kept = told(0.8)
    assert (found.verdict, found.by_export) == ("effect", True)
    assert found.treated > found.done > 0.7 * found.treated
    assert (found.held > 50, found.done_held) == (True, 0)
    assert 20 < found.cost < 40  # a fifth of those proposed cost nothing
    assert found.compared.churn.low < 0 < found.compared.churn.high  # nothing was done to the orders
    page = (kept.folder / "outcomes.md").read_text(encoding="utf-8")
    assert f"Of {found.treated:,} it was proposed for, {found.done:,} were treated" in page
    assert (
        f"recover: {found.treated:,} proposed, {found.done:,} of them treated, {found.held:,} held out" in kept.text()
    )
    assert json.dumps(kept.summary(), default=str)


def test_whom_people_choose_does_not_pass_for_a_lot(told: Told) -> None:
    """The larger half was treated: beside those held out it would look as if the play kept them, or be refused."""
    found, _ = told(0.5)
    assert (found.verdict, found.balance is not None) == ("effect", True)


def test_where_little_was_done_the_play_is_not_judged_by_it(told: Told) -> None:
    found, kept = told(0.3)
    assert found.verdict == "association"
    assert f"of {found.treated} proposed only {found.done} were treated" in found.why
    assert f"Of {found.treated} proposed" in kept.text()


def test_in_chinese_nothing_but_names_stays_english(supplier: Path, told: Told) -> None:
    told(0.3)
    config = load_config(supplier / "small.toml")
    spoken = config.model_copy(update={"scoring": config.scoring.model_copy(update={"language": "zh_CN"})})
    page = (keep(outcomes(spoken), spoken).folder / "outcomes.md").read_text(encoding="utf-8")
    assert still_english(page.partition("运行编号")[0]) <= {"small", "EUR"}
