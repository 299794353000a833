"""People: personal relations, an amplifier of good business relations and no substitute."""

from __future__ import annotations

from features.engine.declaration import feature
from features.engine.expression import Expression
from features.engine.view import HistoryView

YEAR = 365
HALF_YEAR = 180


@feature(
    family="people",
    unit="contacts",
    days=(90, 365),
    high="{value:.0f} contacts in {days} days",
    low="only {value:.0f} contacts in {days} days",
)
def contacts(h: HistoryView, days: int) -> Expression:
    """Contacts of any kind in the {days} days before the cutoff.

    Idea: who is spoken to is not forgotten.
    Source: Wathne, Biong & Heide 2001 (personal ties hold less than the firm's switching costs).
    """
    return h.interactions.count(days)


@feature(
    family="people",
    unit="change from -1 to 1",
    bounds=(-1, 1),
    high="more contact than half a year ago (change {value:+.2f} on a scale from -1 to 1)",
    low="less contact than half a year ago (change {value:+.2f} on a scale from -1 to 1)",
)
def contacts_change_180d(h: HistoryView) -> Expression:
    """Contacts of the last 180 days against the 180 days before, as difference over sum.

    Idea: talks thin out before orders do.
    Source: Wathne, Biong & Heide 2001 (personal ties hold less than the firm's switching costs).
    """
    recent, before = h.interactions.count(HALF_YEAR), h.interactions.count(HALF_YEAR, ending=HALF_YEAR)
    return (recent - before) / (recent + before)


@feature(
    family="people",
    unit="days",
    bounds=(1, None),
    high="last spoken to {value:.0f} days ago",
    low="spoken to only {value:.0f} days ago",
)
def days_since_last_contact(h: HistoryView) -> Expression:
    """Days since the last contact of any kind.

    Idea: who is not spoken to drifts.
    Source: Wathne, Biong & Heide 2001 (personal ties hold less than the firm's switching costs).
    """
    return h.interactions.since_last()


@feature(
    family="people",
    unit="contacts",
    high="met {value:.0f} times in a year",
    low="met only {value:.0f} times in a year",
)
def meetings_and_visits_365d(h: HistoryView) -> Expression:
    """Visits and meetings, last 365 days.

    Idea: meeting costs both sides time, and shows that it is worth it.
    Source: Wathne, Biong & Heide 2001 (personal ties hold less than the firm's switching costs).
    """
    return h.interactions.where(kind="visit").count(YEAR) + h.interactions.where(kind="meeting").count(YEAR)


@feature(
    family="people",
    unit="people",
    high="{value:.0f} of its people are in contact with us",
    low="only {value:.0f} of its people are in contact with us",
)
def people_in_contact_365d(h: HistoryView) -> Expression:
    """Different people at the customer in contact in the last 365 days.

    Idea: a relation that rests on several survives the leaving of one.
    Source: Wathne, Biong & Heide 2001 (personal ties hold less than the firm's switching costs).
    """
    return h.interactions.distinct("contact_id", YEAR)


@feature(
    family="people",
    unit="levels",
    high="contacts on {value:.0f} levels of its house",
    low="contacts on only {value:.0f} levels of its house",
)
def contact_levels_365d(h: HistoryView) -> Expression:
    """Different ranks of the people in contact in the last 365 days.

    Idea: those who decide have to know us too.
    Source: Wathne, Biong & Heide 2001 (personal ties hold less than the firm's switching costs).
    """
    return h.interactions.distinct("contact_level", YEAR)


@feature(
    family="people",
    unit="share",
    bounds=(0, 1),
    high="{value:.0%} of all contacts go through one person",
    low="only {value:.0%} of all contacts go through one person",
)
def share_of_contacts_through_one_person_365d(h: HistoryView) -> Expression:
    """Share of the most frequent person in the contacts of the last 365 days.

    Idea: a relation that hangs on one person ends with that person.
    Source: Wathne, Biong & Heide 2001 (personal ties hold less than the firm's switching costs).
    """
    return h.interactions.largest_share("contact_id", YEAR)


@feature(
    family="people",
    unit="share",
    bounds=(0, 1),
    high="sought {value:.0%} of the contacts itself",
    low="sought only {value:.0%} of the contacts itself",
)
def customer_initiated_share_365d(h: HistoryView) -> Expression:
    """Share of the contacts of the last 365 days that the customer sought.

    Idea: who comes to us with questions counts on us.
    Source: Morgan & Hunt 1994 (commitment is a construct of its own).
    """
    return h.interactions.where(initiated_by="customer").count(YEAR) / h.interactions.knowing("initiated_by").count(
        YEAR
    )


@feature(
    family="people",
    unit="retention actions",
    high="got {value:.0f} retention actions in a year",
    low="got only {value:.0f} retention actions in a year",
)
def treatments_365d(h: HistoryView) -> Expression:
    """Retention actions of the last 365 days, those withheld left out.

    Idea: a customer that was just talked to should not be talked to again.
    Source: Ascarza, Iyengar & Schleicher 2016 (a proactive campaign can raise churn).
    """
    return h.treatments.where(holdout=0).count(YEAR)


@feature(
    family="people",
    unit="days",
    bounds=(1, None),
    high="last retention action {value:.0f} days ago",
    low="last retention action only {value:.0f} days ago",
)
def days_since_last_treatment(h: HistoryView) -> Expression:
    """Days since the last retention action that was not withheld.

    Idea: an action works for a while, and tires when repeated.
    Source: Ascarza, Iyengar & Schleicher 2016 (a proactive campaign can raise churn).
    """
    return h.treatments.where(holdout=0).since_last()


@feature(
    family="people",
    unit="yes or no",
    bounds=(0, 1),
    high="contacts are known ({value:.0f})",
    low="contacts are not known ({value:.0f})",
)
def has_interactions(h: HistoryView) -> Expression:
    """Whether contacts of anybody were known before the cutoff: 1 or 0.

    Idea: a null because nobody keeps a record is not the null of one customer.
    Source: ours, untested.
    """
    return h.interactions.known()


@feature(
    family="people",
    unit="yes or no",
    bounds=(0, 1),
    high="retention actions are known ({value:.0f})",
    low="retention actions are not known ({value:.0f})",
)
def has_treatments(h: HistoryView) -> Expression:
    """Whether retention actions of anybody were known before the cutoff: 1 or 0.

    Idea: a null because nobody keeps a record is not the null of one customer.
    Source: ours, untested.
    """
    return h.treatments.known()
