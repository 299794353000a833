"""Whom lots have shown a play to harm, or not to help, as `moorings outcomes` left it: what the export is kept from."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.decision.plays import PLAYS
from pipeline.config import Config
from pipeline.export.places import gains_file

logger = logging.getLogger(__name__)


def to_avoid(
    customer_id: npt.NDArray[np.str_], cutoff: date, config: Config, renamed: Mapping[str, str]
) -> Mapping[str, npt.NDArray[np.bool_]]:
    """By code of a play, which customers (n,) are not to be treated with it; nothing where no play was measured.

    Treatments count for a play where they are called by its code, as the export calls them, or by one of its words in
    `[plays.also_called]`. What was learned after the cutoff is not known at it, and is left aside. `renamed` is the id
    by now for each older one, under which it may have been learned.
    """
    rows = _avoided(cutoff, config)
    rows["customer_id"] = [renamed.get(name, name) for name in rows["customer_id"].astype(str)]
    found = {str(play): np.isin(customer_id, of["customer_id"].astype(str)) for play, of in rows.groupby("play")}
    for play, avoided in found.items():
        logger.info("%s is not proposed to %s customers, whom lots show no gain by it", play, f"{avoided.sum():,}")
    return found


def measured(cutoff: date, config: Config) -> Mapping[str, str]:
    """What an export at a cutoff rests on of this: a digest by the name "avoided"; nothing where nobody is avoided."""
    rows = _avoided(cutoff, config).sort_values(["play", "customer_id"])
    text = "\n".join(f"{row.play}\0{row.customer_id}" for row in rows.itertuples())
    return {"avoided": hashlib.sha256(text.encode()).hexdigest()} if len(rows) else {}


def _avoided(cutoff: date, config: Config) -> pd.DataFrame:
    """Rows of customer_id and code of a play to avoid, as far as they were known at the cutoff."""
    path = gains_file(config)
    if not path.exists():
        return pd.DataFrame(columns=["customer_id", "play"])
    rows = pd.read_parquet(path, columns=["customer_id", "play", "day", "avoid"])
    known = rows[rows["avoid"].astype(bool) & (rows["day"] <= pd.Timestamp(cutoff))]
    called = known.rename(columns={"play": "word"}).merge(words_of_plays(config), on="word")
    return called[["customer_id", "play"]].drop_duplicates()


def words_of_plays(config: Config) -> pd.DataFrame:
    """Columns word and play, its code: what treatments are called that do what a play does."""
    also = config.plays.also_called
    pairs = [(word, code) for code in PLAYS for word in {code, *getattr(also, code)}]
    return pd.DataFrame(pairs, columns=["word", "play"], dtype=object)
