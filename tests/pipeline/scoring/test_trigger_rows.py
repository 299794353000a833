"""What makes a customer look held is told beside the median of its own peers, found once, and the right way round."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from features import peers
from features.catalogue import BY_NAME, FEATURES
from features.engine.draft import Spine
from features.engine.plan import ELIGIBLE, Matrix
from features.indices import INDICES
from features.peers import PeerGroups
from models.explanation.language import ENGLISH
from models.explanation.reasons import LOWERS, RAISES, Reason
from models.explanation.wording import sentence
from pipeline.scoring import trigger_rows
from pipeline.scoring.trigger_rows import _Parts, _resting_on

INVESTMENT = next(index for index in INDICES if index.name == "investment_index")
PART = "trained_people"


def told(region: list[float] | None, row: int) -> str:
    """The sentence of a customer: 40 of a region where 2 people are usual, and 60 of one where 30 are."""
    people = np.array([*np.tile([1.0, 2.0, 3.0, 2.0], 10), *np.tile([20.0, 30.0, 40.0, 30.0], 15)], dtype=np.float32)
    people[0], people[-1] = 9.0, 21.0
    size, day = people.size, date(2024, 3, 1)
    spine = Spine(np.arange(size, dtype=np.int32), np.zeros(size, np.int32), np.full(size, ELIGIBLE, dtype=np.int8))
    matrix = Matrix(spine, (day,), (PART,), np.asfortranarray(people[:, None]))
    groups = PeerGroups.of(None, None if region is None else np.array(region), size)
    return _Parts(INVESTMENT, matrix, groups).sentence(row, True, ENGLISH)


REGIONS = [1.0] * 40 + [2.0] * 60


@pytest.mark.parametrize(("row", "own", "usual"), [(0, 9, 2), (-1, 21, 30)])
def test_a_part_is_told_beside_the_own_region(row: int, own: int, usual: int) -> None:
    declared = next(feature for feature in FEATURES if feature.name == PART)
    assert told(REGIONS, row) == sentence(declared, own, usual)
    # the mutant: everybody is a peer, and the one is told to have few, the other many
    assert told(None, row) == sentence(declared, own, 20)
    assert (own > 20) != (own > usual)


CUSTOMERS = 40
PRESSURE = next(index for index in INDICES if index.name == "pressure_index")


def parts() -> _Parts:
    """The parts of pressure of customers whose features are drawn by chance, some of them unknown."""
    spine = Spine(
        np.arange(CUSTOMERS), np.zeros(CUSTOMERS, dtype=np.int32), np.full(CUSTOMERS, ELIGIBLE, dtype=np.int8)
    )
    values = np.random.default_rng(0).integers(0, 6, (CUSTOMERS, len(PRESSURE.parts))).astype(np.float32)
    values[values == 5] = np.nan
    matrix = Matrix(spine, (date(2024, 3, 1),), tuple(PRESSURE.parts), values)
    return _Parts(PRESSURE, matrix, PeerGroups.of(None, None, CUSTOMERS))


def plainly(held: _Parts, row: int, *, highest: bool) -> str:
    """The reference: the median is looked for whenever it is needed."""
    ranks = np.array([rank[row] for rank in held._ranks])
    for place in np.argsort(-ranks if highest else ranks, kind="stable"):
        if not np.isnan(ranks[place]):
            values, declared = held._values[place], BY_NAME[held._names[place]]
            text = sentence(declared, values[row], float(np.nanmedian(values)), ENGLISH)
            if text:
                return text
    return ""


@pytest.mark.parametrize("highest", [True, False])
def test_every_customer_is_told_what_it_would_be_told_alone(highest: bool) -> None:
    held = parts()
    said = [held.sentence(row, highest, ENGLISH) for row in range(CUSTOMERS)]
    assert said == [plainly(held, row, highest=highest) for row in range(CUSTOMERS)]
    assert len(set(said)) > 3


OPEN = "complaints_unsettled"


@pytest.mark.parametrize(
    ("waiting", "told_of", "expected"),
    [
        (1.0, False, "1 complaint is not settled; comparable customers: 0."),
        (1.0, True, ""),  # the one whose day is told; without this case the mutant says it twice
        (2.0, True, "2 complaints are not settled; comparable customers: 0."),
    ],
)
def test_the_complaint_whose_day_is_told_is_not_counted_again(waiting: float, told_of: bool, expected: str) -> None:
    spine = Spine(np.arange(20, dtype=np.int32), np.zeros(20, dtype=np.int32), np.full(20, ELIGIBLE, dtype=np.int8))
    values = np.zeros((20, 1), dtype=np.float32)
    values[0] = waiting
    matrix = Matrix(spine, (date(2024, 3, 1),), (OPEN,), values)
    held = _Parts(PRESSURE, matrix, PeerGroups.of(None, None, 20))
    assert held.sentence(0, True, ENGLISH, trigger_rows.OPEN_COMPLAINTS if told_of else frozenset()) == expected


def test_parts_that_count_complaints_are_parts() -> None:
    assert set(PRESSURE.parts) >= trigger_rows.OPEN_COMPLAINTS


def test_medians_are_found_once_however_many_customers_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    median = peers._median

    def counted(column: np.ndarray, rows: np.ndarray) -> float:
        asked.append(rows.size)
        return median(column, rows)

    monkeypatch.setattr(peers, "_median", counted)
    held = parts()
    for row in range(CUSTOMERS):
        held.sentence(row, True, ENGLISH)
    assert asked == [CUSTOMERS] * len(PRESSURE.parts)


SILENT, HOLDS = "Last order 213 days ago; comparable customers: 24.", "99% of its spend is on its own products."
RAISING = Reason("days_since_last_order", "raises", 1.0, SILENT)
STEADY = "Ordered in all of the months it was with us in the last year."
LOYAL = Reason("share_of_months_with_order", "lowers", -0.5, STEADY)
BOUND = Reason("share_of_spend_on_own_products_365d", "raises", 0.5, HOLDS)


@pytest.mark.parametrize(
    ("situations", "reasons", "told"),
    [
        ({"drifting", "captive"}, [RAISING], [SILENT, HOLDS]),  # only looks held, and is asked back like all who drift
        ({"captive_drifting"}, [RAISING], [SILENT, HOLDS]),
        ({"captive_drifting"}, [RAISING, BOUND], [SILENT, HOLDS]),
        ({"captive"}, [RAISING], [HOLDS]),
        ({"transactional", "captive"}, [RAISING], [HOLDS]),
        ({"drifting"}, [RAISING], [SILENT]),
        ({"drifting"}, [LOYAL], []),  # its chance of leaving is told instead
        ({"transactional"}, [LOYAL], [STEADY]),
    ],
)
def test_who_drifts_is_told_to_be_silent_before_it_is_told_to_be_held(situations, reasons, told) -> None:
    assert _resting_on(frozenset(situations), reasons, [], [HOLDS]) == told


def test_more_of_a_part_stands_higher_unless_it_speaks_against_the_index() -> None:
    held = parts()
    for name, values, ranks in zip(held._names, held._values, held._ranks, strict=True):
        rises = ranks[np.nanargmax(values)] > ranks[np.nanargmin(values)]
        assert rises == (PRESSURE.parts[name] > 0), name


CHURN = [("c1", LOWERS), ("c2", RAISES), ("c3", RAISES), ("c4", RAISES)]
CALM = [("c1", LOWERS), ("c5", LOWERS), ("c6", LOWERS)]
GROWS = [("p1", RAISES), ("p2", LOWERS)]


@pytest.mark.parametrize(
    ("situation", "of_churn", "of_partnership", "expected"),
    [
        ("drifting", CHURN, GROWS, ["c2", "c3"]),
        ("drifting", CALM, GROWS, []),
        ("transactional", CALM, GROWS, ["c1", "c5"]),
        ("partner", CHURN, GROWS, ["p1"]),
        ("partner", CHURN, GROWS[1:], ["c2", "c3"]),
        ("captive", CHURN, GROWS, ["held"]),
        ("captive_drifting", CHURN, GROWS, ["c2", "c3", "held"]),
    ],
)
def test_each_situation_rests_on_its_own_reasons(
    monkeypatch: pytest.MonkeyPatch,
    situation: str,
    of_churn: list[tuple[str, str]],
    of_partnership: list[tuple[str, str]],
    expected: list[str],
) -> None:
    monkeypatch.setattr(trigger_rows, "_Held", lambda *_: SimpleNamespace(sentences=lambda row, told_of: ["held"]))
    kinds = [[tuple(SimpleNamespace(text=t, direction=d) for t, d in of)] for of in (of_churn, of_partnership)]
    advice = SimpleNamespace(situations=[frozenset({situation})])
    nothing = SimpleNamespace()
    complains, sources = np.array([False]), (nothing, nothing, nothing)
    found = trigger_rows.seen(advice, *sources, tuple(kinds), nothing, complains, ENGLISH)  # type: ignore[arg-type]
    assert found == [expected]
