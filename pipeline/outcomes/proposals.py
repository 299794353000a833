"""What exports proposed, and from whom they withheld it by lot: the groups of a play whose hold-outs no book tells.

Everybody comes in at the first export that meant the play for it now, and stays on the side of its lot, whatever was
done then: whom people treat, of those proposed, is a choice and no lot.

Source: the principle of intention to treat (Hollis & Campbell 1999).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from features.engine.store import day_number
from models.decision.recommend import HOLDOUT
from pipeline.config import Config
from pipeline.export.places import store_of
from pipeline.matrices.evidence import Evidence
from pipeline.registry.published import foreseen
from pipeline.scoring.measured_gains import words_of_plays

MEANT = ("customer", "play", "day", "held")
Drawn = tuple[str, pd.DataFrame, pd.Series]


def proposals(evidence: Evidence, config: Config, before: date) -> pd.DataFrame:
    """Whom exports before a day meant a play for, one row per customer and play: the columns `MEANT`.

    `customer` is its number in the store, `day` that of the first export that meant the play for it at once, since
    1970-01-01, and `held` whether that export withheld it. Where an export does not tell what can wait (those before
    `meant_now`), all counts. Exports by a model that had learned what followed were in nobody's hands: left out.
    Customers by an older id count under that of now.
    """
    store, forecast = store_of(config), foreseen(config)
    days = [day for day in store.cutoffs() if day < before and forecast(day, store.training_run(day, "churn"))]
    known = evidence.store.customer_ids.astype(str)
    number = pd.Series(np.arange(known.size), index=known)
    parts = [store.plays(day).to_pandas().assign(day=day_number(day)) for day in days]
    if not parts:
        return pd.DataFrame(columns=list(MEANT))
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[rows["meant_now"].isna() | rows["meant_now"].eq(True)]
    named = rows["customer_id"].map(lambda name: evidence.renamed.get(name, name))
    rows = rows.assign(customer=named.map(number), held=rows["play_status"] == HOLDOUT)
    rows = rows.dropna(subset=["customer"]).astype({"customer": np.int64})
    return rows.sort_values("day", kind="stable").drop_duplicates(["customer", "play"])[list(MEANT)]


def of_exports(book: pd.DataFrame, meant: pd.DataFrame, config: Config) -> Iterator[Drawn]:
    """The plays whose lots are those of exports: code, its rows of `meant`, and which rows of the book speak of it.

    They are the plays that something was done of since the first export meant it, with no word on who was held out, and
    that exports held out some customers of.

    Args:
        book: treatments, with columns customer, day, play (its word) and held.
        meant: of `proposals`.
        config: for the words of `[plays.also_called]`.
    """
    words = words_of_plays(config)
    for code, rows in meant.groupby("play"):
        called = set(words.loc[words["play"] == code, "word"])
        speaks = book["play"].isin(called) & (book["day"] >= rows["day"].min())
        if speaks.any() and not book.loc[speaks, "held"].any() and rows["held"].any() and not rows["held"].all():
            yield str(code), rows, speaks
