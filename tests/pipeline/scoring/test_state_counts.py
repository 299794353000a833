"""Who is in which state, and where from."""

from __future__ import annotations

import pyarrow as pa

from pipeline.scoring.state_counts import BEFORE, state_counts

ROWS = [
    ("drifting", "transactional", "recover", "act", True),
    ("drifting", "drifting", "recover", "act", False),
    ("drifting", "drifting", None, "capacity", False),
    ("captive", "captive", "recover", "holdout", True),
    ("partner", None, "build_together", "holdout", False),
    (None, None, None, None, None),
]
TABLE = pa.Table.from_pylist(
    [dict(zip(("state", "previous_state", "play", "play_status", "act_now"), row, strict=True)) for row in ROWS]
)


def test_everybody_with_a_state_is_counted_once() -> None:
    found = state_counts(TABLE)
    assert found is not None
    assert found.states == {"drifting": 3, "captive": 1, "partner": 1, "transactional": 0}
    assert sum(count for row in found.transitions.values() for count in row.values()) == 5
    assert found.transitions["transactional"]["drifting"] == 1
    assert found.transitions[BEFORE]["partner"] == 1
    assert found.plays == {
        "": {"capacity": 1},
        "build_together": {"holdout": 1},
        "recover": {"act": 2, "holdout": 1},
    }
    assert found.summary()["act_now"] == {
        "states": {"drifting": 1, "captive": 1, "partner": 0, "transactional": 0},
        "plays": {"recover": 1},
    }


def test_people_read_states_changes_and_plays() -> None:
    found = state_counts(TABLE)
    assert found is not None
    assert found.lines() == [
        "states: 3 drifting, 1 captive, 1 partner, 0 transactional",
        "to act on now: 1 drifting, 1 captive",
        "in the four to nine weeks before: 1 transactional -> drifting",
        "plays to act on now: 1 recover",
        "plays for the next occasion: 1 recover",
    ]


def test_nobody_with_a_state_is_nothing_to_tell() -> None:
    assert state_counts(TABLE.slice(5)) is None
