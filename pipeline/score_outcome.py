"""What a scoring came to, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from features.engine.plan import STATUS
from pipeline.export import Exported
from pipeline.store import Written

WORTH_A_CALL = 3


@dataclass(frozen=True)
class ScoreOutcome:
    """What a scoring came to: how many of each status, the state of the store, the files, and whom to call first."""

    as_of: date
    counts: Mapping[str, int]
    models: Mapping[str, str]
    store: str
    written: Written
    exported: Exported
    account: Mapping[str, object]
    fingerprint: str
    worth_a_call: tuple[Mapping[str, Any], ...]
    currency: str

    def summary(self) -> dict[str, Any]:
        """JSON-able; the same for the same inputs, but for `written`."""
        return {
            "as_of": str(self.as_of),
            "customers": dict(self.counts),
            "models": dict(self.models),
            "input_fingerprint": self.fingerprint,
            "account": dict(self.account),
            "store": {"path": self.store, "state": self.written},
            "export": self.exported.summary(),
            "worth_a_call": [dict(row) for row in self.worth_a_call],
        }

    def text(self) -> str:
        """For people: the counts, whom to call first and why, and where the files are."""
        counted = ", ".join(f"{number:,} {status}" for status, number in self.counts.items())
        used = ", ".join(f"{kind}: {label}" for kind, label in self.models.items())
        lines = [f"{sum(self.counts.values()):,} customers at {self.as_of}: {counted}", f"models: {used}", ""]
        lines += ["most worth a call"] if self.worth_a_call else []
        for row in self.worth_a_call:
            lines += [self._headline(row), *(f"    {reason}" for reason in row["reasons"])]
        place = "\n".join(f"  {self.exported.folder / name}" for name in self.exported.digests)
        return "\n".join([*lines, "", f"predictions of {self.exported.cutoff} ({self.written})", place])

    def _headline(self, row: Mapping[str, Any]) -> str:
        at_risk = row["value_at_risk"]
        money = "" if at_risk is None else f", {at_risk:,.0f} {self.currency} of margin at risk".replace("  ", " ")
        return f"  {row['customer_id']}: {row['churn_probability']:.0%} likely to stop ordering{money}"


def counted(table: pa.Table) -> dict[str, int]:
    """How many customers have each status."""
    status = table.column("status")
    return {name: pc.sum(pc.equal(status, name)).as_py() or 0 for name in STATUS}


def worth_a_call(table: pa.Table, count: int = WORTH_A_CALL) -> tuple[dict[str, Any], ...]:
    """The scored customers with most margin at risk; by probability where amounts are unknown."""
    scored = table.filter(pc.is_valid(table.column("churn_probability")))
    keys = [("value_at_risk", "descending"), ("churn_rank", "ascending")]
    chosen = scored.sort_by(keys).slice(0, count)
    return tuple(chosen.select(["customer_id", "churn_probability", "value_at_risk", "reasons"]).to_pylist())
