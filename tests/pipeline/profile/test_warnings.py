"""What `moorings profile` says is too thin, or looks like a mistake."""

import re
from pathlib import Path

import pyarrow as pa
import pytest
from suppliers import configured, dated, lines

from features.engine.store import LineStore
from pipeline.profile.days import order_days, order_days_of
from pipeline.profile.profile import Profile, profile
from pipeline.sources.history import read_history
from pipeline.training.train import _warnings

BARE = '[history.order_lines.columns]\ncustomer_id = "Customer"\nordered_on = "Date"\n'


def plain(folder: Path, table: pa.Table, head: str = "") -> Profile:
    return profile(configured(folder, table, 'duplicates = "keep"', BARE, head))


REGULAR = [(f"C{i}", day) for i in range(30) for day in range(0, 900, 15)]
THIN = [
    ([("C1", day) for day in range(0, 900, 15)], "", "There is one customer"),
    (REGULAR, "", "Only 30 customers are eligible"),
    (REGULAR, "", "nobody ever left"),
    ([(f"C{i}", i % 300 + d) for i in range(300) for d in (0, 1, 2)], "[time]\nlook_back_months = 3", "everybody left"),
    (REGULAR, "", "There is no net_amount"),
    (REGULAR, "", "There is no category"),
    ([row for row in REGULAR if row[1] < 300], "", "less than two years"),
    ([row for row in REGULAR if row[1] < 60], "", "shorter than gap and horizon"),
    ([row for row in REGULAR if row[1] < 300], "", "to test apart needs about"),
    ([("C1", 0), ("C2", 400)], "", "No customer is eligible"),
    (REGULAR, "", "no customer was ever silent for a month"),
    ([(f"C{i}", day) for i in range(30) for day in range(0, 300, 40)], "", "too few silences could be watched"),
    ([(f"C{i}", day * (i + 1)) for i in range(900) for day in range(3)], "", "No horizon up to 24 months"),
    (REGULAR, "", "Choose [time] horizon_days by how long a silence costs too much"),
    (
        [(f"C{i}", day) for i in range(40) for day in range(0, 2000, 200)],
        "",
        "let 200 days or more pass between orders",
    ),
    (
        [(f"C{i}", i + d) for i in range(900) for d in (0, 1, 2, 150)[: 3 + (i % 15 == 0)]],
        "",
        "% of the labels the customer left",
    ),
    ([row for row in REGULAR if not 300 < row[1] < 450], "", "Nobody ordered on the 149 days from 2020-10-28"),
]


@pytest.mark.parametrize(("rows", "head", "words"), THIN)
def test_what_is_too_thin_is_said(tmp_path: Path, rows: list[tuple[str, int]], head: str, words: str) -> None:
    warnings = plain(tmp_path, dated(rows), head).warnings
    assert any(words in warning for warning in warnings), warnings


def test_where_no_horizon_can_be_proposed_the_longest_lasting_silence_is_told(tmp_path: Path) -> None:
    rows = [(f"C{i}", day * (i + 1)) for i in range(900) for day in range(3)]
    (said,) = [each for each in plain(tmp_path, dated(rows)).warnings if each.startswith("No horizon")]
    assert re.search(r"after \d+ days it is \d+%, and nowhere lower\. Choose \[time\] horizon_days", said), said


@pytest.mark.parametrize(("unpriced", "said"), [(1, True), (0, False)])
def test_lines_without_an_amount_are_said_to_be_no_purchases(tmp_path: Path, unpriced: int, said: bool) -> None:
    amounts = [None] * unpriced + ["10"] * (48 - unpriced)
    warnings = profile(configured(tmp_path, lines(4, 12, Net=amounts))).warnings
    assert (
        "net_amount is missing in 2% of the lines: without an amount these are no purchases" in " ".join(warnings)
    ) is said


def test_words_for_nothing_that_were_taken_for_names_are_told(tmp_path: Path) -> None:
    items = ["NULL", "n/a", "Nullarbor", *["P1"] * 45]
    warnings = profile(configured(tmp_path, lines(4, 12, Item=items))).warnings
    assert any("product_id holds 'NULL', 'n/a' in 2 lines" in warning for warning in warnings), warnings


def test_a_month_is_one_and_silences_that_nobody_kept_are_none(tmp_path: Path) -> None:
    left = plain(tmp_path, dated([(f"C{i}", i + d) for i in range(900) for d in (0, 1, 2)])).text()
    assert "proposed horizon: 1 month (30 days)" in left
    regular = plain(tmp_path, dated(REGULAR)).text()
    assert "none so long" in regular and "too few to say" not in regular


def gardeners(leave: bool = True) -> list[tuple[str, int]]:
    """Customers who buy every fortnight of three spring months, for four years; a fifth may leave after two."""
    return [
        (f"C{number}", year * 365 + 60 + number % 14 + fortnight * 14)
        for number in range(300)
        for year in range(4 if number % 5 or not leave else 2)
        for fortnight in range(6)
    ]


def test_a_trade_with_a_season_is_told_by_the_profile_and_by_the_training_alike(tmp_path: Path) -> None:
    config = configured(tmp_path, dated(gardeners()), 'duplicates = "keep"', BARE)
    told = "silence over this horizon is a pause more often than a goodbye"
    found = [sentence for sentence in profile(config).warnings if told in sentence]
    assert len(found) == 1
    history = read_history(config).history
    store = LineStore.from_history(history)
    assert [*_warnings(history, store, config)] == found
    own = config.model_copy(update={"churn": config.churn.model_copy(update={"target": "own_rhythm"})})
    other = config.model_copy(update={"training": config.training.model_copy(update={"targets": ["partnership"]})})
    assert [*_warnings(history, store, own)] == [*_warnings(history, store, other)] == []


def test_where_everybody_comes_back_every_spring_that_is_told_too(tmp_path: Path) -> None:
    """No silence lasts a year longer than the horizon, so the share itself is unknown, and yet it is nearly all."""
    found = plain(tmp_path, dated(gardeners(leave=False)))
    assert found.returns.share_after(90) is None
    assert any("silent for 90 days, at least 100% come back within a year" in each for each in found.warnings)


def test_order_days_of_a_store_are_those_of_its_lines(tmp_path: Path) -> None:
    """By two ways, with lines that are no purchase and two on one day."""
    table = lines(5, 20, Net=["-3", "0", "10", "7"] * 25, Pieces=["1", "2", "-1", "4", "5"] * 20)
    history = read_history(
        configured(tmp_path, pa.concat_tables([table, table.slice(0, 30)]), 'duplicates = "keep"')
    ).history
    one, other = order_days(history), order_days_of(LineStore.from_history(history))
    assert one.customer.size > 20
    assert (one.customers, one.first, one.end) == (other.customers, other.first, other.end)
    assert (one.customer.tolist(), one.day.tolist()) == (other.customer.tolist(), other.day.tolist())


@pytest.mark.parametrize(
    ("orders", "told"),
    [
        ([f"L{n}" for n in range(30)], True),
        ([f"O{n // 2}" for n in range(30)], False),
        ([f"L{n}" for n in range(29)] + ["L0"], False),
    ],
    ids=["a number a line", "two lines an order", "one order has two lines"],
)
def test_numbers_of_lines_taken_for_orders_are_told(tmp_path: Path, orders: list[str], told: bool) -> None:
    days = [f"2023-01-{1 + n // 2:02d}" for n in range(29)] + ["2023-01-01"]
    table = lines(1, 30, Order=orders, Date=days, Item=[f"P{n}" for n in range(30)])
    said = " ".join(profile(configured(tmp_path, table)).warnings)
    assert ("order_id seems to number lines" in said) is told
