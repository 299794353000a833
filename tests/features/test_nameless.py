"""Lines that name no product, as postage does once it is told to be none, are of no product: they only cost money."""

import math

import numpy as np
import pytest
from customers import Line
from histories import day, to_matrix

CUTOFF = day(0)
LINES = [
    Line("a", "1", day(-300), product="p", cents=6000),
    *(Line("a", f"{n}", day(-n), product=None, category=None, cents=3000) for n in (300, 200, 150, 60)),
    Line("a", "2", day(-200), product="p", cents=3000),
    Line("a", "3", day(-60), product="q", cents=3000),
    *(Line("b", f"{n}", day(-n), product="p", cents=6000 + n) for n in (310, 200, 60)),
    *(Line("c", f"{n}", day(-n), product=None, cents=100 * n) for n in (290, 70, 5)),
    Line("d", "9", day(-900), product="p"),
]


def values(name: str) -> dict[str, float]:
    """Of customers a to d, every one of whom is scored."""
    matrix = to_matrix(LINES, (CUTOFF,))
    return dict(zip("abcd", matrix.values[:, matrix.names.index(name)].tolist(), strict=True))


@pytest.mark.parametrize(
    ("name", "a", "c"),
    [
        ("products_365d", 2, 0),
        ("products_ever", 2, 0),
        ("categories_365d", 1, 1),
        ("products_first_bought_90d", 1, 0),
        ("products_first_bought_365d", 2, 0),
        ("products_first_bought_and_repeated_365d", 1, 0),
        ("product_concentration", (0.75**2 + 0.25**2), math.nan),
        ("product_largest_share", 0.75, math.nan),
        ("share_of_spend_on_new_products_365d", 12 / 24, 0),
        ("share_of_spend_on_steady_products", 0, 0),
        ("share_of_spend_on_staple_products_365d", 0, math.nan),
        ("share_of_spend_on_own_products_365d", 3 / 24, 0),
        ("price_sensitivity_365d", 0, math.nan),
        ("price_against_others_365d", None, math.nan),
        ("products_adopted_early_365d", 1, 0),
        ("spend_365d", 240, 365),
    ],
)
def test_no_product_is_counted_shared_or_priced(name: str, a: float | None, c: float) -> None:
    found = values(name)
    np.testing.assert_allclose([found["c"]], [c], rtol=1e-6)
    if a is not None:
        np.testing.assert_allclose([found["a"]], [a], rtol=1e-6)
