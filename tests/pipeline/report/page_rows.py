"""Customers for the tests of the page: of every state and play, with all that a page can show, and hostile ones."""

from datetime import date

import pyarrow as pa

from features.families import FAMILIES
from features.indices import INDICES
from models.decision.plays import PLAYS
from models.decision.recommend import STATUSES
from models.decision.states import STATES
from tests.pipeline.export.test_export import HOSTILE
from tests.pipeline.prediction_rows import prediction, predictions

FACTS = {"Supplier": "Acme & <Sons>", "Currency": "EUR", "Churn": "no order in 90 days"}
MARKUP = [
    "</script><script>window.hit = 1</script>",
    "<!--<script>window.hit = 1",
    "<img src=x onerror='window.hit = 1'>",
    '"><svg onload=window.hit=1>',
    "javascript:window.hit=1",
    "{{ 7 * 7 }}",
    "a\u2028b\u2029c",
    "\u202eright to left",
    "O'Brien & Söhne 客户",
]


def full(number: int, **more: object) -> dict[str, object]:
    """A scored customer with everything known; the lower its number, the more it has at risk."""
    play = tuple(PLAYS)[number % len(PLAYS)]
    indices = {index.name: float(number % 101) for index in INDICES}
    row: dict[str, object] = {
        "churn_decile": 1 + number % 10, "value_at_risk": 90_000.0 / (1 + number), "expected_margin": 100_000.0,
        "state": STATES[number % 4], "previous_state": STATES[number // 2 % 4], "captive_possible": number % 5 == 0,
        "play": play, "play_status": STATUSES[number % 2], "play_profit": 400.0, "play_profit_low": 100.0,
        "play_profit_high": 900.0, "what_we_see": f"Saw {number}.", "why_it_matters": "It matters.",
        "what_to_do": "Call.", "what_not_to_do": "Wait.", "partnership_propensity": 0.3, "partnership_decile": 4,
        "partnership_reasons": ["Speaks for: z."], "peer_group": "industry and region",
        "disagreements": ["They differ."],
        "moved_since": date(2024, 4, 1), "churn_change": 0.08, "churn_change_of_data": 0.05,
        "churn_change_of_model": 0.03, "moved_by": ["Orders fewer."], "evidence_level": "order lines, contracts",
        "churn_model": "acme-churn 3", **indices, **{f"{name}_coverage": 0.75 for name in indices},
        **{f"push_{family}": (place - 4) / 5 for place, family in enumerate(FAMILIES)}, "push_base": -1.5,
    }  # fmt: skip
    return prediction(f"Customer {number:05d}", 0.9 - 0.8 * (number % 97) / 97, number + 1, **{**row, **more})


def crowd(scored: int = 120) -> pa.Table:
    """So many scored customers, one that is new, and one with its hostile name in every text it has."""
    texts = [*MARKUP, *HOSTILE]
    hostile = [
        full(1_000 + place, customer_id=text, reasons=[text], what_we_see=text, what_to_do=text)
        for place, text in enumerate(texts)
    ]
    return predictions(*map(full, range(scored)), prediction("Newcomer", None), *hostile)


def many(count: int) -> pa.Table:
    """So many customers, quickly: the same hundred under names of their own, each with its own value at risk."""
    hundred = predictions(*map(full, range(100)))
    table = pa.concat_tables([hundred] * (count // 100))
    names = pa.array([f"Customer {number:06d}" for number in range(table.num_rows)])
    values = pa.array([float(table.num_rows - number) for number in range(table.num_rows)])
    places = {name: table.column_names.index(name) for name in ("customer_id", "value_at_risk")}
    table = table.set_column(places["customer_id"], "customer_id", names)
    return table.set_column(places["value_at_risk"], "value_at_risk", values)
