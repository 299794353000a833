"""Values of a small supplier, written down so that none changes unnoticed: `python tests/features/golden_values.py`.

Each feature has a line: its fingerprint, how many of its values are null, and sums over the others: of the values, and
of each times a weight from 1 to 2 that differs from row to row. Sums, because digests of floats differ by machine.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from histories import busy_supplier, day, tables_of, to_matrix  # noqa: E402 - they lie beside this file

from features.catalogue import FEATURES, fingerprints  # noqa: E402
from features.engine.declaration import ENGINE_VERSION, Feature  # noqa: E402

FILE = HERE / "golden_values.csv"
SIGNS = 16
"""Of a fingerprint: more would only be longer lines."""


@dataclass(frozen=True)
class Golden:
    """What is written down of one feature; `size` is the sum of |v|, which rounding goes by."""

    version: int
    fingerprint: str
    nulls: int
    total: float
    weighted: float
    size: float


def found(features: tuple[Feature, ...] = FEATURES) -> dict[str, Golden]:
    """The values as they are computed now, by name of the feature."""
    lines = busy_supplier(customers=40)
    matrix = to_matrix(lines, (day(-300), day(0), day(37)), features=features, tables=tables_of(lines))
    weight = 1 + np.arange(len(matrix.values)) * 0.618 % 1
    marks = fingerprints(features)
    return {
        name: _golden(marks[name][:SIGNS], column.astype(np.float64), weight)
        for name, column in zip(matrix.names, matrix.values.T, strict=True)
    }


def _golden(mark: str, column: np.ndarray, weight: np.ndarray) -> Golden:
    known = ~np.isnan(column)
    value = column[known]
    sums = (float(each.sum()) for each in (value, value * weight[known], np.abs(value)))
    return Golden(ENGINE_VERSION, mark, int((~known).sum()), *sums)


def written() -> dict[str, Golden]:
    """The values that were written down."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {
            row["name"]: Golden(
                int(row["version"]), row["fingerprint"], int(row["nulls"]),
                *(float(row[name]) for name in ("total", "weighted", "size")),
            )
            for row in csv.DictReader(file)
        }  # fmt: skip


def write() -> None:
    """Write the values down anew."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("name", "version", "fingerprint", "nulls", "total", "weighted", "size"))
        for name, each in found().items():
            sums = (f"{number:.9g}" for number in (each.total, each.weighted, each.size))
            rows.writerow((name, each.version, each.fingerprint, each.nulls, *sums))


if __name__ == "__main__":
    write()
