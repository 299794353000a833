"""The history tables: which there are, their columns, types, units and grain; when a row happened and was known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from features.table_declaration import Column, Pending, Rule, Table

ORDER_LINES = Table(
    name="order_lines",
    grain="one product on one order",
    happened="ordered_on",
    columns=(
        Column("customer_id", "key", "who ordered", required=True),
        Column("order_id", "key", "the order the line belongs to", required=True),
        Column("ordered_on", "date", "the day the order was placed", "day", required=True),
        Column("product_id", "key", "what was ordered"),
        Column("quantity", "number", "how much; negative on a return", "pieces"),
        Column("net_amount", "money", "what the customer pays for the line; negative on a return", "cents"),
        Column("category", "text", "the group the product belongs to"),
        Column("list_amount", "money", "the line at list price, before discounts", "cents"),
        Column("unit_cost", "money", "what one piece costs the supplier", "cents"),
        Column("channel", "text", "how the order came in"),
        Column("product_name", "text", "what people call the product; shown beside its code, never a feature"),
        Column("is_return", "flag", "the line takes goods back"),
        Column("known_on", "date", "the day the supplier could have known the row", "day"),
    ),
)

CUSTOMER = Column("customer_id", "key", "whom the row is about", required=True)
KNOWN_ON = Column("known_on", "date", "the day the supplier could have known the row", "day")

CUSTOMERS = Table(
    name="customers",
    grain="one customer over one validity period",
    happened="valid_from",
    known="valid_from",
    rules=(Rule("valid_to", "after", "valid_from"),),
    periods=("valid_from", "valid_to"),
    columns=(
        CUSTOMER,
        Column("valid_from", "date", "the first day these values held; without it they are today's", "day"),
        Column("valid_to", "date", "the day they no longer held; empty: until the next row's", "day", ahead=True),
        Column("name", "text", "what the customer is called; never a feature", shown=True),
        Column("account_manager", "text", "who here looks after the customer; never a feature", shown=True),
        Column("industry", "text", "what the customer does"),
        Column("region", "text", "where the customer is"),
        Column("employees", "number", "people the customer employs", "people", lowest=0),
        Column("annual_revenue", "money", "what the customer turns over in a year", "cents", lowest=0),
        Column("credit_score", "number", "creditworthiness, higher is better", "points"),
        Column("payment_terms_days", "number", "days the customer has to pay", "days", lowest=0),
    ),
)
INTERACTION_KINDS = (
    "visit", "call", "email", "meeting", "ticket", "complaint", "training", "advice", "joint_project"
)  # fmt: skip
INTERACTIONS = Table(
    name="interactions",
    grain="one contact",
    happened="happened_on",
    rules=(Rule("resolved_on", "not before", "happened_on"),),
    columns=(
        CUSTOMER,
        Column("happened_on", "date", "the day of the contact", "day", required=True),
        Column("kind", "text", "what kind of contact", required=True, choices=INTERACTION_KINDS),
        Column("contact_id", "key", "the person at the customer"),
        Column("contact_level", "text", "the rank of that person, as the supplier names it"),
        Column("initiated_by", "text", "who sought the contact", choices=("customer", "supplier")),
        Column("severity", "number", "how bad a complaint or ticket is, from 1 to 5", "points", lowest=1, highest=5),
        Column("resolved_on", "date", "the day the matter was settled; known from that day on", "day"),
        KNOWN_ON,
    ),
)
CONTRACTS = Table(
    name="contracts",
    grain="one agreement",
    happened="signed_on",
    rules=(Rule("ends_on", "after", "starts_on"), Rule("cancelled_on", "not before", "signed_on")),
    unique=("contract_id",),
    columns=(
        Column("contract_id", "key", "the agreement", required=True),
        CUSTOMER,
        Column("signed_on", "date", "the day it was signed", "day", required=True),
        Column("starts_on", "date", "its first day", "day", required=True, ahead=True),
        Column("ends_on", "date", "the day after its last, as agreed", "day", required=True, ahead=True),
        Column("cancelled_on", "date", "the day it was cancelled; known from that day on", "day"),
        Column("kind", "text", "what kind of agreement, as the supplier names it"),
        Column("committed_amount", "money", "what the customer bound itself to buy over the term", "cents", lowest=0),
        Column("exclusive", "flag", "the customer may buy from nobody else"),
        Column("renewal_of", "key", "the agreement that this one renews or extends"),
        KNOWN_ON,
    ),
)
INVESTMENT_KINDS = ("money", "training", "people", "asset", "process")
INVESTMENTS = Table(
    name="investments",
    grain="one relationship-specific investment",
    happened="invested_on",
    columns=(
        CUSTOMER,
        Column("invested_on", "date", "the day it was made", "day", required=True),
        Column("kind", "text", "what was invested in", required=True, choices=INVESTMENT_KINDS),
        Column("amount", "money", "what it cost", "cents", required=True, lowest=0),
        Column("paid_by", "text", "who paid", choices=("customer", "supplier", "joint")),
        Column("life_months", "number", "how long it serves", "months", lowest=0),
        Column(
            "redeployable_share", "number", "the share that would serve as well elsewhere", "share", lowest=0, highest=1
        ),
        Column("people", "number", "people trained or assigned", "people", lowest=0),
        KNOWN_ON,
    ),
)
DELIVERIES = Table(
    name="deliveries",
    grain="one delivered order line or order",
    happened="promised_on",
    seen=("promised_on", "delivered_on"),
    rules=(Rule("quantity_defective", "at most", "quantity_delivered"),),
    columns=(
        CUSTOMER,
        Column("order_id", "key", "the order delivered", required=True),
        Column("promised_on", "date", "the day it was promised for", "day", required=True, ahead=True),
        Column("delivered_on", "date", "the day it came; empty while it has not", "day"),
        Column("quantity_ordered", "number", "how much was ordered", "pieces", lowest=0),
        Column("quantity_delivered", "number", "how much came", "pieces", lowest=0),
        Column("quantity_defective", "number", "how much of it was faulty", "pieces", lowest=0),
        KNOWN_ON,
    ),
)
QUOTES = Table(
    name="quotes",
    grain="one offer",
    happened="quoted_on",
    rules=(Rule("decided_on", "not before", "quoted_on"),),
    pending=Pending("decided_on", "outcome", "open"),
    columns=(
        CUSTOMER,
        Column("quoted_on", "date", "the day of the offer", "day", required=True),
        Column("amount", "money", "what was offered for", "cents", required=True, lowest=0),
        Column("outcome", "text", "what came of it", required=True, choices=("won", "lost", "open")),
        Column("category", "text", "the group of products it was for"),
        Column("decided_on", "date", "the day the outcome was known; not read while it is open", "day"),
        Column("lost_to", "text", "what it was lost to: price, or a name"),
        Column("price_gap", "number", "our price over the winning one, less 1", "share", lowest=-1),
        KNOWN_ON,
    ),
)
WALLET = Table(
    name="wallet",
    grain="one customer's purchases in a category over a month, from everybody",
    happened="month",
    monthly=True,
    rules=(Rule("total_amount", "at least", "our_amount", otherwise="raise"),),
    unique=("customer_id", "month", "category"),
    added=("our_amount", "total_amount"),
    columns=(
        CUSTOMER,
        Column("month", "date", "any day of the month; known on the first of the next", "day", required=True),
        Column("category", "text", "the group of products", required=True),
        Column("our_amount", "money", "what was bought from us", "cents", required=True),
        Column("total_amount", "money", "what was bought from everybody, us included", "cents", required=True),
        Column("source", "text", "where the figure comes from"),
        KNOWN_ON,
    ),
)
TREATMENTS = Table(
    name="treatments",
    grain="one retention action",
    happened="treated_on",
    columns=(
        CUSTOMER,
        Column("treated_on", "date", "the day of the action, or of its withholding", "day", required=True),
        Column("play", "text", "which action", required=True),
        Column("holdout", "flag", "the action was withheld at random, to measure its effect"),
        Column("cost", "money", "what the action cost", "cents", lowest=0),
        KNOWN_ON,
    ),
)

OPTIONAL_TABLES = (CUSTOMERS, INTERACTIONS, CONTRACTS, INVESTMENTS, DELIVERIES, QUOTES, WALLET, TREATMENTS)
TABLES: dict[str, Table] = {table.name: table for table in (ORDER_LINES, *OPTIONAL_TABLES)}


@dataclass(frozen=True)
class History:
    """What a supplier knows of its customers: one Arrow table per history table.

    Every column has the type of `table_declaration.ARROW_TYPE`; columns the supplier does not have are absent, not
    null. `optional` holds the tables beside the order lines, by name; a table the supplier does not have is absent, not
    empty.
    """

    order_lines: pa.Table
    currency: str = ""
    optional: Mapping[str, pa.Table] = field(default_factory=dict)

    def has(self, column: str) -> bool:
        """Whether the order lines carry `column`."""
        return column in self.order_lines.column_names
