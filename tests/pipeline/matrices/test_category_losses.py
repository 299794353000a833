"""The category that a customer still ordering stopped buying: by hand, by a plain count, and never from later."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.engine.store import LineStore, day_number
from features.history import History
from models.explanation.language import ENGLISH
from pipeline.matrices.category_losses import Loss, category_names, lost_sentences

CUTOFF = date(2024, 6, 1)
LOSS = Loss(share=0.2, days=90)
Bought = tuple[int, str | None, int]
"""Days before the cutoff, category, cents."""


def told(bought: list[Bought], cutoff: date = CUTOFF, *, amounts: bool = True) -> str:
    columns = {
        "customer_id": pa.array(["c"] * len(bought)).dictionary_encode(),
        "order_id": pa.array([f"o{number}" for number in range(len(bought))]).dictionary_encode(),
        "ordered_on": pa.array([CUTOFF - timedelta(days=days) for days, _, _ in bought], pa.date32()),
        "category": pa.array([category for _, category, _ in bought], pa.string()).dictionary_encode(),
        "net_amount": pa.array([cents for _, _, cents in bought], pa.int64()),
    }
    history = History(pa.table(columns if amounts else {k: v for k, v in columns.items() if k != "net_amount"}))
    names, store = category_names(history.order_lines), LineStore.from_history(history)
    assert names is not None
    known = store.known_before(day_number(cutoff))
    return lost_sentences(known, names, np.array([0], dtype=np.int64), cutoff, LOSS, ENGLISH)[0]


PAINT, TOOLS = (
    f"Stopped buying {what}: nothing in the last 90 days, {share}% of its spend in the year before."
    for what, share in (("paint", 60), ("tools", 30))
)
BEFORE: list[Bought] = [(200, "paint", 60_00), (150, "tools", 30_00), (120, "glue", 10_00)]


@pytest.mark.parametrize(
    ("bought", "expected"),
    [
        ([*BEFORE, (10, "tools", 5_00)], PAINT),
        ([*BEFORE, (10, "paint", 5_00)], TOOLS),
        ([*BEFORE, (10, "paint", 1), (9, "tools", 1)], ""),
        (BEFORE, ""),
        ([*BEFORE, (90, "paint", 1), (10, "tools", 1)], ""),
        ([*BEFORE, (91, "tools", 1), (10, "glue", 1)], PAINT),
        ([(200, None, 90_00), (150, "tools", 10_00), (10, "tools", 1)], ""),
    ],
    ids=["the largest", "the next", "a small one never counts", "silent in all", "bought on the first day of the span",
         "bought the day before it", "what has no name"],
)  # fmt: skip
def test_which_category_is_named(bought: list[Bought], expected: str) -> None:
    assert told(bought) == expected


def test_nothing_after_the_cutoff_is_seen() -> None:
    lost = [*BEFORE, (10, "tools", 5_00)]
    assert told([*lost, (-1, "paint", 5_00), (0, "paint", 5_00)]) == told(lost) != ""


def test_without_amounts_or_categories_nothing_is_said() -> None:
    assert told([*BEFORE, (10, "tools", 5_00)], amounts=False) == ""
    assert category_names(pa.table({"customer_id": pa.array(["c"]).dictionary_encode()})) is None


def plainly(bought: list[Bought]) -> str:
    """The reference: sums over lists."""
    year = [each for each in bought if 90 < each[0] <= 90 + 365]
    recent = {category for days, category, _ in bought if 0 < days <= 90}
    spend = {name: sum(cents for _, category, cents in year if category == name) for _, name, _ in year}
    lost = {name: cents for name, cents in spend.items() if cents >= 0.2 * sum(spend.values()) and name not in recent}
    return max(lost, key=lambda name: lost[name]) if lost and recent else ""


purchase = st.tuples(st.sampled_from([1, 2, 89, 90, 91, 92, 200, 454, 455, 456]), st.sampled_from("abcd"))


@settings(deadline=None, max_examples=60)
@given(st.lists(purchase, min_size=1, max_size=12))
def test_as_a_plain_count_has_it(bought: list[tuple[int, str]]) -> None:
    priced = [(days, category, 100 + 2**place) for place, (days, category) in enumerate(bought)]
    expected = plainly(priced)
    assert told(priced).removeprefix("Stopped buying ").partition(":")[0] == expected
