"""What things are called: invented customers, orders and contacts, of letters, digits, spaces and dashes only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.simulate.calendar import Ints

WORDS = (
    "Alder", "Birch", "Brook", "Cedar", "Clover", "Copper", "Dale", "Elm", "Fern", "Flint", "Garnet", "Hazel",
    "Heath", "Hollin", "Iris", "Juniper", "Kestrel", "Larch", "Linden", "Maple", "Moss", "Oak", "Osier", "Pebble",
    "Quarry", "Reed", "Rowan", "Sedge", "Slate", "Spruce", "Thorn", "Willow",
)  # fmt: skip
TRADES = (
    "Joinery", "Fittings", "Metalworks", "Plumbing", "Electrics", "Interiors", "Workshop", "Builders", "Machinery",
    "Supplies",
)  # fmt: skip
MANAGERS = (
    "N. Abel", "R. Brandt", "S. Cole", "T. Doyle", "M. Ekholm", "J. Faber", "L. Grant", "P. Huber", "E. Ivers",
    "K. Jansen", "A. Keller", "D. Lund",
)  # fmt: skip
"""Those who look after customers: as many in each region."""
MIXING = 2_654_435_761
"""Knuth's multiplier: neighbouring numbers get unlike names, and the same number always the same one."""


def customer_ids(number: Ints) -> pa.Array:
    """What the customers are called, by their number in the world: `Copper Workshop 00856`."""
    mixed = number * MIXING % 2**32 >> 8
    words = labels(WORDS, mixed % len(WORDS))
    trades = labels(TRADES, mixed // len(WORDS) % len(TRADES))
    digits = pc.utf8_lpad(pa.array(number).cast(pa.string()), 5, "0")
    return pc.binary_join_element_wise(words, trades, digits, " ")


def trade(number: Ints) -> Ints:
    """The place of each customer's trade in `TRADES`."""
    found: Ints = (number * MIXING % 2**32 >> 8) // len(WORDS) % len(TRADES)
    return found


def numbered(prefix: str, number: Ints, width: int = 7) -> pa.Array:
    """Codes such as `A003-0000017` for a prefix and numbers."""
    return pc.binary_join_element_wise(prefix, pc.utf8_lpad(pa.array(number).cast(pa.string()), width, "0"), "-")


def labels(names: tuple[str, ...], codes: npt.NDArray[np.integer]) -> pa.Array:
    """The names that the codes stand for."""
    return pa.array(names).take(pa.array(codes))
