"""What makes a customer look held is told beside its own peers, and the right way round."""

from datetime import date

import numpy as np
import pytest

from features.catalogue import FEATURES
from features.engine.draft import Spine
from features.engine.plan import ELIGIBLE, Matrix
from features.peers import INDICES, PeerGroups
from models.explanation.language import ENGLISH
from models.explanation.wording import sentence
from pipeline.trigger_rows import _Parts

INVESTMENT = next(index for index in INDICES if index.name == "investment_index")
PART = "trained_people"


def told(region: list[float] | None, row: int) -> str:
    """The sentence of a customer: 40 of a region where 2 people are usual, and 60 of one where 30 are."""
    people = np.array([*np.tile([1.0, 2.0, 3.0, 2.0], 10), *np.tile([20.0, 30.0, 40.0, 30.0], 15)], dtype=np.float32)
    people[0], people[-1] = 9.0, 21.0
    size, day = people.size, date(2024, 3, 1)
    spine = Spine(np.arange(size, dtype=np.int32), np.zeros(size, np.int32), np.full(size, ELIGIBLE, dtype=np.int8))
    matrix = Matrix(spine, (day,), (PART,), np.asfortranarray(people[:, None]))
    peers = PeerGroups.of(None, None if region is None else np.array(region), size)
    return _Parts(INVESTMENT, matrix, peers).sentence(row, True, ENGLISH)


REGIONS = [1.0] * 40 + [2.0] * 60


@pytest.mark.parametrize(("row", "own", "usual"), [(0, 9, 2), (-1, 21, 30)])
def test_a_part_is_told_beside_the_own_region(row: int, own: int, usual: int) -> None:
    declared = next(feature for feature in FEATURES if feature.name == PART)
    assert told(REGIONS, row) == sentence(declared, own, usual)
    # the mutant: everybody is a peer, and the one is told to have few, the other many
    assert told(None, row) == sentence(declared, own, 20)
    assert (own > 20) != (own > usual)
