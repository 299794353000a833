"""The truth as a table: one row per customer known at a cutoff. It is written apart: no configuration reads it.

| column | unit | meaning |
|---|---|---|
| customer_id, cutoff | | whom and when: `[cutoff + gap_days, cutoff + gap_days + horizon_days)` is watched |
| gap_days, horizon_days | days | the outcome window |
| silence | probability | no order with a positive amount in the window, given the hidden state before the cutoff |
| silence_error | probability | standard error of `silence` over the courses drawn |
| call, discount, repair | probability | what the play, begun at the cutoff, adds to `silence`; above 0 it does harm |
| margin | currency | expected of the planning period if it stays, by the states of the year |
| act_above | probability | of silence, from which on the usual offer pays for the margin: the product's rule |
| eligible | | three order days or more, one of them within the year: states compare these with each other |
| trade, region | | places in the lists of both: who is like whom, for states |
| mode | | staying, cooling, gone or paused |
| value, alternative | utils | what staying gives, mean of the year; what the alternative offers |
| cost_investment, cost_risk | utils | what leaving would abandon; what the replacement might not deliver |
| pressure | utils | own price over the peers', and a bad time of the service that it met; mean of the year |
| propensity | articles a year | what the customer would newly take up; mean of the year |
| propensity_rise | articles a year | the same at the last quarter's end, less the mean of the three ends before |
| pledged_share | share | of what both put in, what the supplier did; null where neither did |
| leaving | probability | of deciding to leave within a quarter, were nothing to change |
| state, captive_drifting, prospective_partner | | the rule of `states.py` on the values above |

A mean of the year is of the ends of its four quarters, the last week before the cutoff included: the state of a
relationship is not a week's mood.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.simulate.block import Block
from pipeline.simulate.calendar import WEEK, Flags, Ints
from pipeline.simulate.choice import MODES, PLAYS, Felt, balance, steps
from pipeline.simulate.drivers import gain
from pipeline.simulate.names import trade
from pipeline.simulate.orders import Events
from pipeline.simulate.states import Hints, states
from pipeline.simulate.truth import NOTHING, Known, Window, silence
from pipeline.simulate.worth import Stakes, act_above, expected_margin

QUARTER, QUARTERS = 13, 4
ORDER_DAYS, YEAR = 3, 365
"""The usual population: order days, and days back in which one of them lies."""
TROUBLE = 0.5
"""Utils of pressure in a bad time of the service that has let the customer down. Ours, untested."""


def week_before(cutoff: int) -> int:
    """The week of the last day before a cutoff: whose state is known at it."""
    return (cutoff - 1) // WEEK


def weeks_before(cutoff: int) -> list[int]:
    """The last weeks of the four quarters before a cutoff, the latest first."""
    return [week_before(cutoff) - QUARTER * ago for ago in range(QUARTERS)]


def truth(
    random: np.random.Generator, block: Block, events: Events, cutoff: date, window: Window, paths: int, stakes: Stakes
) -> pa.Table:
    """The truth about the customers of a block that had ordered before the cutoff; without states, see `with_states`.

    The lives have to hold the states of `weeks_before` the cutoff.
    """
    day = block.calendar.day(cutoff)
    rows = np.flatnonzero(block.first < day)
    known = _known(block, events, day, rows)
    margin = expected_margin(block, rows, weeks_before(day), stakes)
    chances, error = silence(random, known, window, block.calendar, block.of, paths=paths)
    return pa.table(
        {
            "customer_id": block.whose(rows),
            "cutoff": pa.array(np.full(rows.size, np.datetime64(cutoff)), type=pa.date32()),
            "gap_days": pa.array(np.full(rows.size, window.gap)),
            "horizon_days": pa.array(np.full(rows.size, window.horizon)),
            "silence": chances[NOTHING],
            "silence_error": error,
            **{play: chances[play] - chances[NOTHING] for play in PLAYS},
            "margin": margin,
            "act_above": act_above(margin, stakes),
            "eligible": pa.array(eligible(block, day)[rows]),
            "trade": pa.array(trade(known.hidden.number)),
            "region": pa.array(known.hidden.region),
            "mode": pa.array(MODES).take(pa.array(known.mode)),
            **_sides(known, block),
            **_over_the_year(block, day, rows),
        }
    )


def eligible(block: Block, day: int) -> Flags:
    """Whether each customer (n,) is one of whom the product would speak on `day` of the calendar."""
    orders = block.orders
    before = orders.day < day
    fresh = np.diff(orders.customer * block.calendar.end + orders.day, prepend=-1) != 0
    days = np.bincount(orders.customer[before & fresh], minlength=block.hidden.count)
    last = np.full(block.hidden.count, -YEAR - 1)
    np.maximum.at(last, orders.customer[before], orders.day[before])
    return (days >= ORDER_DAYS) & (last >= day - YEAR)


def _known(block: Block, events: Events, day: int, rows: Ints) -> Known:
    week, orders = week_before(day), block.orders
    last = (orders.day < day) & (orders.week == week)
    return Known(
        cutoff=day,
        hidden=block.hidden.take(rows),
        drivers=block.lives.states[week].take(rows),
        mode=block.lives.mode[week, rows].astype(np.int64),
        phase=events.phase_before(day, block.hidden)[rows],
        ordered=np.bincount(orders.customer[last], minlength=block.hidden.count)[rows],
    )


def _sides(known: Known, block: Block) -> dict[str, npt.NDArray[np.float64]]:
    """The hidden values behind a choice, and the chance of deciding to leave within a quarter as things are."""
    of, hidden, now = block.of, known.hidden, known.drivers
    sides = balance(hidden, now, week_before(known.cutoff), block.calendar, of)
    nothing = Felt(np.zeros(hidden.count), np.ones(hidden.count))
    leave = steps(hidden, now, sides, nothing, False, of).leave
    put_in = now.invested + now.pledged
    return {
        "alternative": sides.rivals,
        "cost_investment": sides.invested,
        "cost_risk": sides.risk,
        "pledged_share": np.divide(now.pledged, put_in, out=np.full(hidden.count, np.nan), where=put_in > 0),
        "leaving": 1 - (1 - leave) ** QUARTER,
    }


def _over_the_year(block: Block, day: int, rows: Ints) -> dict[str, npt.NDArray[np.float64]]:
    """The hidden values that a relationship is judged by, as means over the ends of the last four quarters."""
    of, hidden = block.of, block.hidden.take(rows)
    found: dict[str, list[npt.NDArray[np.float64]]] = {"value": [], "pressure": [], "propensity": []}
    for week in weeks_before(day):
        now = block.lives.states[week].take(rows)
        found["value"].append(balance(hidden, now, week, block.calendar, of).value)
        found["pressure"].append(of.utility.price * hidden.sensitivity * now.price + TROUBLE * now.met)
        found["propensity"].append(2 * hidden.curiosity * gain(now, of))
    latest, *earlier = found["propensity"]
    means = {name: np.mean(values, axis=0) for name, values in found.items()}
    return {**means, "propensity_rise": latest - np.mean(earlier, axis=0)}


def with_states(table: pa.Table) -> pa.Table:
    """The truth about everybody at one cutoff, with states, which compare customers with each other."""
    names = Hints._fields[1:]
    mode = pc.index_in(table.column("mode"), pa.array(MODES)).to_numpy()
    hints = Hints(mode, *(table.column(name).to_numpy() for name in names))
    for name, values in states(hints).items():
        table = table.append_column(name, pa.array(values))
    return table
