"""Which categories a customer stopped buying: the category level of partial churn, by name."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.engine.store import LineStore, coded
from models.event_rows import Asked, rows_of_lines
from models.order_acts import category_outcomes
from pipeline.config import Config
from pipeline.dataset import Dataset, Task

SEPARATOR = "; "


def stopped_categories(
    data: Dataset, task: Task, lines: pa.Table, store: LineStore, config: Config
) -> npt.NDArray[np.object_]:
    """The categories worth their share of the year's spend that were not bought in the outcome window, as text (rows,).

    Separated by "; ", the largest first; "" where none stopped, None where that is not known: the label is immature, or
    there are no categories.

    Args:
        data: whom and when is asked about.
        task: partial churn, and its window.
        lines: the order lines, for the names of categories.
        store: the same, sorted, with hindsight.
        config: the share of the spend that makes a category matter.
    """
    found = np.full(len(data), None, dtype=object)
    names = coded(lines, "category")
    if names is None or store.cents is None:
        return found
    known = np.flatnonzero(~np.isnan(data.acts["category_stopped"]))
    days = data.cutoff[known].astype("datetime64[D]").astype(np.int64)
    opens = days + task.window.gap_days
    asked = Asked(data.customer[known].astype(np.int64), days, opens, opens + task.window.horizon_days)
    seen = category_outcomes(rows_of_lines(store), asked, config.churn.category_share)
    listed: list[list[str]] = [[] for _ in known]
    for row in np.argsort(-seen.share, kind="stable"):
        if seen.stopped[row]:
            listed[seen.asked[row]].append(str(names[1][seen.category[row]] or "no category"))
    found[known] = [SEPARATOR.join(texts) for texts in listed]
    return found
