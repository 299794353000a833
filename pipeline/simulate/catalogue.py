"""What the simulated supplier sells, and what each customer would come to: its repertoire, dearest first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.simulate.calendar import Flags, Floats, Ints
from pipeline.simulate.population import Hidden

CATEGORIES = (
    "bearings", "drives", "pumps", "valves", "adhesives", "cables", "tooling", "fasteners", "filters", "hinges",
    "sealants", "switches",
)  # fmt: skip
CRITICAL = 4
"""The first categories are those that stop a production when they fail: `critical = CATEGORIES[:CRITICAL]`."""
ARTICLES_A_CATEGORY = 80
SLOTS = 60
SLOTS_A_CATEGORY = 6
"""Articles of a repertoire: the first six of the dearest category, then of the next, so that widening is visible."""
POPULARITY = 2.2
"""Rank of an article is a uniform number to this power: about Zipf, as sales of wholesalers are. Ours, untested."""
KINDS = ("standard", "light", "heavy", "compact", "steel", "coated", "sealed", "long-life")
ARTICLES = tuple(f"{group[:3].upper()}-{number:03d}" for group in CATEGORIES for number in range(ARTICLES_A_CATEGORY))
NAMES = tuple(
    f"{group.capitalize()} {KINDS[number % len(KINDS)]} {number // len(KINDS) + 1:02d}"
    for group in CATEGORIES
    for number in range(ARTICLES_A_CATEGORY)
)
"""What people call the articles: "Pumps compact 03"."""
MADE_TO_ORDER = "made to order"


@dataclass(frozen=True)
class Catalogue:
    """The articles on sale, each an array (articles,). `price`: list price in cents when the warm-up begins."""

    price: Ints
    cost_share: Floats
    pack: Ints


@dataclass(frozen=True)
class Repertoire:
    """The articles (n, SLOTS) each customer would come to, dearest first; whether they are made for it alone."""

    article: npt.NDArray[np.int16]
    special: Flags


def draw_catalogue(random: np.random.Generator) -> Catalogue:
    """Draw the articles of every category; critical ones cost more."""
    count = len(ARTICLES)
    level = np.where(np.arange(count) < CRITICAL * ARTICLES_A_CATEGORY, 3.0, 2.2)
    return Catalogue(
        price=np.rint(100 * np.exp(random.normal(level, 0.9, count))).astype(np.int64) + 20,
        cost_share=random.uniform(0.55, 0.8, count),
        pack=random.choice(np.array([1, 1, 5, 10, 25]), count),
    )


def draw_repertoires(random: np.random.Generator, hidden: Hidden, taken_once: float) -> Repertoire:
    """Draw the repertoires: critical customers begin with critical categories, special ones need what is their own."""
    wish = random.random((hidden.count, len(CATEGORIES)))
    wish[:, :CRITICAL] += hidden.criticality[:, None]
    dearest = np.argsort(-wish, axis=1)
    category = dearest[:, np.minimum(np.arange(SLOTS) // SLOTS_A_CATEGORY, len(CATEGORIES) - 1)]
    rank = (ARTICLES_A_CATEGORY * random.random((hidden.count, SLOTS)) ** POPULARITY).astype(np.int64)
    special = random.random((hidden.count, SLOTS)) < taken_once * hidden.speciality[:, None]
    return Repertoire((category * ARTICLES_A_CATEGORY + rank).astype(np.int16), special)


def article_codes(article: Ints, special: Flags, number: Ints) -> pa.Array:
    """The article numbers of lines: the catalogue's, or with the customer's `number` where made for it alone."""
    codes = pa.array(ARTICLES).take(pa.array(article))
    own = codes.filter(pa.array(special))
    named = pc.binary_join_element_wise("S", pa.array(number[special]).cast(pa.string()), own, "-")
    return pc.replace_with_mask(codes, pa.array(special), named)


def article_names(article: Ints, special: Flags) -> pa.Array:
    """What the articles of lines are called, and that they are made to order where they are."""
    names = pa.array(NAMES).take(pa.array(article))
    own = pc.binary_join_element_wise(names.filter(pa.array(special)), MADE_TO_ORDER, ", ")
    return pc.replace_with_mask(names, pa.array(special), own)
