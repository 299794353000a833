"""Where the eligible customers of one cutoff stand: from features, probabilities and indices to a `Standing`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from features.engine.plan import Matrix
from features.engine.store import LineStore, day_number
from features.evidence import tables_known
from features.indices import INDICES, index_values
from features.peers import PeerGroups
from models.decision.standing import Standing
from models.decision.states import percentile
from models.evaluation.profit import Offer, least_probability
from pipeline.config import Config
from pipeline.matrices.dataset import picked
from pipeline.standing.index_rows import peer_groups
from pipeline.standing.values import margin_of

Array = npt.NDArray[np.float64]
NEW_BUSINESS = ("categories_first_bought_and_repeated_365d", "products_first_bought_and_repeated_365d")
"""Features above 0 where a customer took up something new and stayed with it: by category, where there are any. Single
new articles are no expansion: who buys much always tries some."""
SETTLED = 365 + 180
"""Days since the first order before which all that is bought is new: it settles in for half a year, and only what is
taken up in the year after that is an expansion. Ours, untested."""
TENURE = "tenure_days"
PLEDGES = "pledge_balance"
READ = {"investment": "investment_index", "risk": "risk_index", "value": "value_index", "pressure": "pressure_index"}


def standing_of(store: LineStore, matrix: Matrix, churn: Array, propensity: Array | None, config: Config) -> Standing:
    """The standing of the eligible customers of a matrix at one cutoff.

    Args:
        store: with the attributes that peers are found by.
        matrix: features at one cutoff, n eligible rows.
        churn: probability, (n,).
        propensity: of partnership, (n,); None where nothing predicts it.
        config: assumptions about offers, margin, planning period.
    """
    indices = read_indices(store, matrix, peer_groups(store, matrix))
    likely = np.full(churn.size, np.nan) if propensity is None else propensity
    further = bool(tables_known(store, day_number(matrix.cutoffs[0])))
    return Standing(
        churn=churn,
        act_above=act_above(store, matrix, config),
        propensity=likely,
        propensity_rank=percentile(likely),
        base_rate=np.full(churn.size, np.nan if propensity is None or not likely.size else float(likely.mean())),
        pledge_balance=column(matrix, PLEDGES),
        expands=expands(matrix),
        beyond_order_lines=np.full(churn.size, further),
        **indices,
    )


def expands(matrix: Matrix) -> npt.NDArray[np.bool_]:
    """Whether each eligible customer took up new business within 365 days, (n,); none that settles in has."""
    by_category, by_product = (column(matrix, name) for name in NEW_BUSINESS)
    taken_up = np.where(np.isnan(by_category).all(), by_product, by_category) > 0
    settled: npt.NDArray[np.bool_] = ~(column(matrix, TENURE) < SETTLED)
    return taken_up & settled


def read_indices(store: LineStore, matrix: Matrix, peers: PeerGroups) -> dict[str, Array]:
    """The indices that states rest on and their coverage, (n,) each, by their names in `Standing`."""
    declared = {index.name: index for index in INDICES}
    found: dict[str, Array] = {}
    for name, index in READ.items():
        found[name], found[f"{name}_coverage"] = index_values(declared[index], matrix.values, matrix.names, peers)
    return found


def act_above(store: LineStore, matrix: Matrix, config: Config) -> Array:
    """The chance of leaving above which the usual offer pays for itself, (n,); without amounts, but for the contact.

    Infinite for who brings no margin: no offer pays.
    """
    value, offer = margin_of(store, matrix, config.scoring), usual_offer(config)
    free = least_probability(np.ones(value.size), replace(offer, contact_cost=0.0))
    return np.where(np.isnan(value), free, least_probability(value, offer))


def usual_offer(config: Config) -> Offer:
    """The offer that the configuration assumes."""
    return Offer(config.profit.acceptance, config.profit.incentive_share, config.profit.contact_cost)


def column(matrix: Matrix, name: str) -> Array:
    """A feature of the eligible (n,), NaN where it is not built."""
    if name not in matrix.names:
        return np.full(len(matrix.values), np.nan)
    return matrix.values[:, matrix.names.index(name)].astype(np.float64)


def at_cutoff(matrix: Matrix, place: int) -> Matrix:
    """The rows of one of several cutoffs, by its place among them."""
    spine = matrix.spine
    rows = spine.cutoff == place
    kept = replace(
        spine, customer=spine.customer[rows], cutoff=np.zeros_like(spine.cutoff[rows]), status=spine.status[rows]
    )
    values = picked(matrix.values, rows[spine.eligible])
    return Matrix(kept, (matrix.cutoffs[place],), matrix.names, values)
