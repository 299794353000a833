"""How a supplier delivers its order lines, and what can go wrong with them overnight, one thing at a time."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from tests.pipeline.supplier import END, lines

NIGHTS = 14
"""Nights whose order lines came as a file of their own, before which everything is one file."""
Frame = pd.DataFrame
Layout = Callable[..., None]
Wrong = Callable[[Path, Frame], object]


def table_of(customers: int = 160) -> Frame:
    """Order lines with all columns as text, one order a customer and day."""
    frame = lines(customers).to_pandas()
    frame["order"] = frame["customer"].str[-4:] + frame["day"].astype(str)
    frame["amount"] = frame["amount"].map("{:.2f}".format)
    return frame.sort_values(["day", "customer", "product"]).reset_index(drop=True)


def by_night(folder: Path, frame: Frame, until: date = END) -> None:
    """One file of all that is old, and one file a night."""
    first = END - timedelta(days=NIGHTS)
    frame = frame[frame["day"] < until]
    frame[frame["day"] < first].to_csv(folder / "until.csv", index=False)
    for day, rows in frame[frame["day"] >= first].groupby("day"):
        rows.to_csv(folder / f"night_{day}.csv", index=False)


def whole(folder: Path, frame: Frame, until: date = END, by: str = "day") -> None:
    """One file of everything, as most systems export it."""
    frame[frame["day"] < until].sort_values([by, "order"]).to_csv(folder / "all.csv", index=False)


def nights_gone_wrong(only: tuple[str, ...] = ()) -> Iterator[tuple[str, Layout, Wrong]]:
    """Each wrong delivery by name, how this supplier delivers, and what goes wrong; nothing does in the first."""
    known: dict[str, tuple[Layout, Wrong]] = {
        **{f"nightly: {name}": (by_night, wrong) for name, wrong in NIGHTLY.items()},
        **{f"whole: {name}": (whole, wrong) for name, wrong in WHOLE.items()},
    }
    for name, (layout, wrong) in known.items():
        if not only or any(each in name for each in only):
            yield name, layout, wrong


def _night(folder: Path, back: int = 1) -> Path:
    return sorted(folder.glob("night_*.csv"))[-back]


def _cut(file: Path, share: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])


def _changed(file: Path, change: Callable[[Frame], Frame]) -> None:
    change(pd.read_csv(file, dtype=str)).to_csv(file, index=False)


def _amounts(change: Callable[[float], str]) -> Callable[[Frame], Frame]:
    return lambda rows: rows.assign(amount=[change(float(each)) for each in rows["amount"]])


def _comma(amount: float) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _old(change: Callable[[Frame], Frame], share: float = 0.5) -> Callable[[Frame], Frame]:
    """Change the older rows alone."""

    def changed(rows: Frame) -> Frame:
        at = int(len(rows) * share)
        return pd.concat([change(rows.iloc[:at]), rows.iloc[at:]])

    return changed


def _year_before(rows: Frame) -> Frame:
    return rows[rows["day"] < str(END - timedelta(days=365))]


def _american(rows: Frame) -> Frame:
    return rows.assign(day=[date.fromisoformat(each).strftime("%m/%d/%Y") for each in rows["day"]])


NIGHTLY: dict[str, Wrong] = {
    "nothing": lambda folder, _: None,
    "the last night is missing": lambda folder, _: _night(folder).unlink(),
    "three nights are missing": lambda folder, _: [_night(folder).unlink() for _ in range(3)],
    "a night in the middle is missing": lambda folder, _: _night(folder, 5).unlink(),
    "the night is halved": lambda folder, _: _cut(_night(folder), 0.5),
    "the old file is halved": lambda folder, _: _cut(folder / "until.csv", 0.5),
    "the old file is missing": lambda folder, _: (folder / "until.csv").unlink(),
    "the night twice": lambda folder, _: shutil.copy(_night(folder), folder / "again.csv"),
    "the old file twice": lambda folder, _: shutil.copy(folder / "until.csv", folder / "again.csv"),
    "an empty file": lambda folder, _: (folder / "night_z.csv").write_text(""),
    "a file of names only": lambda folder, _: (folder / "z.csv").write_text("customer,day,product,amount,order\n"),
    "a column renamed": lambda folder, _: _changed(_night(folder), lambda rows: rows.rename(columns={"amount": "net"})),
    "an optional column renamed": lambda folder, _: _changed(
        _night(folder), lambda rows: rows.rename(columns={"product": "item"})
    ),
    "decimal comma": lambda folder, _: _changed(_night(folder), _amounts(_comma)),
    "amounts in cents": lambda folder, _: _changed(_night(folder), _amounts(lambda each: f"{100 * each:.0f}")),
    "American days": lambda folder, _: _changed(_night(folder), _american),
}
WHOLE: dict[str, Wrong] = {
    "nothing": lambda folder, _: None,
    "halved, by day": lambda folder, _: _cut(folder / "all.csv", 0.5),
    "nine tenths, by day": lambda folder, _: _cut(folder / "all.csv", 0.9),
    "halved, by customer": lambda folder, frame: ((whole(folder, frame, by="customer"), _cut(folder / "all.csv", 0.5))),
    "nine tenths, by customer": lambda folder, frame: (
        (whole(folder, frame, by="customer"), _cut(folder / "all.csv", 0.9))
    ),
    "twice": lambda folder, _: shutil.copy(folder / "all.csv", folder / "again.csv"),
    "last year's": lambda folder, _: _changed(folder / "all.csv", _year_before),
    "this year alone": lambda folder, _: _changed(
        folder / "all.csv", lambda rows: rows[rows["day"] >= str(END - timedelta(days=365))]
    ),
    "a column renamed": lambda folder, _: _changed(
        folder / "all.csv", lambda rows: rows.rename(columns={"amount": "net"})
    ),
    "decimal comma": lambda folder, _: _changed(folder / "all.csv", _amounts(_comma)),
    "amounts in cents": lambda folder, _: _changed(folder / "all.csv", _amounts(lambda each: f"{100 * each:.0f}")),
    "older amounts halved": lambda folder, _: _changed(
        folder / "all.csv", _old(_amounts(lambda each: f"{each / 2:.2f}"))
    ),
    "a tenth of all amounts corrected": lambda folder, _: _changed(
        folder / "all.csv",
        lambda rows: pd.concat([_amounts(lambda each: f"{3 * each:.2f}")(rows[::10]), rows.drop(rows.index[::10])]),
    ),
    "older customers under other ids": lambda folder, _: _changed(
        folder / "all.csv", _old(lambda rows: rows.assign(customer="K" + rows["customer"]), 0.8)
    ),
    "two months taken back": lambda folder, _: _changed(
        folder / "all.csv",
        lambda rows: rows[
            (rows["day"] < str(END - timedelta(days=150))) | (rows["day"] >= str(END - timedelta(days=90)))
        ],
    ),
    "being written": lambda folder, _: _cut(folder / "all.csv", 0.995),
}
