"""Credit notes written as positive amounts: told of where nothing is taken back and some orders are numbered apart."""

from pathlib import Path

import pytest
from suppliers import COLUMNS, configured, lines

from pipeline.profile.credits import positive_credits
from pipeline.profile.profile import profile
from pipeline.sources.history import read_history


def numbered(*numbers: str) -> list[object]:
    """The orders of 48 lines: those named come first."""
    return [*numbers, *(f"INV-{row:04d}" for row in range(48 - len(numbers)))]


CASES = [
    (numbered("CN-0001", "CN-0002"), {}, "4% of the lines are of orders numbered like 'AA-9999', most like 'AAA-9999'"),
    (numbered("cn-0001", "CN-0002"), {}, "4% of the lines"),
    (numbered(), {}, None),
    ([f"O{row}" for row in range(48)], {}, None),
    ([f"{row}" for row in range(48)], {}, None),
    ([f"{'AB'[row % 2]}{row}" for row in range(48)], {}, None),
    (numbered("CN-0001", "CN-0002"), {"Net": ["-1.00", *["7.50"] * 47]}, None),
    (numbered("CN-0001", "CN-0002"), {"Pieces": ["-1", *["1"] * 47]}, None),
]


@pytest.mark.parametrize(("orders", "more", "told"), CASES)
def test_orders_numbered_apart_are_told_of_where_nothing_is_taken_back(
    tmp_path: Path, orders: list[object], more: dict[str, list[object]], told: str | None
) -> None:
    config = configured(tmp_path, lines(Order=orders, **more))
    sentences = [*positive_credits(read_history(config).history, config)]
    assert [told in sentence for sentence in sentences] == ([] if told is None else [True])


def test_without_a_number_of_the_order_there_is_nothing_to_tell_by(tmp_path: Path) -> None:
    config = configured(tmp_path, lines(), columns=COLUMNS.replace('order_id = "Order"\n', ""))
    assert [*positive_credits(read_history(config).history, config)] == []


def test_the_profile_says_it_until_the_setting_is_there(tmp_path: Path) -> None:
    table = lines(Order=numbered("CN-0001", "CN-0002"))
    rule = 'returns = {when = [{column = "Order", prefix = "CN-"}], sign = "negate"}'
    for settings, told in (("", True), (rule, False)):
        warnings = profile(configured(tmp_path, table, settings)).warnings
        assert any("credit notes" in sentence for sentence in warnings) is told
