"""One row of the table of faults: how often something was tried, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.faults_process import Ended
from benchmarks.faults_stage import Stage


@dataclass
class Row:
    """Tries of one fault. `clear` is None where nothing can be said: a killed process says nothing."""

    fault: str
    note: str = ""
    tries: int = 0
    whole: int = 0
    same: int = 0
    clear: int | None = None
    codes: Counter[int] = field(default_factory=Counter)
    unclear: list[str] = field(default_factory=list)

    @property
    def lost(self) -> bool:
        """Whether an export was damaged, or a rerun came to something else."""
        return min(self.whole, self.same) < self.tries

    def judge(self, stage: Stage, ended: Ended, codes: Sequence[int] = (), *, whole: bool | None = None) -> None:
        """Count a try: the export now, and, once the fault is over, an undisturbed run.

        Args:
            stage: rid of the fault.
            ended: how the process ended that suffered it.
            codes: exit codes that are an answer to the fault; empty for a process that cannot answer.
            whole: whether the export was whole, where that had to be looked at before.
        """
        self.tries += 1
        self.codes[ended.code] += 1
        self.whole += stage.whole() if whole is None else whole
        self.same += stage.score().code == 0 and stage.state() == stage.undisturbed
        self.answered(ended, codes)

    def answered(self, ended: Ended, codes: Sequence[int]) -> None:
        """Count an answer that says what happened; keep one that does not."""
        if not codes:
            return
        clear = ended.clear(codes)
        self.clear = (self.clear or 0) + clear
        if not clear:
            self.unclear.append(f"exit {ended.code}: {ended.said[-600:]}")

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        counts = {"tries": self.tries, "whole": self.whole, "identical": self.same, "clear": self.clear}
        codes = {str(code): number for code, number in sorted(self.codes.items())}
        return {"fault": self.fault, **counts, "exit_codes": codes, "note": self.note, "unclear": self.unclear}


def table(rows: Sequence[Row]) -> str:
    """The rows as text, ratios as `whole/tries`."""
    heads = ("fault", "tries", "export whole", "rerun identical", "message clear", "exit codes", "note")
    cells = [heads, *(_cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(heads))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells)


def _cells(row: Row) -> tuple[str, ...]:
    clear = "-" if row.clear is None else f"{row.clear}/{row.tries}"
    codes = ", ".join(f"{code} x{number}" for code, number in sorted(row.codes.items()))
    return row.fault, str(row.tries), f"{row.whole}/{row.tries}", f"{row.same}/{row.tries}", clear, codes, row.note
