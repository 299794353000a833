"""What exports proposed, and from whom they withheld it by lot: the groups of a play whose hold-outs no book tells.

Everybody comes in at the first export that meant the play for it now, and stays on the side of its lot, whatever was
done then: whom people treat, of those proposed, is a choice and no lot.

Source: the principle of intention to treat (Hollis & Campbell 1999).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from features.engine.store import day_number
from models.decision.recommend import HOLDOUT
from pipeline.config import Config
from pipeline.export.places import store_of
from pipeline.export.store import PredictionStore
from pipeline.matrices.known_history import KnownHistory
from pipeline.registry.published import foreseen
from pipeline.scoring.measured_gains import words_of_plays

logger = logging.getLogger(__name__)
MEANT = ("customer", "play", "campaign", "day", "held")
EXPIRED = (
    "exports are kept for {days} days ([storage] keep_cutoffs_days): whoever came into a play before counts from a "
    "later one, those held out sooner than those treated, who are left alone for a while or helped; to measure plays, "
    "keep all"
)
LATE = (
    "{count:,} exports were first written more than {days} days after their date, when the next was due: nobody could "
    "act on them in time"
)
Drawn = tuple[str, pd.DataFrame, pd.Series]


def proposals(known_history: KnownHistory, config: Config, before: date) -> pd.DataFrame:
    """Whom exports before a day meant a play for, one row per customer, play and campaign: the columns `MEANT`.

    `customer` is its number in the store, `campaign` the name that lots were drawn by, `day` that of the first export
    that meant the play for it at once, since 1970-01-01, and `held` whether that export withheld it. Where an export
    does not tell what can wait (those before `meant_now`), all counts. Exports by a model that had learned what
    followed, or that came too late, see `_in_time`, were in nobody's hands: left out.
    Customers by an older id count under that of now; of several that became one, only the one whose lot is kept.
    """
    store, forecast = store_of(config), foreseen(config)
    there = [day for day in _in_time(store, config) if day < before]
    days = [day for day in there if forecast(day, store.training_run(day, "churn"))]
    known = known_history.store.customer_ids.astype(str)
    number = pd.Series(np.arange(known.size), index=known)
    found = pd.DataFrame(columns=list(MEANT))
    for day in days:  # a year of nights says the same of most customers: no more is held than is new
        rows = _of_day(store.plays(day).to_pandas(), number, known_history).assign(day=day_number(day))
        found = pd.concat([found, rows[list(MEANT)]] if len(found) else [rows[list(MEANT)]], ignore_index=True)
        found = found.drop_duplicates(["customer", "play", "campaign"])
    if config.storage.keep_cutoffs_days and len(found):
        logger.warning("%s", EXPIRED.format(days=config.storage.keep_cutoffs_days))
    return found


def _in_time(store: PredictionStore, config: Config) -> list[date]:
    """The cutoffs whose export could be read before the time needed to act was over, or the next cutoff had come.

    Nights that were missed, and scored once the machine was back, proposed nothing to anybody; what a schedule of weeks
    or months says some days late is what people had until the next. What no commit tells of counts; and where nothing
    was ever in time, a past is replayed, and all counts.
    """
    least, zone = timedelta(days=max(config.time.gap_days, 1)), ZoneInfo(config.history.time_zone)
    written = {day: at.astimezone(zone).date() for day, at in store.first_written().items()}
    days = sorted({*store.cutoffs(), *written})
    following = dict(pairwise(days))
    late = {day for day, on in written.items() if on > day + least and on >= following.get(day, day)}
    if len(late) == len(written):
        return [*store.cutoffs()]
    if late:
        logger.info("%s", LATE.format(count=len(late), days=least.days))
    return [day for day in store.cutoffs() if day not in late]


def _of_day(plays: pd.DataFrame, number: pd.Series, known_history: KnownHistory) -> pd.DataFrame:
    """The rows of an export that mean a play for now: of known customers, by their `number` in the store."""
    rows = plays[plays["meant_now"].isna() | plays["meant_now"].eq(True)]
    named = rows["customer_id"].map(lambda name: known_history.renamed.get(name, name))
    kept = named.map(lambda name: known_history.first_ids.get(name, name))
    rows = rows.assign(customer=named.map(number), held=rows["play_status"] == HOLDOUT)
    rows = rows[(rows["customer_id"] == named) | (rows["customer_id"] == kept)]
    rows["campaign"] = rows["play_campaign"].fillna("")
    return rows.dropna(subset=["customer"]).astype({"customer": np.int64})


def of_exports(book: pd.DataFrame, meant: pd.DataFrame, config: Config) -> Iterator[Drawn]:
    """The plays whose lots are those of exports: code, its rows of `meant`, and which rows of the book speak of it.

    They are the plays that something was done of since the first export meant it, with no word on who was held out, and
    that exports held out some customers of. Under another name of the campaign they come again: lots are drawn anew.

    Args:
        book: treatments, with columns customer, day, play (its word) and held.
        meant: of `proposals`.
        config: for the words of `[plays.also_called]`.
    """
    words = words_of_plays(config)
    for (code, _), rows in meant.groupby(["play", "campaign"]):
        called = set(words.loc[words["play"] == code, "word"])
        speaks = book["play"].isin(called) & (book["day"] >= rows["day"].min())
        if speaks.any() and not book.loc[speaks, "held"].any() and rows["held"].any() and not rows["held"].all():
            yield str(code), rows, speaks
