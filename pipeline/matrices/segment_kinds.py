"""The kinds of customer that a model is looked at among: size, tenure, evidence, what is known, and region."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from features.history import History
from features.indices import INDICES
from pipeline.matrices.dataset import Dataset

Names = npt.NDArray[np.str_]
YEAR = 365
THIRDS = ("1 smallest third", "2 middle third", "3 largest third")
TENURES = ("1 under a year", "2 one to three years", "3 three years or more")
EVIDENCE = ("1 under 10 order days", "2 10 to 29 order days", "3 30 order days or more")
KNOWN = ("1 under half known", "2 half to three quarters known", "3 three quarters known or more")
"""Of the features that indices are made of, the share that is not null: what other tables tell of the customer."""
PARTS = frozenset(part for index in INDICES for part in index.parts)
MOST_REGIONS = 12
"""The largest regions; more would be a table nobody reads."""


KINDS = ("size", "tenure", "evidence", "known", "region")


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*KINDS, *THIRDS, *TENURES, *EVIDENCE, *KNOWN]


def segment_kinds(data: Dataset, regions: Mapping[str, str]) -> dict[str, Names]:
    """By kind, what each row (n,) is; "" where not known. Kinds that are known of nobody are left out.

    Args:
        data: rows.
        regions: by customer.
    """
    known = {name: data.column(name) for name in ("spend_365d", "tenure_days", "order_days_ever") if name in data.names}
    found = {
        "size": _by_thirds(known.get("spend_365d")),
        "tenure": _between(known.get("tenure_days"), (YEAR, 3 * YEAR), TENURES),
        "evidence": _between(known.get("order_days_ever"), (10, 30), EVIDENCE),
        "known": _between(_share_known(data), (0.5, 0.75), KNOWN),
        "region": _largest(np.array([regions.get(str(who), "") for who in data.customer_id], dtype=np.str_)),
    }
    return {kind: values for kind, values in found.items() if values is not None and (values != "").any()}


def _share_known(data: Dataset) -> npt.NDArray[np.float64] | None:
    """The share of the parts of indices that is not null, (n,); None where it is the same of everybody."""
    places = [place for place, name in enumerate(data.names) if name in PARTS]
    if not places or not len(data):
        return None
    known = sum((~np.isnan(data.values[:, place])).astype(np.float64) for place in places)
    share = np.asarray(known) / len(places)
    return None if (share == share[0]).all() else share


def _by_thirds(column: npt.NDArray[np.float64] | None) -> Names | None:
    if column is None or np.isnan(column).all():
        return None
    edges = np.nanquantile(column, [1 / 3, 2 / 3])
    return _between(column, tuple(edges), THIRDS)


def _between(column: npt.NDArray[np.float64] | None, edges: tuple[float, ...], names: tuple[str, ...]) -> Names | None:
    """The name of the span that each value lies in; an edge belongs to the span above it."""
    if column is None:
        return None
    named = np.array(names)[np.searchsorted(edges, column, side="right").clip(0, len(names) - 1)]
    return np.where(np.isnan(column), "", named)


def _largest(values: Names) -> Names:
    """The values, with all but the most frequent made ""."""
    names, counts = np.unique(values[values != ""], return_counts=True)
    kept = names[np.argsort(-counts, kind="stable")[:MOST_REGIONS]]
    return np.where(np.isin(values, kept), values, "")


def regions_of(history: History) -> dict[str, str]:
    """The last known region of each customer; empty without a table of customers that holds regions."""
    table = history.optional.get("customers")
    if table is None or "region" not in table.column_names:
        return {}
    chosen = table.select([name for name in ("customer_id", "region", "valid_from") if name in table.column_names])
    ordered = chosen.sort_by("valid_from") if "valid_from" in chosen.column_names else chosen
    pairs = zip(ordered.column("customer_id").to_pylist(), ordered.column("region").to_pylist(), strict=True)
    return {str(who): str(where) for who, where in pairs if where is not None}
