"""Attempts and actions made by hand: everybody eligible on the first day of every campaign, with what came of them."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.matrices.dataset import Dataset
from pipeline.outcomes.actions import Actions
from pipeline.outcomes.attempts import Attempts

SPAN = 74


def attempts_of(customers: int, days: Iterable[int] = (100,), **came: npt.ArrayLike) -> Attempts:
    """Customers 0, 1, ... on each day, by customer, then day; what is not said is the same for all: nobody left."""
    starts = np.array(list(days))
    whose = np.repeat(np.arange(customers, dtype=np.int32), starts.size)
    cutoff = np.tile(starts, customers).astype("datetime64[D]")
    known = {name: np.zeros(whose.size) for name in ("risk", "orders", "spend", "margin", "usual", "label", "feature")}
    known |= {name: np.broadcast_to(np.asarray(value, dtype=float), whose.size) for name, value in came.items()}
    label, feature = (known.pop(name).astype(np.float32) for name in ("label", "feature"))
    names = np.array([f"c{number:03d}" for number in whose], dtype=object)
    data = Dataset(names, whose, cutoff, ("feature",), feature[:, None], label, cutoff + SPAN)
    modifiers = known["risk"].astype(np.float32)[:, None]
    return Attempts(data, **known, modifiers=modifiers, modifier_names=("risk_before",), span=SPAN)


def actions_of(
    *campaigns: tuple[str, int, Mapping[int, bool]],
    cost: Mapping[int, float] | None = None,
    contradictory: dict[tuple[str, int], int] | None = None,
) -> Actions:
    """Campaigns: play, first day, and by customer whether treated. An action costs 1 where nothing else is said."""
    costs = cost or {}
    rows = [
        (customer, play, started, treated, costs.get(customer, 1.0))
        for play, started, whom in campaigns
        for customer, treated in whom.items()
    ]
    table = pd.DataFrame(rows, columns=["customer", "play", "started", "treated", "cost"])
    return Actions(table.assign(done=table["treated"]), contradictory or {})
