"""The sorted rows of a history kept on disk as plain arrays, so that a day's new lines are merged, not read with all.

A folder holds one `.npy` file per column, the texts behind codes as Arrow files, and `contents.json` with the CRC-32
of each, the fingerprints of the inputs, and the words that told which lines came in by machine. It is written beside
its place and moved into it whole. What does not match its checksum, or was told by other words, is not trusted.

The many rows of before and the few that came later are kept apart, those of `later` in files of their own: a day costs
what the day brings. Once the later ones are more than a twentieth, all are written as one again.

What everybody bought may be kept with them, as sums at one cutoff, which a day changes by what it brings alone.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from features.engine.market_sums import MarketAt, MarketSums, counted
from features.engine.merging import MergedStore, NamedStore, check_columns
from features.engine.order_columns import INTEGRATED
from features.engine.store import LineStore
from pipeline.sources.kept_files import checksum_of, read_rows, write_rows
from pipeline.sources.kept_market import read_market, write_market

VERSION = 3
"""Raised when the arrays change their meaning: rows kept before count as missing."""
CONTENTS = "contents.json"
BEFORE, LATER = "before", "later"
MOST_LATER = 0.05
"""Of the rows before: with more later ones, the two are written as one."""


@dataclass(frozen=True)
class KeptRows:
    """Rows with the fingerprints of the readings they came from, in order.

    `before` are the rows as they were last written as one, `later` those that came since, if any. `files`: checksums of
    the files that hold the rows before, by path; empty where no such files are known. `market` is what everybody
    bought, of all rows, if it was counted.
    """

    before: NamedStore
    inputs: tuple[str, ...]
    later: NamedStore | None = None
    files: Mapping[Path, int] = field(default_factory=dict)
    market: MarketSums | None = None

    @cached_property
    def rows(self) -> NamedStore:
        """All rows; the later ones are merged in when they are first asked for."""
        return self.before if self.later is None else self.before.merged(self.later)

    @property
    def lines(self) -> LineStore | MergedStore:
        """The store of all rows for one build: the later ones are merged in customer by customer, nothing is kept.

        It carries the market, unless no rows are later: then a build counts it, as of any store.
        """
        if self.later is None:
            return self.before.store
        return replace(self.before.beside(self.later), sums=self.market)

    def with_market(self, at: MarketAt) -> KeptRows:
        """These rows with what everybody bought by a cutoff; where it is known of one before, by what changed since."""
        return replace(self, market=self._market(at))

    def extended(self, later: NamedStore, fingerprint: str, at: MarketAt | None = None) -> KeptRows:
        """These rows and later ones, the content of which is `fingerprint`; with the market, where one is asked for.

        Raises:
            DataProblem: the later rows have other columns.
        """
        check_columns(self.before.store, later.store)
        both = later if self.later is None else self.later.merged(later)
        market = None if at is None else self._market(at, later)
        return KeptRows(self.before, (*self.inputs, fingerprint), both, self.files, market)

    def _market(self, at: MarketAt, *later: NamedStore) -> MarketSums | None:
        there = (self.before,) if self.later is None else (self.before, self.later)
        return counted(self.market, there, later, at)

    def save(self, folder: Path) -> None:
        """Write the rows to `folder` in place of what was there; readers see one of the two, or for a moment none."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            checksums, ends = self._write(draft)
            checksums |= {} if self.market is None else write_market(self.market, self.inputs, draft)
            stated = {"version": VERSION, "words": INTEGRATED, "inputs": self.inputs, "ends": ends, "crc32": checksums}
            (draft / CONTENTS).write_text(json.dumps(stated, indent=1), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            draft.replace(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _write(self, draft: Path) -> tuple[dict[str, int], dict[str, int]]:
        """Write all rows as one, or only the later ones beside links to the others; checksums by file, ends by part."""
        few = self.later is not None and self.later.store.day.size <= MOST_LATER * self.before.store.day.size
        if self.later is None or not few or not self._linked(draft):
            return write_rows(self.rows, draft, BEFORE), {BEFORE: self.rows.store.end}
        checksums = {file.name: checksum for file, checksum in self.files.items()}
        ends = {BEFORE: self.before.store.end, LATER: self.later.store.end}
        return checksums | write_rows(self.later, draft, LATER), ends

    def _linked(self, draft: Path) -> bool:
        """Whether the files of the rows before are there, under second names now in the draft."""
        try:
            for file in self.files:
                os.link(file, draft / file.name)
        except OSError:
            return False
        return bool(self.files)


def load_rows(folder: Path) -> KeptRows | None:
    """The rows kept in `folder`, mapped into memory; None where there are none, or a file is damaged."""
    try:
        stated = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
        sound = stated["version"] == VERSION and tuple(stated["words"]) == INTEGRATED
        sound = sound and all(checksum_of(folder / name) == checksum for name, checksum in stated["crc32"].items())
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not sound:
        return None
    checksums, inputs = stated["crc32"], tuple(stated["inputs"])
    parts = {part: read_rows(folder, part, [*checksums], end) for part, end in stated["ends"].items()}
    files = {folder / name: checksum for name, checksum in checksums.items() if name.startswith(f"{BEFORE}.")}
    return KeptRows(parts[BEFORE], inputs, parts.get(LATER), files, read_market(inputs, folder))
