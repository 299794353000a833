"""A champion is not asked about customers of whom a whole table is missing."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from features.catalogue import FEATURES, computable
from features.engine.store import LineStore
from features.errors import ModelProblem
from features.history import WALLET, History
from features.table_declaration import ARROW_TYPE
from models.fit_settings import Scope
from pipeline.scoring.learned_from import check_learned_from, hindsight

LEARNED = date(2024, 3, 31)
SCOPE = Scope(cutoffs=("2024-02-29", str(LEARNED)), gap_days=14, horizon_days=90)
"""What it learned from came true from 2024-04-14 to 2024-07-12."""
ROWS = {"customer_id": "a", "month": date(2024, 2, 1), "category": "tools", "our_amount": 100, "total_amount": 200}


def supplier(*, wallet: bool) -> LineStore:
    """One order; beside it a month of its wallet, or none."""
    lines = {"customer_id": ["a"], "order_id": ["1"], "ordered_on": [date(2024, 1, 1)]}
    tables = {}
    if wallet:
        kinds = {name: ARROW_TYPE[WALLET.by_name[name].kind] for name in ROWS}
        tables["wallet"] = pa.table({name: column([ROWS[name]], kind) for name, kind in kinds.items()})
    orders = {
        name: column(values, ARROW_TYPE["date" if name == "ordered_on" else "key"]) for name, values in lines.items()
    }
    return LineStore.from_history(History(pa.table(orders), "", tables))


def column(values: list[Any], kind: pa.DataType) -> pa.Array:
    return pa.array(values, pa.string()).dictionary_encode() if pa.types.is_dictionary(kind) else pa.array(values, kind)


def champions() -> dict[str, Any]:
    """One that learned from order lines and wallet."""
    names = tuple(feature.name for feature in computable(supplier(wallet=True)))
    assert any(name.startswith("wallet") for name in names)
    model = SimpleNamespace(names=names, scope=SCOPE)
    return {"churn": SimpleNamespace(model=model, label="small-churn 1")}


def test_a_table_that_is_gone_is_refused_and_named() -> None:
    with pytest.raises(ModelProblem, match="learned from what is not there") as caught:
        check_learned_from(supplier(wallet=False), date(2024, 4, 1), champions())
    there = {feature.name for feature in computable(supplier(wallet=False))}
    gone = len(set(champions()["churn"].model.names) - there)
    assert caught.value.got == f"nothing of wallet: {gone} features"
    assert caught.value.where == "small-churn 1"


def test_with_its_tables_or_before_what_was_learned_nothing_is_refused() -> None:
    check_learned_from(supplier(wallet=True), date(2024, 4, 1), champions())
    check_learned_from(supplier(wallet=False), LEARNED, champions())
    assert len(FEATURES) > len(computable(supplier(wallet=True)))


@pytest.mark.parametrize(
    ("as_of", "told"),
    [(date(2020, 1, 1), True), (LEARNED, True), (date(2024, 7, 12), True), (date(2024, 7, 13), False)],
)
def test_a_date_whose_outcome_was_learned_from_is_told(as_of: date, told: bool) -> None:
    said = hindsight(as_of, champions())
    assert said.startswith(f"{as_of} is scored in hindsight: the models learned from what followed") is told
    assert ("churn until 2024-07-12" in said) is told
