"""What is shown of a value is in currency and pieces, at its root and in every part."""

import pytest

from features.catalogue import FEATURES
from features.engine.expression import Constant, Expression, Operation, children
from features.engine.view import HistoryView
from features.explained_units import scale, turned

H = HistoryView()
SPEND, DAYS, PIECES = H.order_days.total("spend", 90), H.order_days.count(90), H.order_days.total("quantity", 90)


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        (SPEND, 100),
        (PIECES, 1000),
        (DAYS, 1),
        (SPEND / 100, 1),
        (SPEND / DAYS, 100),
        (SPEND / SPEND, 1),
        ((SPEND - SPEND).no_less_than(0), 100),
        (SPEND / 1000, 100),
        (SPEND.where(DAYS >= 2), 100),
        (SPEND >= SPEND, 1),
        (SPEND / PIECES, 0.1),
        (SPEND / PIECES * 10, 1),
        (H.peer_median(SPEND), 100),
        (H.peer_rank(SPEND), 1),
        (H.investments.stock("specific"), 100),
        (H.interactions.count(90), 1),
    ],
    ids=str,
)
def test_how_many_of_what_is_computed_make_one_of_what_is_shown(expression: Expression, found: float) -> None:
    assert scale(expression) == pytest.approx(found)


def parts(expression: Expression) -> list[Expression]:
    return [expression, *(inner for child in children(expression) for inner in parts(child))]


def test_every_feature_comes_out_in_its_own_unit_and_no_part_mixes_units() -> None:
    for feature in FEATURES:
        assert scale(feature.expression) == 1, feature.name
        for part in parts(feature.expression):
            if isinstance(part, Operation) and part.name in ("add", "subtract", "maximum", "minimum", "at_least"):
                scales = {scale(each) for each in part.arguments if each not in (Constant(0.0),)}
                assert len(scales) == 1, (feature.name, str(part))


def test_only_what_turns_a_unit_is_left_out() -> None:
    assert turned(SPEND / 100) == SPEND and turned(SPEND / PIECES * 10) == SPEND / PIECES
    assert turned(SPEND / 12) is None and turned(DAYS / 100) is None and turned(DAYS * 100) is None
