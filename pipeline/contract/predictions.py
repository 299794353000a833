"""The exported table: one row per customer known at a cutoff. Its columns, types, units and meaning."""

from __future__ import annotations

import pyarrow as pa

from features.indices import INDICES
from pipeline.contract.decision_fields import MOVEMENT_FIELDS, PLAY_FIELDS, PUSH_FIELDS, STATE_FIELDS
from pipeline.contract.field import TEXTS, Field

INDEX_FIELDS = tuple(
    field
    for index in INDICES
    for field in (
        Field(index.name, pa.float64(), "count", 8, f"{index.meaning}, percentile among its peers, 0 to 100", 0, 100),
        Field(f"{index.name}_coverage", pa.float64(), "share", 8, "share of the parts of this index that are known"),
    )
)
"""Published beside the features and kept apart from each other; associations, not causes."""

ORDER_FIELDS = (
    Field("last_order_on", pa.date32(), "day", 11, "the day of its last order", above="Last order"),
    Field(
        "usual_gap_days",
        pa.float64(),
        "count",
        8,
        "median of the days between its order days, last two years",
        0,
        above="Usual days between orders",
    ),
    Field(
        "order_days_of_year",
        pa.int32(),
        "count",
        8,
        "days with an order, last 365 days",
        0,
        above="Order days in the last year",
    ),
    Field(
        "spend_of_year",
        pa.float64(),
        "money",
        12,
        "net amount of the last 365 days, less what was sent back, in the currency",
        above="Spend in the last year",
    ),
)
"""How the customer orders, of every status."""

FIELDS = (
    Field("customer_id", pa.string(), "text", 16, "the customer, as the order lines name it", given=True),
    Field("customer_name", pa.string(), "text", 24, "what the table of customers last called it"),
    Field("account_manager", pa.string(), "text", 18, "who here looks after it, as that table last said"),
    Field(
        "status",
        pa.string(),
        "text",
        10,
        "eligible: scored; new: too few order days; lapsed: silent for too long",
        words=("eligible", "new", "lapsed"),
        given=True,
    ),
    Field("churn_rank", pa.int32(), "count", 8, "1 = likeliest to stop ordering among eligible customers", 1),
    Field(
        "churn_decile", pa.int8(), "count", 8, "1 = the tenth of eligible customers likeliest to stop ordering", 1, 10
    ),
    Field(
        "churn_probability",
        pa.float64(),
        "share",
        12,
        "chance of leaving in the outcome window, 0 to 1: of no order there, unless churn is defined otherwise",
    ),
    Field("churn_low", pa.float64(), "share", 12, "lower end of the 90 % interval of that chance"),
    Field("churn_high", pa.float64(), "share", 12, "upper end of the same: how far the market may move"),
    Field(
        "value_at_risk",
        pa.float64(),
        "money",
        12,
        "churn probability x expected margin of the planning period, in the currency",
        above="Margin at risk in the planning period",
    ),
    Field(
        "expected_margin",
        pa.float64(),
        "money",
        12,
        "spend of the last year, or since its first order, less what was sent back, scaled to the planning period, x "
        "margin share, in the currency; the share is the customer's own by unit costs, or the configured one without "
        "any; 0 where it pays less than cost",
        above="Expected margin in the planning period",
    ),
    Field(
        "expected_spend",
        pa.float64(),
        "money",
        12,
        "spend of the last year before returns, scaled to the horizon of churn, in the currency",
        above="Expected spend in the horizon",
    ),
    *ORDER_FIELDS,
    *STATE_FIELDS,
    *PLAY_FIELDS,
    Field("reasons", TEXTS, "text", 60, "what moves the churn probability most, strongest first"),
    Field("partnership_propensity", pa.float64(), "share", 12, "chance to show commitment in its window, 0 to 1"),
    Field("partnership_low", pa.float64(), "share", 12, "lower end of the 90 % interval of that chance"),
    Field("partnership_high", pa.float64(), "share", 12, "upper end of the same"),
    Field("partnership_rank", pa.int32(), "count", 8, "1 = likeliest partner among eligible customers", 1),
    Field(
        "partnership_decile",
        pa.int8(),
        "count",
        8,
        "1 = the tenth of eligible customers likeliest to be partners",
        1,
        10,
    ),
    Field("partnership_reasons", TEXTS, "text", 60, "what moves the partnership propensity most, strongest first"),
    Field("reason_codes", TEXTS, "text", 30, "per churn reason: the feature, its direction, its size in log-odds"),
    Field("partnership_reason_codes", TEXTS, "text", 30, "the same for the partnership reasons"),
    Field("left_out_product_codes", TEXTS, "text", 30, "codes of the products it left out, or used to buy"),
    Field("suggested_product_codes", TEXTS, "text", 30, "codes of the products that it might try"),
    Field("peer_group", pa.string(), "text", 16, "who the peers are: of its industry and region, region, or everybody"),
    *INDEX_FIELDS,
    *PUSH_FIELDS,
    *MOVEMENT_FIELDS,
    Field(
        "evidence_level",
        pa.string(),
        "text",
        16,
        "which history tables say something of this customer: a row of the two years before, or one that still holds",
        given=True,
    ),
    Field("cutoff", pa.date32(), "day", 11, "only what was known before this day was used", given=True),
    Field("churn_model", pa.string(), "text", 18, "registered name and version of the churn model"),
    Field("churn_run_id", pa.string(), "text", 18, "the training run it comes from"),
    Field("partnership_model", pa.string(), "text", 18, "registered name and version of the partnership model"),
    Field("partnership_run_id", pa.string(), "text", 18, "the training run it comes from"),
    Field("input_fingerprint", pa.string(), "text", 18, "SHA-256 of the history the row was computed from", given=True),
)
"""In the order of reading: who, how urgent, how much, why; then the same for partnership; then where it comes from."""

SCHEMA = pa.schema([(field.name, field.type) for field in FIELDS])
"""Prediction table. Grain: one row per `customer_id` and `cutoff`."""

BOUNDS = {
    "known_customer": "customer_id IS NOT NULL AND cutoff IS NOT NULL",
    "known_status": "status IN ('eligible', 'new', 'lapsed')",
    "churn_is_a_probability": "churn_probability IS NULL OR (churn_probability >= 0 AND churn_probability <= 1)",
    "partnership_is_a_probability": (
        "partnership_propensity IS NULL OR (partnership_propensity >= 0 AND partnership_propensity <= 1)"
    ),
    "only_eligible_are_scored": "status = 'eligible' OR churn_probability IS NULL",
}
for _index in INDICES:
    BOUNDS[f"{_index.name}_is_a_percentile"] = f"{_index.name} IS NULL OR ({_index.name} >= 0 AND {_index.name} <= 100)"
"""What the store itself refuses to break."""
