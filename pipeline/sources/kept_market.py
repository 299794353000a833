"""What everybody bought, kept beside the sorted rows it was counted over, in files of the same folder.

The arrays of `MarketSums`, and `market.json` with the versions of these files and of the engine, the cutoff, the
windows and the fingerprints of the inputs whose rows were counted. Sums of another version or of other inputs are not
taken up: they are counted again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from features.engine.declaration import ENGINE_VERSION
from features.engine.market_sums import MarketSums
from pipeline.sources.kept_files import checksum_of

VERSION = 1
"""Raised when the files change their meaning."""
STATED = "market.json"
ARRAYS = ("counts", "active", "launched")


def write_market(sums: MarketSums, inputs: Sequence[str], folder: Path) -> dict[str, int]:
    """Write the sums of the rows of these inputs; checksums by file."""
    for name in ARRAYS:
        np.save(folder / f"market.{name}.npy", getattr(sums, name), allow_pickle=False)
    stated = {
        "version": VERSION,
        "engine": ENGINE_VERSION,
        "cutoff": sums.cutoff,
        "spans": sums.spans,
        "inputs": list(inputs),
    }
    (folder / STATED).write_text(json.dumps(stated, indent=1), encoding="utf-8")
    return {name: checksum_of(folder / name) for name in (STATED, *(f"market.{array}.npy" for array in ARRAYS))}


def read_market(inputs: Sequence[str], folder: Path) -> MarketSums | None:
    """The sums kept in a folder whose files match their checksums; None where there are none of these inputs."""
    try:
        stated = json.loads((folder / STATED).read_text(encoding="utf-8"))
        if (stated["version"], stated["engine"], stated["inputs"]) != (VERSION, ENGINE_VERSION, list(inputs)):
            return None
        arrays = {name: np.load(folder / f"market.{name}.npy", allow_pickle=False) for name in ARRAYS}
        return MarketSums(int(stated["cutoff"]), tuple((start, stop) for start, stop in stated["spans"]), **arrays)
    except (OSError, ValueError, KeyError, TypeError):
        return None
