"""The account of a reading: every row read is used, left out by a named rule, or quarantined for a reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """How many rows of a table were read, and what became of them.

    `rows_read == rows_in + sum(excluded)` and `rows_in == rows_used + sum(quarantined)`. `missing` counts, of the
    rows used, those without a value, per column, `remarks` those used although there is something to say of them.
    `quarantine` is the file of the broken rows, None if there are none. `unread`: sentences on figures among them that
    another setting would read. `filled`: by column of the files, the rows read that it was filled in from their order.
    """

    table: str
    files: int
    rows_read: int
    excluded: dict[str, int]
    quarantined: dict[str, int]
    missing: dict[str, int] = field(default_factory=dict)
    quarantine: Path | None = None
    remarks: dict[str, int] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    filled: dict[str, int] = field(default_factory=dict)

    @property
    def rows_in(self) -> int:
        """Rows that no rule left out."""
        return self.rows_read - sum(self.excluded.values())

    @property
    def rows_quarantined(self) -> int:
        """Rows that broke the contract of the table."""
        return sum(self.quarantined.values())

    @property
    def rows_used(self) -> int:
        """Rows the history is made of."""
        return self.rows_in - self.rows_quarantined

    @property
    def quarantined_share(self) -> float:
        """Of the rows that no rule left out, the share that broke the contract."""
        return self.rows_quarantined / self.rows_in if self.rows_in else 0.0

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        return {
            "table": self.table,
            "files": self.files,
            "rows_read": self.rows_read,
            "filled": self.filled,
            "excluded": self.excluded,
            "rows_in": self.rows_in,
            "quarantined": self.quarantined,
            "rows_used": self.rows_used,
            "remarks": self.remarks,
            "missing": self.missing,
            "unread": list(self.unread),
            "quarantine": None if self.quarantine is None else str(self.quarantine),
        }

    def text(self) -> str:
        """The account as one block, for people."""
        title = f"{self.table}, {self.files} file" + ("s" if self.files != 1 else "")
        lines = [(f"{title}: rows read", self.rows_read)]
        lines += [(f"  filled from its order: {column}", rows) for column, rows in self.filled.items()]
        lines += [(f"  left out: {rule}", rows) for rule, rows in self.excluded.items()]
        lines += [("rows in", self.rows_in)] if self.excluded else []
        lines += [(f"  quarantined: {reason}", rows) for reason, rows in self.quarantined.items()]
        lines += [] if self.quarantined else [("  quarantined", 0)]
        lines += [("rows used", self.rows_used)]
        lines += [(f"  of these: {remark}", rows) for remark, rows in self.remarks.items()]
        width = max(len(name) for name, _ in lines)
        block = [f"{name:<{width}}  {rows:>13,}" for name, rows in lines]
        return "\n".join([*block, *([f"quarantined rows are in {self.quarantine}"] if self.quarantine else [])])
