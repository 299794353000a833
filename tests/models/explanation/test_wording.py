"""Sentences are true, grammatical, and silent where they would contradict themselves."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.catalogue import FEATURES
from features.engine.declaration import Feature
from features.season import SEASON
from models.explanation.language import GRAMMARS
from models.explanation.wording import POINTS_TOLD, checkable, moved, said, sentence
from pipeline.languages import language
from tests.models.explanation.phrases import Phrases

DISCOUNT = ("discounts grew (by {value:+.1%})", "discounts shrank (by {value:+.1%})")
LATE = (
    "more late deliveries (by {value:+.0%} percentage points)",
    "fewer late deliveries (by {value:+.0%} percentage points)",
)
BALANCE = ("it put in more (balance {value:+.2f})", "we put in more (balance {value:+.2f})")
SILENT = ("silent for {value:.1f} times its usual gap", "silent for only {value:.1f} times its usual gap")
PAUSES = ("came back from {value:.0f} long pauses", "came back from only {value:.0f} long pauses")
ORDERS = ("{value:.0f} orders in 90 days", "only {value:.0f} orders in 90 days")


@pytest.mark.parametrize(
    ("phrases", "value", "usual", "expected"),
    [
        (ORDERS, 12, 5, "12 orders in 90 days; comparable customers: 5."),
        (ORDERS, 2, 5, "Only 2 orders in 90 days; comparable customers: 5."),
        (ORDERS, 1, 5, "Only 1 order in 90 days; comparable customers: 5."),
        (ORDERS, 0, 5, "No orders in 90 days; comparable customers: 5."),
        (ORDERS, 4.9, 5.1, ""),
        (ORDERS, 5, 5, ""),
        (("spent {value:,.0f} in a year", "spent only {value:,.0f} in a year"), 0, 1234.5,
         "Spent nothing in a year; comparable customers: 1,234."),
        (("in {value:.0f} of 12 months", "in only {value:.0f} of 12 months"), 0, 7,
         "In none of 12 months; comparable customers: 7."),
        (("entered {value:.0f} new categories", "entered only {value:.0f} new categories"), 1, 0,
         "Entered 1 new category; comparable customers: 0."),
        (("last order {value:.0f} days ago", "ordered only {value:.0f} days ago"), 1, 20,
         "Ordered only 1 day ago; comparable customers: 20."),
        (("kept {value:.0%}", "kept only {value:.0%}"), 0.0, 0.456, "Kept only 0%; comparable customers: 46%."),
        (("kept {value:.0%}", "kept only {value:.0%}"), 0.00342, 0.456, "Kept only 0.3%; comparable customers: 46%."),
        (("kept {value:.0%}", "kept only {value:.0%}"), 2e-6, 0.456, "Kept only 0.0002%; comparable customers: 46%."),
        (("kept {value:.0%}", "kept only {value:.0%}"), 1e-9, 0.456, "Kept only 0%; comparable customers: 46%."),
        (("kept {value:.0%}", "kept only {value:.0%}"), 0.5, 0.004, "Kept 50%; comparable customers: 0%."),
        (DISCOUNT, 0.01, 0.03, "Discounts grew (by 1.0%); comparable customers: 3.0%."),
        (DISCOUNT, -0.123, 0.03, "Discounts shrank (by 12.3%); comparable customers: 3.0% the other way."),
        (DISCOUNT, -0.01, -0.03, "Discounts shrank (by 1.0%); comparable customers: 3.0%."),
        (DISCOUNT, 0.0, 0.03, ""),
        (DISCOUNT, 0.0001, 0.03, ""),
        (DISCOUNT, -0.03, 0.03, "Discounts shrank (by 3.0%); comparable customers: 3.0% the other way."),
        (LATE, 0.73, -0.021, "More late deliveries (by 73 percentage points); comparable customers: 2 the other way."),
        (LATE, -0.012, 0.3, "Fewer late deliveries (by 1 percentage point); comparable customers: 30 the other way."),
        (LATE, 0.4, 0.0, "More late deliveries (by 40 percentage points); comparable customers: 0."),
        (LATE, 0.004, 0.3, ""),
        (BALANCE, -0.2, -0.5, "We put in more (balance -0.20); comparable customers: -0.50."),
        (("last order {value:.0f} days ago", "ordered only {value:.0f} days ago"), 0, 20,
         "Ordered less than a day ago; comparable customers: 20."),
        (("bought for {value:.0f} from others", "bought for only {value:.0f} from others"), 0, 9,
         "Bought nothing from others; comparable customers: 9."),
        (("met {value:.0f} times in a year", "met only {value:.0f} times in a year"), 0, 9,
         "Met not once in a year; comparable customers: 9."),
        (("was {value:.1f} times the usual", "was only {value:.1f} times the usual"), 0, 1.0,
         "Was less than a tenth of the usual; comparable customers: 1.0."),
        (SILENT, 304.0, 1.0, "Silent for more than 20 times its usual gap; comparable customers: 1.0."),
        (SILENT, 14.4, 1.2, "Silent for 14 times its usual gap; comparable customers: 1.2."),
        (SILENT, 9.9, 1.2, "Silent for 9.9 times its usual gap; comparable customers: 1.2."),
        (SILENT, 25.0, 30.0, "Silent for only 25 times its usual gap; comparable customers: 30.0."),
        (SILENT, 0.04, 1.2, "Silent for less than a tenth of its usual gap; comparable customers: 1.2."),
        (("met {value:.0f} times in a year", "met only {value:.0f} times in a year"), 30, 9,
         "Met 30 times in a year; comparable customers: 9."),
        (("ordered in {value:.0f} of the last 6 months", "in only {value:.0f} of the last 6 months"), 6, 3,
         "Ordered in each of the last 6 months; comparable customers: 3."),
        (("ordered in {value:.0%} of the months it was with us in the last year", "in only {value:.0%}"), 1, 0.5,
         "Ordered in all of the months it was with us in the last year; comparable customers: 50%."),
        (("was silent for {value:.0f} months running in the last year",
          "was never silent for more than {value:.0f} months running in the last year"), 0, 2,
         "Ordered in every month of the last year; comparable customers: 2."),
        (PAUSES, 0, 2, "Has never come back from a long pause; comparable customers: 2."),
        (PAUSES, 1, 0, "Came back from 1 long pause; comparable customers: 0."),
        (("leaves a margin of {value:.0%}", "leaves a margin of only {value:.0%}"), -0.01, 0.16,
         "Leaves a margin of -1%; comparable customers: 16%."),
        (DISCOUNT, 0.01, 0.0, "Discounts grew (by 1.0%); comparable customers: 0%."),
        (("worth {value:.0f} (here)", "worth only {value:.0f} (here)"), 0, 1.0,
         "Worth nothing (here); comparable customers: 1."),
        (("worth {value:.2f} years of its spend", "worth only {value:.2f} years of its spend"), 0.001, 0.07,
         "Worth next to nothing in years of its spend; comparable customers: 0.07."),
        (("worth {value:.0f} order days", "worth only {value:.0f} order days"), 0, 1.0,
         "Worth no order days; comparable customers: 1."),
        (("change {value:+.2f}", "change {value:+.2f}"), 0.301, -0.001, "Change +0.30; comparable customers: 0."),
    ],
)  # fmt: skip
def test_sentence(phrases: tuple[str, str], value: float, usual: float, expected: str) -> None:
    assert sentence(Phrases(*phrases), value, usual) == expected


@pytest.mark.parametrize(("now", "then"), [(304.0, 25.0), (25.0, 304.0)])
def test_multiples_beyond_counting_read_the_same(now: float, then: float) -> None:
    assert moved(Phrases(*SILENT, unit="ratio"), now, then) == ""
    told = "Silent for more than 20 times its usual gap; before: 3.0."
    assert moved(Phrases(*SILENT, unit="ratio"), now, 3.0) == told


COMPARING = ("more than others", "less than others", "more than most", "others do", "most active customers'")


@pytest.mark.parametrize(("value", "usual", "word"), [(0.1, 0.3, "less"), (-0.1, -0.3, "more"), (0.3, 0.1, "more")])
def test_who_follows_prices_more_than_others_is_told_by_others_not_by_the_sign(value, usual, word):
    found = {feature.name: feature for feature in FEATURES}["price_sensitivity_365d"]
    said_so = f"Lets prices decide {word} than others do how much it buys ({value:.2f}, 1 being always)"
    assert sentence(found, value, usual) == f"{said_so}; comparable customers: {usual:.2f}."


def test_a_phrase_that_compares_with_others_prints_a_sign_only_for_the_difference_to_them():
    """Where the sign is printed it chooses the phrase: of a number that is no difference it says nothing of others."""
    compare = [each for each in FEATURES if any(word in each.high for word in COMPARING)]
    assert compare and all("(by {value:+" in each.high or "{value:+" not in each.high for each in compare)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_low_is_never_said_above_what_is_usual(value: float, usual: float) -> None:
    text = sentence(Phrases("high {value:.3f}", "low {value:.3f}"), value, usual)
    assert not text or text.startswith("High" if value > usual else "Low")


OF_A_PRICE = {"quote_price_gap_365d", "discount_share_change_180d", "discount_share_against_peers_365d"}
"""Differences in shares of a price, which are per cent of that price."""
OF_SHARES = [
    each
    for each in FEATURES
    if "{value:+" in each.high and "%}" in each.high and "share" in each.description.lower()
    and each.name not in OF_A_PRICE
]  # fmt: skip


@pytest.mark.parametrize("name", GRAMMARS)
def test_a_difference_of_shares_is_told_in_points(name: str) -> None:
    assert len(OF_SHARES) >= 11
    told = [language(name).text(phrase) for each in OF_SHARES for phrase in (each.high, each.low)]
    assert [phrase for phrase in told if not POINTS_TOLD.search(phrase)] == []


GREW = re.compile(r"\b(grew|dearer|deeper|more|held up|better|larger|longer)\b")
SHRANK = re.compile(r"\b(shrank|cheaper|smaller|less|fewer|worse|rarer|behind|shorter)\b")
SIGNED = [feature for feature in FEATURES if "{value:+" in feature.high and feature.unit != SEASON]


@pytest.mark.parametrize("feature", SIGNED, ids=lambda feature: feature.name)
@pytest.mark.parametrize(("value", "usual"), [(0.3, 0.9), (0.9, 0.3), (-0.3, -0.9), (-0.9, -0.3), (-0.3, 0.3)])
def test_what_grew_is_never_said_to_shrink(feature: Feature, value: float, usual: float) -> None:
    scale = 100 if feature.unit == "days" else 1
    text = sentence(feature, scale * value, scale * usual).lower()
    assert (GREW if value > 0 else SHRANK).search(text) or "we have put in more" in text, text


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
@pytest.mark.parametrize(("value", "usual"), [(1.0, 40.0), (40.0, 1.0), (0.0, 0.4)])
def test_every_feature_reads_as_one_sentence(feature: Feature, value: float, usual: float) -> None:
    text = sentence(feature, value, usual)
    assert text == "" or (text[0] == text[0].upper() and text.endswith(".") and "{" not in text)
    assert "only 0 " not in text


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [
        ("share of customers", 0.9991, "Ahead of over 99%."),
        ("share of customers", 0.84, "Ahead of 84%."),
        ("probability", 0.99999, "Ahead of over 99%; comparable customers: 20%."),
        ("share of spend", 1.0, "Ahead of 100%; comparable customers: 20%."),
    ],
)
def test_nobody_is_ahead_of_all_and_no_forecast_is_sure(unit: str, value: float, expected: str) -> None:
    assert sentence(Phrases("ahead of {value:.0%}", "x {value:.0%}", unit), value, 0.2, probabilities=True) == expected


def test_a_rank_needs_no_comparison() -> None:
    rank = Phrases("ahead of {value:.0%}", "ahead of only {value:.0%}", "share of customers")
    assert sentence(rank, 0.9, 0.5) == "Ahead of 90%."


@pytest.mark.parametrize(
    ("high", "unit", "expected"),
    [
        ("{value:.0f} orders in 90 days", "orders", True),
        ("{value:.0%} likely", "probability", False),
        ("ahead of {value:.0%}", "share of customers", False),
        ("spread over categories (index {value:.2f})", "index", False),
    ],
)
def test_what_an_account_manager_can_look_up(high: str, unit: str, expected: bool) -> None:
    assert checkable(Phrases(high, high, unit)) is expected


@pytest.mark.parametrize(
    ("kind", "direction", "start"),
    [("churn", "raises", "Raises the risk: no"), ("partnership", "lowers", "Speaks against partnership: no")],
)
def test_said(kind: str, direction: str, start: str) -> None:
    assert said(kind, direction, "No orders.").startswith(start)


@pytest.mark.parametrize("unit", ["probability", "season from -1 to 1"])
def test_other_models_and_the_season_never_speak(unit: str) -> None:
    assert sentence(Phrases("{value:.2f}", "{value:.2f}", unit), 0.9, 0.1) == ""
    assert any(feature.unit == unit for feature in FEATURES), "the catalogue still has such features"
