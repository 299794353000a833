"""How many customers are in each state, which state they came from, and what is to be done for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from models.decision.recommend import ACT
from models.decision.states import STATES

BEFORE = "none before"
"""Who was not eligible then."""


@dataclass(frozen=True)
class StateCounts:
    """Counts of eligible customers. `transitions[before][now]` has a row a state, and one for `BEFORE`.

    `now` counts by state those to act on now; `plays` by play, "" for none, and status; `plays_now` by play those of
    status act that do not wait for an occasion.
    """

    states: Mapping[str, int]
    transitions: Mapping[str, Mapping[str, int]]
    plays: Mapping[str, Mapping[str, int]]
    now: Mapping[str, int]
    plays_now: Mapping[str, int]

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        shown = ("states", "transitions", "plays")
        return {name: getattr(self, name) for name in shown} | {
            "act_now": {"states": self.now, "plays": self.plays_now}
        }

    def lines(self) -> list[str]:
        """For people: a line of states, one of changes, one of plays to act on."""
        moved = [
            f"{count:,} {before} -> {now}"
            for before, row in self.transitions.items()
            for now, count in row.items()
            if count and before not in (now, BEFORE)
        ]
        found = ["states: " + ", ".join(f"{count:,} {state}" for state, count in self.states.items())]
        found += [f"to act on now: {named}"] if (named := _named(self.now)) else []
        found += ["in the four to nine weeks before: " + ", ".join(moved)] if moved else []
        acting = {play: counts.get(ACT, 0) for play, counts in self.plays.items() if play}
        later = {play: count - self.plays_now.get(play, 0) for play, count in acting.items()}
        for what, plays in (("plays to act on now", self.plays_now), ("plays for the next occasion", later)):
            found += [f"{what}: {named}"] if (named := _named(plays)) else []
        return found


def _named(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


def state_counts(table: pa.Table) -> StateCounts | None:
    """The counts of a prediction table; None where nobody has a state."""
    rows = table.select(["state", "previous_state", "play", "play_status", "act_now"]).to_pylist()
    rows = [row for row in rows if row["state"] is not None]
    if not rows:
        return None
    pairs = Counter((row["previous_state"] or BEFORE, row["state"]) for row in rows)
    now = Counter(row["state"] for row in rows if row["act_now"])
    plays_now = Counter(row["play"] for row in rows if row["act_now"] and row["play_status"] == ACT)
    return StateCounts(
        states={state: sum(count for (_, now), count in pairs.items() if now == state) for state in STATES},
        transitions={before: {now: pairs[before, now] for now in STATES} for before in (*STATES, BEFORE)},
        plays=_by_play(rows),
        now={state: now[state] for state in STATES},
        plays_now={play: plays_now[play] for play in sorted(plays_now)},
    )


def _by_play(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Customers by play and status."""
    found: dict[str, dict[str, int]] = {}
    for (play, status), count in sorted(Counter((row["play"] or "", row["play_status"]) for row in rows).items()):
        found.setdefault(play, {})[status] = count
    return found
