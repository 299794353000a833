"""What the invented customers order: articles of their repertoire, quantities, prices, and what they send back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.simulate.customers import Customers, Floats, Ints

GROUPS = (
    "adhesives", "bearings", "cables", "drills", "fasteners", "filters", "hinges", "pipes", "pumps", "sealants",
    "switches", "valves",
)  # fmt: skip
ARTICLES_A_GROUP = 40
LONGEST_REPERTOIRE = 80
YEARLY_PRICE_RISE = 0.03
RETURNED = 0.02

Columns = dict[str, npt.NDArray[np.generic]]


@dataclass(frozen=True)
class Assortment:
    """The articles on sale: arrays (articles,). Price is a list price in cents at the start of the history."""

    group: Ints
    price: Ints
    cost_share: Floats
    pack: Ints
    popularity: Floats


def draw_assortment(random: np.random.Generator) -> Assortment:
    """Draw the articles of every group."""
    count = len(GROUPS) * ARTICLES_A_GROUP
    return Assortment(
        group=np.repeat(np.arange(len(GROUPS)), ARTICLES_A_GROUP),
        price=np.rint(100 * np.exp(random.normal(2.3, 1.0, count))).astype(np.int64) + 20,
        cost_share=random.uniform(0.55, 0.8, count),
        pack=random.choice(np.array([1, 5, 10, 25]), count),
        popularity=1 / (1 + random.permutation(count)) ** 0.7,
    )


def draw_lines(
    random: np.random.Generator,
    customers: Customers,
    assortment: Assortment,
    engaged: Floats,
    orders: tuple[Ints, Ints],
) -> Columns:
    """The lines of the orders `(customer, day)` as columns (lines,): order, customer, day, article, pieces and cents.

    `order` is the row of the order; articles occur once an order. Whoever lets go orders less of fewer articles.
    """
    customer, day = orders
    level = engaged[customer, day]
    wanted = random.poisson(customers.basket[customer] * (0.4 + 0.6 * level)) + 1
    order = np.repeat(np.arange(customer.size), wanted)
    who, when, keen = customer[order], day[order], level[order]
    article = _repertoires(random, customers, assortment)[who, _places(random, customers, who, when, keen)]
    once = np.unique(order * assortment.group.size + article, return_index=True)[1]
    order, who, when, keen, article = order[once], who[once], when[once], keen[once], article[once]
    packs = 1 + random.poisson(1.5 * customers.size[who] * (0.5 + 0.5 * keen))
    pieces = packs * assortment.pack[article]
    return {"order": order, "customer": who, "day": when, "article": article, "pieces": pieces} | _money(
        customers, assortment, who, when, article, pieces
    )


def _repertoires(random: np.random.Generator, customers: Customers, assortment: Assortment) -> Ints:
    """The articles (customers, longest) each customer would come to, dearest to it first."""
    taste = random.dirichlet(np.full(len(GROUPS), 0.35), customers.bond.size)[:, assortment.group] + 1e-4
    chance = np.log(taste) + np.log(assortment.popularity) + random.gumbel(size=taste.shape)
    return np.argsort(-chance, axis=1)[:, :LONGEST_REPERTOIRE]


def _places(random: np.random.Generator, customers: Customers, who: Ints, when: Ints, keen: Floats) -> Ints:
    """Which article of its repertoire a customer takes: mostly the first ones, more of them as the years go by."""
    years = (when - np.maximum(customers.start[who], 0)) / 365
    known = (customers.repertoire[who] + customers.curiosity[who] * years) * (0.5 + 0.5 * keen)
    place = np.floor(np.clip(known, 1, LONGEST_REPERTOIRE - 1) * random.random(who.size) ** 1.7)
    return place.astype(np.int64)


def _money(customers: Customers, assortment: Assortment, who: Ints, when: Ints, article: Ints, pieces: Ints) -> Columns:
    """List and net amount of a line and cost of a piece, in cents."""
    risen = (1 + YEARLY_PRICE_RISE) ** (when // 365)
    piece = np.rint(assortment.price[article] * risen).astype(np.int64)
    listed = piece * pieces
    return {
        "list": listed,
        "net": np.rint(listed * (1 - customers.discount[who])).astype(np.int64),
        "cost": np.rint(piece * assortment.cost_share[article]).astype(np.int64),
    }


def draw_returns(random: np.random.Generator, lines: Columns, engaged: Floats, days: int) -> Columns:
    """Lines sent back 5 to 30 days later, as lines of their own with negative pieces and amounts.

    Whoever is letting go sends back twice as often.
    """
    keen = engaged[lines["customer"], lines["day"]]
    back = random.random(keen.size) < RETURNED * np.where(keen < 1, 2.0, 1.0)
    returned = {name: column[back] for name, column in lines.items()}
    returned["day"] = returned["day"] + random.integers(5, 31, int(back.sum()))
    seen = returned["day"] < days
    returned = {name: column[seen] for name, column in returned.items()}
    return returned | {name: -returned[name] for name in ("pieces", "list", "net")}
