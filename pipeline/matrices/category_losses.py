"""Which categories a customer stopped buying, by name: in the outcome window of partial churn, and up to a cutoff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.engine.line_columns import coded
from features.engine.store import LineStore, day_number
from models.event_rows import Asked, Longs, rows_of_lines, sums
from models.explanation.language import Language
from models.order_acts import category_outcomes
from pipeline.config import Config
from pipeline.matrices.dataset import Dataset
from pipeline.matrices.tasks import Task

SEPARATOR = "; "
LOST = "Stopped buying {category}: nothing in the last {days} days, {share:.0%} of its spend in the year before."


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
            listed[seen.asked[row]].append(str(names[1][seen.category[row]]))
    found[known] = [SEPARATOR.join(texts) for texts in listed]
    return found


def category_names(lines: pa.Table) -> npt.NDArray[np.object_] | None:
    """The names of categories by the codes of a store of these lines; None without categories, or without lines."""
    found = coded(lines, "category") if lines.num_rows else None
    return None if found is None else found[1]


@dataclass(frozen=True)
class Loss:
    """What makes a category lost: worth `share` of the spend of a year, nothing bought in the `days` after it."""

    share: float
    days: int

    def up_to(self, cutoff: date, customer: Longs) -> Asked:
        """Customers (n,), asked what they lost before a cutoff."""
        closes = np.full(customer.size, day_number(cutoff), dtype=np.int64)
        return Asked(customer, closes - self.days, closes - self.days, closes)


def lost_sentences(
    store: LineStore, names: npt.NDArray[np.object_], customer: Longs, cutoff: date, loss: Loss, language: Language
) -> list[str]:
    """For each customer (n,) that still orders: the largest category it no longer buys, in words; "" where none.

    Of a customer that ordered nothing in these days, its silence says it all: "".

    Args:
        store: what was known before the cutoff.
        names: of categories, by code.
        customer: codes (n,), each once.
        cutoff: the day after the last that is looked at.
        loss: what makes a category lost.
        language: of the sentences.

    Source: partial defection by category (Buckinx & Van den Poel 2005); what counts as lost is ours, untested.
    """
    found = [""] * customer.size
    if store.cents is None:
        return found
    theirs = np.repeat(np.isin(np.arange(store.customers), customer), np.diff(store.offsets))
    lines, asked = rows_of_lines(store.select(theirs)), loss.up_to(cutoff, customer)
    still = sums(lines, np.ones(lines.customer.size), asked.after()) > 0
    seen = category_outcomes(lines, asked, loss.share)
    for row in np.argsort(seen.share, kind="stable"):  # the largest last, and so kept
        category = names[seen.category[row]]
        if seen.stopped[row] and still[seen.asked[row]]:
            told = {"category": category, "days": loss.days, "share": float(seen.share[row])}
            found[seen.asked[row]] = language.text(LOST).format(**told)
    return found


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [LOST]
