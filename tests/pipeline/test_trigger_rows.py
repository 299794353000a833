"""What a held customer is told stands beside the median of all, which is found once, not once for each customer."""

from datetime import date

import numpy as np
import pytest

from features.engine.draft import Spine
from features.engine.plan import ELIGIBLE, Matrix
from features.peers import INDICES, PeerGroups
from models.explanation.language import ENGLISH
from models.explanation.wording import sentence
from pipeline import trigger_rows
from pipeline.trigger_rows import DECLARED, _Parts

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
            values, declared = held._values[place], DECLARED[held._names[place]]
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


def test_medians_are_found_once_however_many_customers_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    usual = np.nanmedian

    def counted(values: np.ndarray) -> float:
        asked.append(values.size)
        return usual(values)

    held = parts()
    monkeypatch.setattr(trigger_rows.np, "nanmedian", counted)
    for row in range(CUSTOMERS):
        held.sentence(row, True, ENGLISH)
    assert 0 < len(asked) <= len(PRESSURE.parts)
