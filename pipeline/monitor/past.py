"""Whether the past of the order lines is what exports of before say of it: a wrong delivery may be whole by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from models.explanation.sentence import NOTHING, Sentence
from pipeline.config import Config
from pipeline.export.places import store_of
from pipeline.monitor.finding import Finding
from pipeline.scoring.changed_past import MOST_GONE, MOST_OTHERWISE, Past, past_of
from pipeline.sources.store import StoreReading

GONE, OTHERWISE = "customers of the export before", "years of the export before"
FOUND = {
    GONE: "{share:.0%} of the {customers:,} customers who had ordered in the year before {cutoff} have no order before "
    "it any more",
    OTHERWISE: "{share:.0%} of the {customers:,} customers who had ordered in the year before {cutoff} did so "
    "otherwise than the export of then says",
}
CHECK = (
    "check that the delivery is whole, and not an older one; score again once it is: moorings score. Where settings "
    "say otherwise than before what counts (filters, returns, fill_down), that is why: it passes by itself"
)


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*FOUND, *FOUND.values(), CHECK]


def past(found: StoreReading, day: date, config: Config) -> Iterator[Finding]:
    """Beside the newest export before a day, and beside the newest that is a window older: the one that differs more.

    The older one holds an alarm for as long: the export of tonight tells the same as the delivery of tonight.
    """
    store = store_of(config)
    renamed = found.reading.renamed
    looked = [past_of(found.store, day, store, renamed, days) for days in (1, config.monitor.window_days)]
    there = [each for each in looked if each is not None]
    if there:
        yield _finding(GONE, max(there, key=lambda each: (each.lost, each.share_gone)))
        yield _finding(OTHERWISE, max(there, key=lambda each: (each.rewritten, each.share_otherwise)))


def _finding(subject: str, past: Past) -> Finding:
    gone = subject == GONE
    share, limit = (past.share_gone, MOST_GONE) if gone else (past.share_otherwise, MOST_OTHERWISE)
    alarm = past.lost if gone else past.rewritten
    customers = past.customers if gone else past.customers - past.gone
    what = Sentence(FOUND[subject], share=share, customers=customers, cutoff=past.cutoff)
    return Finding(Sentence(subject), what, round(share, 4), limit, alarm, Sentence(CHECK) if alarm else NOTHING)
