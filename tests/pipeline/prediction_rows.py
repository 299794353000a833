"""Small prediction tables for the tests of store and export."""

from datetime import date

import pyarrow as pa

from pipeline.contract.predictions import SCHEMA

CUTOFF = date(2024, 5, 1)


def prediction(
    customer: str, probability: float | None = 0.25, rank: int | None = 1, **more: object
) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(SCHEMA.names)
    scored = probability is not None
    row |= {"customer_id": customer, "status": "eligible" if scored else "new", "cutoff": CUTOFF}
    row |= {"churn_probability": probability, "churn_rank": rank if scored else None}
    row |= {"reasons": ["Raises: x.", "Lowers: y."] if scored else [], "reason_codes": ["a", "b"] if scored else []}
    return row | {"partnership_reasons": [], "partnership_reason_codes": []} | more


def predictions(*rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=SCHEMA)
