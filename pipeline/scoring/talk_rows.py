"""The columns of an export that say which products to speak of: what a customer left out, and what it might try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from features.engine.plan import Matrix
from features.engine.store import EPOCH, LineStore, day_number
from models.assortment.survey import Survey, Topics
from models.decision.recommend import HOLDOUT, NEVER_CONTACT
from models.explanation.language import Language
from pipeline.config import Config
from pipeline.sources.product_names import Products
from pipeline.standing.placing import placed

LEFT_OUT = (
    "Left out {product}: in two years bought on {bought} of {orders} days with an order until {day}, not on the "
    "{since} after that."
)
USED_TO_BUY = "Used to buy {product}: in two years on {bought} of {orders} days with an order, last on {day}."
"""Both count the order days from its first to its last in the two years before the cutoff (`LOOK_BACK_DAYS`)."""
MIGHT_TRY = (
    "Has never bought {product}: of the {asked} customers whose purchases are most like its own, {buyers} bought it in "
    "the last {days} days."
)
NOT_NOW = frozenset({"drifting", "captive"})
"""States, and `captive_possible` or an open severe complaint beside them, in which nothing new is suggested.

First what went wrong is put right, and whoever is held is not bound further.
"""
LEFT_IN_PEACE = frozenset({HOLDOUT, NEVER_CONTACT})
"""Plays withheld: of what is to be spoken of nothing is said either, or holding out would measure something else."""
COLUMNS = ("left_out_product_codes", "suggested_product_codes", "to_talk_about")
Row = tuple[list[str], list[str], list[str]]
NOTHING: Row = ([], [], [])
HERE = "{product}"
LONGEST = 60
"""Characters of a product's name in a sentence."""


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [LEFT_OUT, USED_TO_BUY, MIGHT_TRY]


def talk_columns(
    store: LineStore,
    products: Products | None,
    matrix: Matrix,
    decided: Mapping[str, list[Any]],
    config: Config,
    language: Language,
) -> dict[str, list[Any]]:
    """Products to speak of with each eligible customer of a matrix at one cutoff, one value a row of the spine.

    Args:
        store: what was known before the cutoff.
        products: what they are called; None where that is not known, and nothing can be said.
        matrix: whose customers and cutoff are asked about.
        decided: by row of the spine the state, `captive_possible`, `complaint_since`, and the status of the play.
        config: how many products, and the days that are lately: the horizon of churn.
        language: of the sentences.
    """
    eligible, count = matrix.spine.eligible, config.scoring.products_to_talk_about
    if products is None or store.product is None or not count or not eligible.any():
        return {}
    days = config.time.horizon_days
    customer = matrix.spine.customer[eligible].astype(np.int64)
    topics = Survey(store, products.codes, day_number(matrix.cutoffs[-1]), days, count).topics(customer)
    said = _Said(topics, products, days, language)
    rows = [
        NOTHING if decided["play_status"][row] in LEFT_IN_PEACE else said.row(at, new=_open_to_new(decided, row))
        for at, row in enumerate(np.flatnonzero(eligible).tolist())
    ]
    by_column = zip(COLUMNS, zip(*rows, strict=True), strict=True)
    return {name: placed(list(values), eligible, None) for name, values in by_column}


def _open_to_new(decided: Mapping[str, list[Any]], row: int) -> bool:
    held = decided["state"][row] in NOT_NOW or decided["captive_possible"][row]
    return not held and decided["complaint_since"][row] is None


@dataclass(frozen=True)
class _Said:
    """Topics in words; `days` that are lately."""

    topics: Topics
    products: Products
    days: int
    language: Language

    def row(self, at: int, *, new: bool) -> Row:
        """The codes of what a customer left out and, where `new`, might try; and all of it in sentences."""
        left, tried = self.topics.left_out.product[at], self.topics.suggested.product[at]
        gone, fresh = np.flatnonzero(left >= 0), np.flatnonzero((tried >= 0) & new)
        said = [*(self._left_out(at, place) for place in gone.tolist())]
        said += [self._suggested(at, place) for place in fresh.tolist()]
        return (
            [str(self.products.codes[code]) for code in left[gone]],
            [str(self.products.codes[code]) for code in tried[fresh]],
            said,
        )

    def _left_out(self, at: int, place: int) -> str:
        left = self.topics.left_out
        counted = {what: int(getattr(left, what)[at, place]) for what in ("bought", "orders", "since")}
        day = EPOCH + timedelta(days=int(left.last[at, place]))
        sentence = USED_TO_BUY if self.topics.silent[at] else LEFT_OUT
        return self._of(left.product[at, place], self.language.say(sentence, product=HERE, day=day, **counted))

    def _suggested(self, at: int, place: int) -> str:
        tried = self.topics.suggested
        counted = {"buyers": int(tried.buyers[at, place]), "asked": int(tried.asked[at]), "days": self.days}
        return self._of(tried.product[at, place], self.language.say(MIGHT_TRY, product=HERE, **counted))

    def _of(self, code: int, sentence: str) -> str:
        """The sentence with a product's name in its place: grammar is put right before, for names stay as they are."""
        name = str(self.products.titles[code])
        return sentence.replace(HERE, name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…")
