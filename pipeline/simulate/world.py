"""A world, block by block: every purpose has a random stream of its own, so that nothing depends on anything else.

The number of customers of one block changes no other block; asking for the truth, for other cutoffs or for fewer tables
changes no table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from pipeline.simulate.block import Block
from pipeline.simulate.calendar import Calendar, draw_calendar, past_campaigns
from pipeline.simulate.catalogue import Catalogue, draw_catalogue, draw_repertoires
from pipeline.simulate.choice import PLAYS
from pipeline.simulate.course import live
from pipeline.simulate.lines import draw_lines
from pipeline.simulate.orders import Events, OrderBook, draw_promises
from pipeline.simulate.parameters import Parameters
from pipeline.simulate.parameters_tables import TableParameters
from pipeline.simulate.population import draw_population
from pipeline.simulate.tables_contacts import interactions
from pipeline.simulate.tables_customers import customers, treatments
from pipeline.simulate.tables_market import quotes, wallet
from pipeline.simulate.tables_orders import deliveries, order_lines
from pipeline.simulate.tables_pledges import contracts, investments
from pipeline.simulate.truth import Window
from pipeline.simulate.truth_table import truth, weeks_before
from pipeline.simulate.worth import Stakes, usual_stakes

Teller = Callable[[np.random.Generator, Block], pa.Table]

TELLERS: Mapping[str, Teller] = {
    "order_lines": order_lines,
    "customers": customers,
    "interactions": interactions,
    "contracts": contracts,
    "investments": investments,
    "deliveries": deliveries,
    "quotes": quotes,
    "wallet": wallet,
    "treatments": treatments,
}
STREAMS = ("calendar", "catalogue", "population", "lives", "events", "repertoires", "lines", *TELLERS, "promises")
CUSTOMERS_A_BLOCK = 10_000
DEFAULT_WINDOW = Window(14, 90)


@dataclass(frozen=True)
class World:
    """What a world is made of.

    `days` of history end on 2024-06-30. `cutoffs`, `window`, `paths` (courses a customer) and `stakes` are those of the
    truth.
    """

    seed: int
    customers: int
    days: int
    of: Parameters = field(default_factory=Parameters)
    tells: TableParameters = field(default_factory=TableParameters)
    window: Window = DEFAULT_WINDOW
    cutoffs: tuple[date, ...] = ()
    paths: int = 12
    stakes: Stakes = field(default_factory=usual_stakes)

    def stream(self, purpose: str, block: int = 0) -> np.random.Generator:
        """The random numbers of a purpose in a block."""
        key = (STREAMS.index(purpose), block)
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))

    @property
    def calendar(self) -> Calendar:
        """The calendar of the history and of the truth's windows."""
        ahead = self.window.gap + self.window.horizon
        plays = self.of.plays
        campaigns = past_campaigns(plays.campaigns, (plays.only,) if plays.only else PLAYS)
        return draw_calendar(self.stream("calendar"), self.days, self.of.course.warm_up, ahead, campaigns)

    @property
    def blocks(self) -> range:
        """The numbers of the blocks."""
        return range(-(-self.customers // CUSTOMERS_A_BLOCK))


def blocks(world: World) -> Iterator[tuple[int, Block, Events]]:
    """The blocks of a world, one after another, each with the events behind its orders."""
    calendar, catalogue = world.calendar, draw_catalogue(world.stream("catalogue"))
    for number in world.blocks:
        yield number, *_block(world, number, calendar, catalogue)


def _block(world: World, number: int, calendar: Calendar, catalogue: Catalogue) -> tuple[Block, Events]:
    first = number * CUSTOMERS_A_BLOCK
    count = min(CUSTOMERS_A_BLOCK, world.customers - first)
    hidden = draw_population(world.stream("population", number), count, first, calendar, world.of)
    keep = [week for cutoff in world.cutoffs for week in weeks_before(calendar.day(cutoff))]
    book = OrderBook(world.stream("events", number), hidden, calendar)
    lives = live(world.stream("lives", number), book, hidden, calendar, world.of, keep)
    orders, goods = book.orders(), world.tells.goods
    repertoire = draw_repertoires(world.stream("repertoires", number), hidden, goods.taken_once)
    lines = draw_lines(world.stream("lines", number), hidden, lives, orders, repertoire, catalogue, goods)
    promised = draw_promises(world.stream("promises", number), orders, world.tells.service.lead)
    told = Block(
        f"{number:03d}", calendar, world.of, world.tells, hidden, lives, orders, promised, lines, repertoire, catalogue
    )
    return told, book.events()


def tell(world: World, number: int, block: Block, table: str) -> pa.Table:
    """One table of a block, sorted as its stream told it."""
    return TELLERS[table](world.stream(table, number), block)


def reveal(world: World, number: int, block: Block, events: Events, cutoff: date) -> pa.Table:
    """The truth of a block at a cutoff, without states. The same cutoff has the same truth whatever else is asked."""
    random = np.random.default_rng([world.seed, number, cutoff.toordinal()])
    return truth(random, block, events, cutoff, world.window, world.paths, world.stakes)
