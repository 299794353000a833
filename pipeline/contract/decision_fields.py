"""The exported columns of states, plays and what pushes a customer: types, units and meaning."""

from __future__ import annotations

import pyarrow as pa

from features.families import FAMILIES
from models.decision.plays import PLAYS
from models.decision.recommend import STATUSES
from models.decision.states import STATES
from pipeline.contract.field import TEXTS, Field

PUSH = "push_{family}"
"""The column of a family's contribution."""

STATE_FIELDS = (
    Field(
        "state", pa.string(), "text", 14, "of the relationship: drifting, captive, partner, transactional", words=STATES
    ),
    Field(
        "previous_state",
        pa.string(),
        "text",
        14,
        "the state four to nine weeks before, on the first of a month; null where there was none",
        words=STATES,
    ),
    Field(
        "prospective_partner",
        pa.bool_(),
        "text",
        8,
        "transactional, likelier to build on us than at the cutoffs before, and still free to choose",
    ),
    Field("captive_possible", pa.bool_(), "text", 8, "looks held rather than won; too little is known to assert it"),
    Field("captive_drifting", pa.bool_(), "text", 8, "was held rather than won, and is on its way out"),
    Field(
        "complaint_since",
        pa.date32(),
        "day",
        11,
        "the day of its oldest severe complaint, of the last two years, that is not settled; null where there is none",
        above="Severe complaint open since",
    ),
)

PLAY_FIELDS = (
    Field("share_of_margin", pa.float64(), "share", 10, "share of the margin expected of all eligible customers"),
    Field("key_account", pa.bool_(), "text", 8, "carries so much of that margin that a person here answers for it"),
    Field("play", pa.string(), "text", 20, "what is proposed for this customer", words=tuple(PLAYS)),
    Field("play_status", pa.string(), "text", 12, "act, or why nothing is to be done now", words=STATUSES),
    Field(
        "act_now",
        pa.bool_(),
        "text",
        8,
        "true: do it now, for the play pays even at half the assumed acceptance and the customer still buys from "
        "somebody, or a severe complaint is open; false where play_status is act: at the next occasion",
    ),
    Field(
        "play_levers",
        pa.string(),
        "text",
        12,
        "levers of the play, each with its step in what_to_do unless withheld: L1 to L4 hold, W1 to W3 make both sides "
        "win",
    ),
    Field("play_rank", pa.int32(), "count", 8, "1 = most expected profit among those with the same play", 1),
    Field(
        "play_cost",
        pa.float64(),
        "money",
        12,
        "expected cost of the play, in the currency: the contact, and the incentive as often as it is taken, where a "
        "play keeps also by whoever would have stayed; assumed, not measured",
        0,
    ),
    Field(
        "play_profit",
        pa.float64(),
        "money",
        12,
        "expected profit of the play, in the currency: what it wins less play_cost; assumed, not measured",
    ),
    Field("play_profit_low", pa.float64(), "money", 12, "the same at half the assumed acceptance"),
    Field("play_profit_high", pa.float64(), "money", 12, "the same at twice the assumed acceptance"),
    Field(
        "play_cooldown_days",
        pa.int32(),
        "count",
        8,
        "days after an action of any kind within which this play is not proposed, unless an open severe complaint "
        "calls for it; null without a play",
        0,
    ),
    Field("play_campaign", pa.string(), "text", 16, "the campaign whose hold-out this customer was drawn for"),
    Field(
        "meant_now",
        pa.bool_(),
        "text",
        8,
        "whether the play is meant for now, held out or not: among these, moorings outcomes compares who was to be "
        "treated with who was held out; null without a play",
        above="Meant now, before the lot",
    ),
    Field("what_we_see", pa.string(), "text", 60, "what the play rests on, with the customer's own numbers"),
    Field("why_it_matters", pa.string(), "text", 50, "why that calls for the play"),
    Field("what_to_do", pa.string(), "text", 60, "the next steps, what comes later, and what the play may give"),
    Field("what_not_to_do", pa.string(), "text", 50, "what would do harm in this situation"),
    Field(
        "to_talk_about",
        TEXTS,
        "text",
        60,
        "products to speak of: what it left out of its latest orders or used to buy, and what those who buy alike buy",
    ),
)

PUSH_FIELDS = (
    *(
        Field(
            PUSH.format(family=family),
            pa.float64(),
            "size",
            8,
            f"what the family {family} adds to the log-odds of leaving: above 0 it pushes away, below it holds",
        )
        for family in FAMILIES
    ),
    Field(PUSH.format(family="base"), pa.float64(), "size", 8, "log-odds of leaving that all customers share"),
    Field("disagreements", TEXTS, "text", 50, "where an index and the model see a family differently"),
)
"""The pushes of a customer add up to the log-odds of its churn probability. Associations, not causes."""

MOVEMENT_FIELDS = (
    Field("moved_since", pa.date32(), "day", 11, "the cutoff of the export before, which the change is counted from"),
    Field("churn_change", pa.float64(), "share", 10, "churn probability less that of the export before", -1, 1),
    Field(
        "churn_change_of_data", pa.float64(), "share", 10, "part of it by what the customer did, model unchanged", -1, 1
    ),
    Field("churn_change_of_model", pa.float64(), "share", 10, "part of it by the new model, data unchanged", -1, 1),
    Field("moved_by", TEXTS, "text", 60, "what the customer did that moved it most, then and now"),
)
"""The two parts add up to the change."""
