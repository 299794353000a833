"""Whom each play helps, as a page to read: what tells customers apart, how well, and whom to leave in peace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd
from scipy import stats

from models.decision.qini import TOPS
from models.decision.uplift import MODIFIERS, SURE, Uplift
from pipeline.markdown import table
from pipeline.outcomes.outcomes import Judged
from pipeline.outcomes.whom import Whom
from pipeline.outcomes.wording import points, share


def whom_lines(found: Judged) -> Iterator[str]:
    """The lines of this part of the page."""
    if found.note:
        yield f"The risk before the first campaign is not known: {found.note}"
    if not found.whom:
        yield "No play was randomised and has a known outcome, so nothing can be learned of whom it helps."
    for each in found.whom:
        yield f"* **{each.play}**, {each.customers:,} randomised customers: {each.verdict()}."
    judged = [each for each in found.whom if each.contest is not None]
    if judged:
        yield from _today(found.gain)
        yield from _modifiers(judged)
        yield from _rankings(judged)
        yield from _dogs(judged)


def _today(gain: pd.DataFrame) -> Iterator[str]:
    yield ""
    for play, rows in gain.groupby("play"):
        advised, harmed = int(rows["advised"].sum()), int(rows["harmed"].sum())
        yield (
            f"* **{play}**: of {len(rows):,} customers today {advised:,} can be counted on to gain by it, and "
            f"{harmed:,} are likelier to be driven away than kept."
            f"{'' if advised else ' Do not use it to keep anybody.'}"
        )
    yield ""
    yield f"*Counted on*: treating makes the customer likelier to stay, with a chance of {SURE:.0%}. Of others it is"
    yield "not known. `moorings score` proposes no play to customers likelier to be driven away by it, and, once"
    yield "there were lots enough to show 3 points, to nobody but those counted on. Names are in gains.parquet. These"
    yield "chances move together: where lots told the mean effect too high, fewer of them gain than it says. In six"
    yield "simulated trials whose truth is known, 65% to 95% of those counted on did."


def _modifiers(judged: Sequence[Whom]) -> Iterator[str]:
    yield ""
    yield "What changes the effect, from how lots moved orders and leaving together:"
    yield ""
    rows = [[each.play, *_where(each.model), _way(each.model)] for each in judged if each.model is not None]
    yield from table(["play", "helps more where this is high", "helps less where this is high", "told apart by"], rows)


def _where(model: Uplift) -> tuple[str, str]:
    """What makes the effect larger, and smaller, as far as it is sure, the surest first."""
    ratio = {name: slope / error for name, (slope, error) in model.modifiers.slopes().items() if error > 0}
    sure = float(stats.norm.ppf(SURE))
    more = sorted((name for name in ratio if ratio[name] > sure), key=lambda name: -ratio[name])
    less = sorted((name for name in ratio if ratio[name] < -sure), key=lambda name: ratio[name])
    return _named(more), _named(less)


def _named(names: Sequence[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names) or "nothing sure"


def _way(model: Uplift) -> str:
    return "a line through these" if model.way == MODIFIERS else "boosted trees"


def _rankings(judged: Sequence[Whom]) -> Iterator[str]:
    heads = ["play", "ranked by", "Qini area", *(f"uplift of the best {top:.0%}" for top in TOPS)]
    yield ""
    yield "How well a ranking finds those whom the play helps, by lots that it had not seen. The uplift is by how many"
    yield "points fewer of the best leave when treated; a ranking that knows nothing has a Qini area of 0:"
    yield ""
    yield from table(heads, _ranked(judged))
    yield ""
    for each in judged:
        yield f"![Qini curve: {each.play}]({each.picture})"


def _ranked(judged: Iterable[Whom]) -> Iterator[list[object]]:
    for each in judged:
        if each.contest is not None:
            for ranking, area in each.contest.areas.items():
                tops = [points(each.contest.tops[ranking][top]) for top in TOPS]
                yield [each.play, ranking, f"{area.value:.4f} [{area.low:.4f}, {area.high:.4f}]", *tops]


def _dogs(judged: Sequence[Whom]) -> Iterator[str]:
    yield ""
    yield "*Sleeping dogs* are customers likelier to be driven away than kept. What plays did to the churn of these, of"
    yield "all others, and of those counted on was measured, in points, each foreseen by a model that had not seen it:"
    yield ""
    heads = ["play", "sleeping dogs", "effect on theirs", "on that of the others", "counted on", "effect on theirs"]
    rows = [
        [each.play, share(each.harmed), points(each.harm), points(each.rest), share(each.advised), points(each.help)]
        for each in judged
    ]
    yield from table(heads, rows)
