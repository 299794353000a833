"""Reasons are the largest contributions, one for each thing, and never name a number that is not there."""

import numpy as np
import pytest

from models.explanation.contributions import by_group, mean_size
from models.explanation.reasons import Reason, Telling, top_reasons
from models.propensity import Propensity
from models.reference import Reference, alike
from tests.models.conftest import Rows
from tests.models.explanation.phrases import Phrases

NAMES = ("orders_90d", "orders_180d", "days_since", "products")


def phrases(name: str, **other: object) -> Phrases:
    return Phrases(f"{name} high {{value:.0f}}", f"{name} low {{value:.0f}}", **({"about": name} | other))


FEATURES = {name: phrases(name) for name in NAMES}
USUAL = Reference(100, tuple((1, 5, median, 9, 10) for median in (5, 10, 20, 4)), (0.0,) * 4, (1, 1, 2, 3))

MEDIANS = USUAL.median[None, :]


def reasons(parts: list[float], values: list[float], count: int = 3) -> tuple[Reason, ...]:
    row = np.array([[*parts, -1.0]]), np.array([values], dtype=np.float32)
    return top_reasons(*row, NAMES, FEATURES, USUAL, MEDIANS, count)[0]


@pytest.mark.parametrize(
    ("parts", "values", "expected"),
    [
        ([0.3, 0.2, 0.4, 0.1], [1, 2, 80, 9], ["raises orders_90d", "raises days_since", "raises products"]),
        ([0.1, -0.9, 0.4, 0.1], [1, 30, 80, 9], ["lowers orders_180d", "raises days_since", "raises products"]),
        ([0.5, 0.2, 0.0, 0.0], [np.nan, 2, 80, 9], ["raises orders_180d"]),
        ([0.5, 0.2, 0.3, 0.0], [np.nan, np.nan, 80, 9], ["raises days_since"]),
        ([0.5, 0.2, 0.3, 0.0], [5, 10, 80, 9], ["raises days_since"]),
        ([0.5, -0.48, 0.01, 0.3], [1, 2, 80, 9], ["raises products"]),
        ([0.5, 0.2, 0.3, 0.0], [5.2, 10.1, 80, 9], ["raises days_since"]),
        ([0.1, 0.0, 9.0, 0.3], [1, 2, 80, 9], ["raises days_since"]),
    ],
    ids=[
        "like features add up and give one reason",
        "the member that pulls the group's way speaks",
        "a null has no number, its neighbour speaks",
        "all null: the group is silent",
        "exactly as usual: nothing to say",
        "too small to matter",
        "nearly as usual: nothing to say",
        "too small beside the one that matters",
    ],
)
def test_reasons(parts: list[float], values: list[float], expected: list[str]) -> None:
    assert [f"{reason.direction} {reason.code}" for reason in reasons(parts, values)] == expected


def test_size_is_that_of_the_group_and_the_text_has_both_numbers() -> None:
    found = reasons([0.3, 0.2, 0.0, 0.0], [1, 2, 80, 9])[0]
    assert found == Reason("orders_90d", "raises", 0.5, "Orders_90d low 1; comparable customers: 5.")


def test_each_is_told_beside_its_own_peers() -> None:
    parts, values = np.array([[0.5, 0.0, 0.0, 0.0, -1.0]] * 3), np.array([[6, 10, 20, 4]] * 3, dtype=np.float32)
    usual = np.array([[8, 10, 20, 4], [4, 10, 20, 4], [6, 10, 20, 4]])
    found = [[each.text for each in row] for row in top_reasons(parts, values, NAMES, FEATURES, USUAL, usual, 1)]
    assert found == [
        ["Orders_90d low 6; comparable customers: 8."],
        ["Orders_90d high 6; comparable customers: 4."],
        [],  # as its peers are
    ]
    # the mutant: the median of all a model was fitted on
    everybody = np.tile(USUAL.median, (3, 1))
    told = {each.text for row in top_reasons(parts, values, NAMES, FEATURES, USUAL, everybody, 1) for each in row}
    assert told == {"Orders_90d high 6; comparable customers: 5."}


def test_a_number_that_can_be_looked_up_speaks_before_a_modelled_one() -> None:
    features = {**FEATURES, "orders_90d": Phrases("{value:.0f} likely", "only {value:.0f} likely", "probability", "a")}
    rows = np.array([[0.5, 0.1, 0.0, 0.0, 0.0]]), np.array([[1, 2, 20, 4]], dtype=np.float32)
    assert top_reasons(*rows, NAMES, features, USUAL, MEDIANS, 1)[0][0].code == "orders_180d"


TOLD = ("orders_30d", "orders_90d", "days_since_last_order", "products_90d", "other")
WINDOWS = {
    "orders_30d": phrases("orders_30d", about="orders", days=30),
    "orders_90d": phrases("orders_90d", about="orders", days=90),
    "products_90d": phrases("products_90d", about="products", days=90),
    **{name: phrases(name) for name in ("days_since_last_order", "other")},
}
APART = Reference(100, tuple((1, 2, 5, 9, 10) for _ in TOLD), (0.0,) * 5, (1, 2, 3, 4, 5))


@pytest.mark.parametrize(
    ("parts", "values", "expected"),
    [
        ([0.5, 0.4, 0.0, 0.0, 0.1], [2, 3, 5, 5, 9], ["raises orders_30d", "raises other"]),
        ([0.5, -0.4, 0.0, 0.0, 0.1], [2, 9, 5, 5, 9], ["raises orders_30d", "lowers orders_90d", "raises other"]),
        ([0.5, 0.3, 0.2, 0.2, 0.1], [0, 0, 93, 0, 9], ["raises days_since_last_order", "raises other"]),
        ([0.5, 0.0, 0.2, 0.3, 0.1], [0, 1, 60, 0, 9], ["raises days_since_last_order", "raises products_90d",
                                                        "raises other"]),
        ([-0.5, 0.0, 0.2, 0.0, 0.1], [0, 1, 60, 5, 9], ["lowers orders_30d", "raises days_since_last_order",
                                                         "raises other"]),
    ],
    ids=["two windows of one count", "two windows that say the opposite", "silence explains every window within it",
         "but not one that is longer", "and never against the direction"],
)  # fmt: skip
def test_a_reader_is_told_each_thing_once(parts: list[float], values: list[float], expected: list[str]) -> None:
    rows = np.array([[*parts, 0.0]]), np.array([values], dtype=np.float32)
    found = top_reasons(*rows, TOLD, WINDOWS, APART, APART.median[None, :], 5)[0]
    assert [f"{reason.direction} {reason.code}" for reason in found] == expected


@pytest.mark.parametrize("count", [1, 2])
def test_no_more_than_asked_for(count: int) -> None:
    assert len(reasons([0.3, 0.2, 0.4, 0.1], [1, 2, 80, 9], count)) == count


@pytest.mark.parametrize("others", [(), ("orders_90d",)], ids=["it looks at nothing else", "it looks at orders too"])
def test_a_probability_speaks_only_for_a_model_that_looks_at_nothing_else(others: tuple[str, ...]) -> None:
    declared = {
        **FEATURES,
        "silent": Phrases("silence {value:.0%} likely", "silence only {value:.0%} likely", "probability"),
    }
    names = ("silent", *others)
    usual = Reference(
        100, ((0.0, 0.1, 0.2, 0.3, 0.9), (1, 1, 5, 9, 9))[: len(names)], (0.0,) * len(names), (1, 2)[: len(names)]
    )
    row = np.array([[2.0, *(0.0 for _ in others), -1.0]]), np.array([[0.9, *(5.0 for _ in others)]], dtype=np.float32)
    said = [reason.text for reason in top_reasons(*row, names, declared, usual, usual.median[None, :], 3)[0]]
    assert said == ([] if others else ["Silence 90% likely; comparable customers: 20%."])


@pytest.mark.parametrize(
    ("days", "said"),
    [(80.0, ["Last order 80 days ago; comparable customers: 20."]), (9.0, [])],
    ids=["silent for longer than is usual", "silent for less: that would say the opposite"],
)
def test_silence_speaks_for_what_another_model_makes_of_it(days: float, said: list[str]) -> None:
    declared = {
        "silent": Phrases("silence {value:.0%} likely", "silence only {value:.0%} likely", "probability"),
        "days_since_last_order": Phrases("last order {value:.0f} days ago", "last order only {value:.0f} days ago"),
    }
    usual = Reference(100, ((0.0, 0.1, 0.2, 0.3, 0.9), (1, 10, 20, 30, 90)), (0.0, 0.0), (1, 2))
    row = np.array([[9.0, 0.0, -1.0]]), np.array([[0.9, days]], dtype=np.float32)
    found = top_reasons(*row, tuple(declared), declared, usual, usual.median[None, :], 3)[0]
    assert [reason.text for reason in found] == said


def test_groups_keep_the_sum(model: Propensity, rows: Rows) -> None:
    parts = model.contributions(rows.values)
    totals, column = by_group(parts, model.reference.groups)
    np.testing.assert_allclose(totals.sum(axis=1), parts[:, :-1].sum(axis=1))
    assert column.shape == (4,)


def test_features_that_move_together_are_one_group_and_noise_is_another(model: Propensity) -> None:
    chance, orders, spend, noise = model.reference.groups
    assert chance == orders == spend != noise


def test_alike_survives_nulls_constants_and_few_rows() -> None:
    values = np.column_stack([np.full(50, np.nan), np.ones(50), np.arange(50), -np.arange(50)]).astype(np.float32)
    groups = alike(values)
    assert groups[2] == groups[3]
    assert len(set(groups)) == 3
    assert list(alike(values[:1])) == [1, 2, 3, 4]


def test_mean_size_is_sorted() -> None:
    assert mean_size(np.array([[0.1, -3.0, 9.0], [0.1, 1.0, 9.0]]), ("a", "b")) == {"b": 2.0, "a": 0.1}


@pytest.mark.parametrize(
    ("orders", "kind", "expected"),
    [
        (1, "churn", ["raises orders_90d"]),
        (9, "churn", ["raises orders_180d"]),  # many orders that raise the risk: the like one speaks
        (9, "partnership", ["raises orders_90d"]),  # of that nothing is certain
    ],
)
def test_nothing_speaks_against_what_is_certain_of_it(orders: int, kind: str, expected: list[str]) -> None:
    declared = {**FEATURES, "orders_90d": phrases("orders_90d", direction={"churn": -1})}
    row = np.array([[0.5, 0.2, 0.0, 0.0, -1.0]]), np.array([[orders, 2, 20, 4]], dtype=np.float32)
    found = top_reasons(*row, NAMES, declared, USUAL, MEDIANS, 2, Telling(kind=kind))[0]
    assert [f"{reason.direction} {reason.code}" for reason in found] == expected


@pytest.mark.parametrize(
    ("name", "value", "about", "days", "expected"),
    [
        ("longest_run_of_silent_months", 5, "run", 160, "days_since_last_order"),
        ("longest_run_of_silent_months", 5, "run", 100, "longest_run_of_silent_months"),  # an earlier silence
        ("longest_run_of_silent_months", 0, "run", 160, "longest_run_of_silent_months"),
        ("half_year_months_with_order", 0, "months", 180, "days_since_last_order"),
        ("half_year_months_with_order", 1, "months", 180, "half_year_months_with_order"),
        ("probability_silent_rank", 1.9, "odds of silence", 160, "days_since_last_order"),
        ("probability_silent_rank", 1.9, "odds of silence", 9, "probability_silent_rank"),
    ],
)
def test_the_present_silence_is_told_in_days(name: str, value: float, about: str, days: float, expected: str) -> None:
    names = (name, "days_since_last_order")
    declared = {each: phrases(each) for each in names} | {name: Phrases("{value:.1f}", "low {value:.1f}", about=about)}
    usual = Reference(100, ((0, 0.1, 0.5, 7, 9), (1, 5, 20, 60, 90)), (0.0,) * 2, (1, 2))
    row = np.array([[0.5, 0.2, -1.0]]), np.array([[value, days]], dtype=np.float32)
    assert top_reasons(*row, names, declared, usual, usual.median[None, :], 1)[0][0].code == expected
