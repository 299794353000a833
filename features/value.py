"""Value: does the customer gain? Delivered as promised, put right quickly, advised, at a fair price."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

YEAR = 365
HALF_YEAR = 180


def _change(h: HistoryView, column: str) -> Expression:
    return h.deliveries.mean(column, HALF_YEAR) - h.deliveries.mean(column, HALF_YEAR, ending=HALF_YEAR)


@feature(
    family="value",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of its deliveries came in time",
    low="only {value:.0%} of its deliveries came in time",
)
def on_time_share_365d(h: HistoryView) -> Expression:
    """Share of the deliveries judged in the last 365 days that came by the promised day.

    Idea: a promise kept is the first thing a customer gains.
    Source: ours, untested.
    """
    return 1 - h.deliveries.mean("late", YEAR)


@feature(
    family="value",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of its deliveries came in time and in full",
    low="only {value:.0%} of its deliveries came in time and in full",
)
def on_time_in_full_share_365d(h: HistoryView) -> Expression:
    """Share of the deliveries judged in the last 365 days that came by the promised day with all pieces.

    Idea: a promise kept is the first thing a customer gains.
    Source: ours, untested.
    """
    return h.deliveries.mean("in_time_in_full", YEAR)


@feature(
    family="value",
    unit="change from -1 to 1",
    bounds=(-1, 1),
    high="deliveries got better over half a year (by {value:+.0%} percentage points in time and in full)",
    low="deliveries got worse over half a year (by {value:+.0%} percentage points in time and in full)",
)
def on_time_in_full_change_180d(h: HistoryView) -> Expression:
    """Share in time and in full of the last 180 days less that of the 180 days before.

    Idea: service that slips is noticed before it is complained of.
    Source: ours, untested.
    """
    return _change(h, "in_time_in_full")


@feature(
    family="value",
    unit="deliveries",
    high="waits for {value:.0f} deliveries past their promise",
    low="waits for only {value:.0f} deliveries past their promise",
)
def deliveries_overdue(h: HistoryView) -> Expression:
    """Deliveries promised for a day before the cutoff that have not come.

    Idea: what is missing now is felt now.
    Source: ours, untested.
    """
    return h.deliveries.where(late=1).standing()


@feature(
    family="value",
    unit="complaints per 100 orders",
    high="{value:.1f} complaints per 100 orders",
    low="only {value:.1f} complaints per 100 orders",
)
def complaints_per_100_orders_365d(h: HistoryView) -> Expression:
    """Complaints of the last 365 days per 100 orders.

    Idea: a complaint is a chance to repair, and a count of what went wrong.
    Source: Haj-Salem & Chebat 2014 (held customers leave after failures).
    """
    return h.interactions.where(kind="complaint").count(YEAR) / h.order_days.total("orders", YEAR) * 100


@feature(
    family="value",
    unit="days",
    bounds=(None, None),
    high="complaints took {value:.0f} days to settle",
    low="complaints took only {value:.0f} days to settle",
)
def complaint_resolution_days_365d(h: HistoryView) -> Expression:
    """Mean days from complaint to settlement, of those settled in the last 365 days.

    Idea: how a failure is repaired decides what it does.
    Source: Haj-Salem & Chebat 2014 (held customers leave after failures).
    """
    return h.resolutions.where(kind="complaint").mean("days", YEAR)


@feature(
    family="value",
    unit="days",
    bounds=(None, None),
    high="questions took {value:.0f} days to settle",
    low="questions took only {value:.0f} days to settle",
)
def ticket_resolution_days_365d(h: HistoryView) -> Expression:
    """Mean days from ticket to settlement, of those settled in the last 365 days.

    Idea: help that comes quickly is worth coming back for.
    Source: ours, untested.
    """
    return h.resolutions.where(kind="ticket").mean("days", YEAR)


@feature(
    family="value",
    unit="contacts",
    high="got advice {value:.0f} times in a year",
    low="got advice only {value:.0f} times in a year",
)
def advice_365d(h: HistoryView) -> Expression:
    """Contacts in which advice was given, last 365 days.

    Idea: advice from the customer's point of view is hard to copy.
    Source: ours, untested.
    """
    return h.interactions.where(kind="advice").count(YEAR)


@feature(
    family="value",
    unit="contacts",
    high="got advice unasked {value:.0f} times in a year",
    low="got advice unasked only {value:.0f} times in a year",
)
def advice_unasked_365d(h: HistoryView) -> Expression:
    """Contacts of the last 365 days in which the supplier gave advice of its own accord.

    Idea: information brought unasked finds new needs.
    Source: ours, untested.
    """
    return h.interactions.where(kind="advice", initiated_by="supplier").count(YEAR)


@feature(
    family="value",
    unit="contacts",
    high="{value:.0f} contacts on joint projects in two years",
    low="only {value:.0f} contacts on joint projects in two years",
)
def joint_projects_730d(h: HistoryView) -> Expression:
    """Contacts on joint projects, last 730 days.

    Idea: work done for this customer's situation alone.
    Source: Scheer, Miao & Garrett 2010 (dependence on benefits leads to expansion).
    """
    return h.interactions.where(kind="joint_project").count(730)


@feature(
    family="value",
    unit="contacts",
    high="was trained {value:.0f} times in two years",
    low="was trained only {value:.0f} times in two years",
)
def trainings_730d(h: HistoryView) -> Expression:
    """Trainings held with the customer, last 730 days.

    Idea: a customer that can do more with what it buys gains more.
    Source: Scheer, Miao & Garrett 2010 (dependence on benefits leads to expansion).
    """
    return h.interactions.where(kind="training").count(730)


@feature(
    family="value",
    unit="ratio",
    high="pays {value:.0%} of what others pay for the same",
    low="pays only {value:.0%} of what others pay for the same",
)
def price_against_others_365d(h: HistoryView) -> Expression:
    """What it paid over what the same pieces cost at everybody's mean price of the product, last 365 days.

    Idea: a price that is out of line takes away what the customer gains.
    Source: ours, untested.
    """
    return h.purchases.price_index(YEAR)
