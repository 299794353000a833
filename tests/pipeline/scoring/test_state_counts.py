"""Who is in which state, and where from."""

from __future__ import annotations

import pyarrow as pa

from pipeline.scoring.state_counts import BEFORE, state_counts

ROWS = [
    ("drifting", "transactional", "recover", "act"),
    ("drifting", "drifting", None, "capacity"),
    ("partner", None, "build_together", "holdout"),
    (None, None, None, None),
]
TABLE = pa.Table.from_pylist(
    [dict(zip(("state", "previous_state", "play", "play_status"), row, strict=True)) for row in ROWS]
)


def test_everybody_with_a_state_is_counted_once() -> None:
    found = state_counts(TABLE)
    assert found is not None
    assert found.states == {"drifting": 2, "captive": 0, "partner": 1, "transactional": 0}
    assert sum(count for row in found.transitions.values() for count in row.values()) == 3
    assert found.transitions["transactional"]["drifting"] == 1
    assert found.transitions[BEFORE]["partner"] == 1
    assert found.plays == {"": {"capacity": 1}, "build_together": {"holdout": 1}, "recover": {"act": 1}}


def test_people_read_states_changes_and_plays() -> None:
    found = state_counts(TABLE)
    assert found is not None
    assert found.lines() == [
        "states: 2 drifting, 0 captive, 1 partner, 0 transactional",
        "in the four to nine weeks before: 1 transactional -> drifting",
        "plays to act on: 1 recover",
    ]


def test_nobody_with_a_state_is_nothing_to_tell() -> None:
    assert state_counts(TABLE.slice(3)) is None
