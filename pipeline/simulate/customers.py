"""Who the invented supplier's customers are: size, rhythm, bond, when they come and when and how they go.

Ours, untested against any real supplier: the numbers are chosen so that the histories look like wholesale ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WORDS = (
    "Alder", "Birch", "Brook", "Cedar", "Clover", "Copper", "Dale", "Elm", "Fern", "Flint", "Garnet", "Hazel",
    "Heath", "Hollin", "Iris", "Juniper", "Kestrel", "Larch", "Linden", "Maple", "Moss", "Oak", "Osier", "Pebble",
    "Quarry", "Reed", "Rowan", "Sedge", "Slate", "Spruce", "Thorn", "Willow",
)  # fmt: skip
TRADES = (
    "Joinery", "Fittings", "Metalworks", "Plumbing", "Electrics", "Interiors", "Workshop", "Builders", "Machinery",
    "Supplies",
)  # fmt: skip


@dataclass(frozen=True)
class Customers:
    """Traits of n customers, each an array (n,).

    `bond` 0 to 1: how little a customer would like to leave. `start`, `end`: days of the history between which it
    buys; before 0 and after the last day where the history does not see it. `fading` days before `end` over which
    it lets go, 0 for those who go from one day to the next. `rate` orders a day when fully engaged. `evenness`:
    shape of the gamma distributed gaps. `size`: pieces against the usual; `basket`: lines an order; `repertoire`:
    articles it starts with; `curiosity`: articles added a year; `discount` share; `portal`: share ordered online.
    """

    name: npt.NDArray[np.object_]
    bond: Floats
    start: Floats
    end: Floats
    fading: Floats
    rate: Floats
    evenness: Floats
    size: Floats
    basket: Floats
    repertoire: Ints
    curiosity: Floats
    discount: Floats
    portal: Floats


def draw_customers(random: np.random.Generator, count: int, days: int, first_number: int) -> Customers:
    """Draw `count` customers of a history of `days` days, numbered from `first_number`."""
    bond = random.beta(1.6, 1.6, count)
    start, end = _lives(random, bond, days)
    fades = random.random(count) < 0.75
    return Customers(
        name=_names(random, count, first_number),
        bond=bond,
        start=start,
        end=end,
        fading=np.where(fades, random.uniform(120, 540, count), 0.0),
        rate=1 / np.exp(random.normal(np.log(24), 0.85, count) - 0.4 * (bond - 0.5)),
        evenness=random.uniform(0.6, 1.4, count) + 1.6 * bond,
        size=np.exp(random.normal(0, 0.8, count)),
        basket=1 + random.gamma(2.0, 1.4, count),
        repertoire=np.clip(random.poisson(5 + 12 * bond), 2, 40),
        curiosity=random.gamma(1.0 + 3 * bond, 1.6),
        discount=np.clip(random.normal(0.12 - 0.06 * bond, 0.05, count), 0, 0.3).round(2),
        portal=np.clip(random.beta(2, 2, count) * (0.3 + 0.7 * bond), 0, 1),
    )


def _lives(random: np.random.Generator, bond: Floats, days: int) -> tuple[Floats, Floats]:
    """Half are there when the history begins; the rest come evenly. The bond decides how long they stay."""
    count = bond.size
    early = random.random(count) < 0.5
    start = np.where(early, -random.exponential(400, count), random.uniform(0, days, count))
    stay = random.exponential(np.exp(6.5 + 2.4 * bond))
    return start, np.where(early, 0, start) + stay


def _names(random: np.random.Generator, count: int, first_number: int) -> npt.NDArray[np.object_]:
    """Invented, of letters, spaces and digits only."""
    words, trades = np.array(WORDS, dtype=object), np.array(TRADES, dtype=object)
    numbers = np.array([f" {number:05d}" for number in range(first_number, first_number + count)], dtype=object)
    picked = words[random.integers(0, words.size, count)] + " " + trades[random.integers(0, trades.size, count)]
    names: npt.NDArray[np.object_] = picked + numbers
    return names
