"""How many customers are in each state, which state they came from, and what is to be done for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from models.decision.states import STATES

BEFORE = "none before"
"""Who was not eligible then."""


@dataclass(frozen=True)
class StateCounts:
    """Counts of eligible customers. `transitions[before][now]` has a row a state, and one for `BEFORE`."""

    states: Mapping[str, int]
    transitions: Mapping[str, Mapping[str, int]]
    plays: Mapping[str, Mapping[str, int]]

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        return {"states": self.states, "transitions": self.transitions, "plays": self.plays}

    def lines(self) -> list[str]:
        """For people: a line of states, one of changes, one of plays to act on."""
        moved = [
            f"{count:,} {before} -> {now}"
            for before, row in self.transitions.items()
            for now, count in row.items()
            if count and before not in (now, BEFORE)
        ]
        acting = {play: counts.get("act", 0) for play, counts in self.plays.items() if play}
        found = ["states: " + ", ".join(f"{count:,} {state}" for state, count in self.states.items())]
        found += ["in the four to nine weeks before: " + ", ".join(moved)] if moved else []
        named = ", ".join(f"{count:,} {play}" for play, count in sorted(acting.items()) if count)
        return [*found, f"plays to act on: {named}"] if named else found


def state_counts(table: pa.Table) -> StateCounts | None:
    """The counts of a prediction table; None where nobody has a state."""
    rows = table.select(["state", "previous_state", "play", "play_status"]).to_pylist()
    rows = [row for row in rows if row["state"] is not None]
    if not rows:
        return None
    pairs = Counter((row["previous_state"] or BEFORE, row["state"]) for row in rows)
    plays = Counter((row["play"] or "", row["play_status"]) for row in rows)
    by_play: dict[str, dict[str, int]] = {}
    for (play, status), count in sorted(plays.items()):
        by_play.setdefault(play, {})[status] = count
    return StateCounts(
        states={state: sum(count for (_, now), count in pairs.items() if now == state) for state in STATES},
        transitions={before: {now: pairs[before, now] for now in STATES} for before in (*STATES, BEFORE)},
        plays=by_play,
    )
