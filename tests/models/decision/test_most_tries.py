"""Who did not order for all that was done is left in peace, and others have the room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.decision.recommend import recommend
from models.decision.states import DRIFTING, PARTNER
from tests.models.decision.made_candidates import ASSUMED, RULES, assumed, candidates, relationship


@pytest.mark.parametrize(
    ("state", "tries", "most", "expected"),
    [
        (DRIFTING, 2, 3, ("recover", "act")),
        (DRIFTING, 3, 3, ("", "tried")),
        (DRIFTING, 1, 1, ("", "tried")),
        (DRIFTING, 9, 0, ("recover", "act")),
        (PARTNER, 3, 3, ("keep_in_touch", "act")),
    ],
    ids=["not yet", "often enough", "one is enough", "any number", "a partner is never neglected"],
)
def test_who_did_not_order_for_so_many_tries_is_left_in_peace(
    state: int, tries: int, most: int, expected: tuple[str, str]
) -> None:
    rules = replace(
        RULES, assumed={**assumed(most_tries=most).assumed, "keep_in_touch": replace(ASSUMED, most_tries=0)}
    )
    found = recommend(candidates(relationship([state]), tries=[tries]), rules)
    assert (found.play[0], found.status[0]) == expected


def test_the_room_of_who_was_tried_goes_to_others() -> None:
    found = recommend(
        candidates(relationship([DRIFTING] * 2), value=[9_000.0, 5_000.0], tries=[3, 0]), assumed(capacity=1)
    )
    assert found.status.tolist() == ["tried", "act"]
