"""What each family adds, and where an index sees it differently."""

from __future__ import annotations

import numpy as np
import pytest

from features.families import FAMILIES
from models.explanation.families import INDEX_OF, disagreements, family_sums

FAMILY = {"orders": "rhythm", "silence": "rhythm", "stock": "investment"}


def test_families_add_up_to_the_log_odds() -> None:
    parts = np.array([[0.5, -0.2, -1.0, 0.1], [0.0, 0.0, 2.0, 0.1]])
    sums = family_sums(parts, list(FAMILY), FAMILY, FAMILIES)
    assert sums.sum(axis=1) == pytest.approx(parts.sum(axis=1))
    assert sums[:, FAMILIES.index("rhythm")] == pytest.approx([0.3, 0.0])
    assert sums[:, FAMILIES.index("investment")] == pytest.approx([-1.0, 2.0])
    assert sums[:, -1] == pytest.approx([0.1, 0.1])


CASES = {
    "high investment that holds": ("investment", 90.0, -0.5, ""),
    "high investment that pushes": (
        "investment",
        90.0,
        0.5,
        "high among its peers (90 of 100), yet",
    ),
    "low investment that holds": (
        "investment",
        10.0,
        -0.5,
        "the model sees it hold (-0.50)",
    ),
    "high pressure that pushes": ("pressure", 90.0, 0.5, ""),
    "high pressure that holds": ("pressure", 90.0, -0.5, "high among its peers"),
    "usual investment": ("investment", 50.0, 0.5, ""),
    "hardly any push": ("investment", 90.0, 0.05, ""),
    "unknown": ("investment", None, 0.5, ""),
}


@pytest.mark.parametrize(("family", "value", "size", "expected"), CASES.values(), ids=CASES.keys())
def test_a_disagreement_is_said(family: str, value: float | None, size: float, expected: str) -> None:
    pushes = dict.fromkeys(FAMILIES, 0.0) | {family: size}
    found = disagreements(pushes, {INDEX_OF[family][0]: value})
    assert len(found) == bool(expected)
    assert all(expected in sentence for sentence in found)


def test_every_index_is_of_a_family() -> None:
    assert set(INDEX_OF) <= set(FAMILIES)
