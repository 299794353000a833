"""What the columns of the tables beside the order lines hold, in words."""

from pathlib import Path

import pytest
from beside import configured_with, read, regular

from pipeline.profile.profile import profile
from pipeline.profile.tables import table_profiles

SAYS: list[tuple[str, str, list[object], str]] = [
    ("interactions", "kind", ["call", "call", "visit", "call"], "call 75.0%, visit 25.0%"),
    ("contracts", "exclusive", ["yes", "no", "no", None], "no 66.7%, yes 33.3%"),
    ("quotes", "amount", ["1234.5", "1234.5", "1234.5"], "p10 1,234, median 1,234, p90 1,234"),
    ("quotes", "price_gap", ["0.05", "0.05", None], "p10 0.05, median 0.05, p90 0.05 share"),
    ("quotes", "category", ["Secret", "A", "A"], "2 different"),
    ("deliveries", "delivered_on", [None, None], "nothing"),
    ("deliveries", "promised_on", ["2023-01-02", "2023-05-03"], "2023-01-02 to 2023-05-03"),
]


@pytest.mark.parametrize(("name", "column", "cells", "said"), SAYS)
def test_a_column_is_told_in_words_of_ours_and_numbers_alone(
    tmp_path: Path, name: str, column: str, cells: list[object], said: str
) -> None:
    found = table_profiles(read(tmp_path, name, regular(name, len(cells), **{column: cells})))[name]
    assert found.says[column] == said


def test_the_profile_shows_them(tmp_path: Path) -> None:
    found = profile(configured_with(tmp_path, ("quotes", regular("quotes", 30, price_gap=["5"] * 30), "")))
    assert "What they say" in found.text()
    assert "lost 33.3%, open 33.3%, won 33.3%" in found.text()
    assert any("price_gap is beyond" in sentence for sentence in found.warnings)
