"""Whom each play helps, as a page to read: what tells customers apart, how well, and whom to leave in peace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

import pandas as pd
from scipy import stats

from models.decision.lots import PRIOR
from models.decision.qini import TOPS
from models.decision.uplift import MODIFIERS, SURE, Uplift
from models.explanation.language import Language
from pipeline.markdown import table
from pipeline.outcomes.outcomes import Judged
from pipeline.outcomes.whom import Whom
from pipeline.outcomes.wording import points, share

SAID = {
    "no risk": "The risk before the first campaign is not known: {why}",
    "nobody": "No play was randomised and has a known outcome, so nothing can be learned of whom it helps.",
    "verdict": "**{play}**, {customers:,} randomised customers: {verdict}.",
    "today": "**{play}**: of {customers:,} customers today {advised:,} can be counted on to gain by it, and {harmed:,} "
    "are likelier to be driven away than kept.",
    "not to keep": "Do not use it to keep anybody.",
    "too few": "There were too few lots to tell yet: where you use it, hold some of the customers out by lot.",
    "counted on": "*Counted on*: treating makes the customer likelier to stay, with a chance of {sure:.0%}. Of others "
    "it is not known. `moorings score` proposes no play to customers likelier to be driven away by it, and, once there "
    "were lots enough to show 3 points, to nobody but those counted on. Names are in gains.parquet. These chances move "
    "together: where lots told the mean effect too high, fewer of them gain than it says. In six simulated trials "
    "whose truth is known, 65% to 95% of those counted on did.",
    "modifiers": "What changes the effect, from how lots moved orders and leaving together:",
    "nothing sure": "nothing sure",
    "line": "a linear model",
    "trees": "boosted trees",
    "rankings": "How well a ranking finds those whom the play helps, by lots that it had not seen. The uplift is by "
    "how many points fewer of the best leave when treated; a ranking that knows nothing has a Qini area of 0:",
    "uplift": "uplift of the best {top:.0%}",
    "picture": "Qini curve: {play}",
    "pictured": "Along a curve, more and more customers are treated, those that its ranking puts first before the "
    "others (share of customers treated); its height is how many of 1,000 customers stay because of it (saved of 1,000 "
    "customers). The dashed line is treating customers picked blindly: a ranking is worth what lies between.",
    "dogs": "*Sleeping dogs* are customers likelier to be driven away than kept. What plays did to the churn of these, "
    "of all others, and of those counted on was measured, in points, each foreseen by a model that had not seen it:",
}
MODIFIED = ("play", "helps more where this is high", "helps less where this is high", "told apart by")
RANKED = ("play", "ranked by", "Qini area")
DOGS = ("play", "sleeping dogs", "effect on theirs", "on that of the others", "counted on", "effect on theirs")
NAMES: Mapping[str, str] = {
    PRIOR: "risk of leaving before",
    "days_since_last_order": "days since the last order",
    "spend_365d": "spend of the last year",
    "tenure_days": "days since the first order",
    "order_days_90d": "order days in 90 days",
    "order_days_365d": "order days in a year",
    "investment_index": "investment index",
    "risk_index": "risk index",
    "relational_index": "relational index",
    "value_index": "value index",
    "pressure_index": "pressure index",
    "alternatives_index": "alternatives index",
    "strength_index": "strength index",
}
"""What effects may depend on, as people say it; what is not here is called by its name."""


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*SAID.values(), *MODIFIED, *RANKED, *DOGS, *NAMES.values()]


def whom_lines(found: Judged, language: Language) -> Iterator[str]:
    """The lines of this part of the page."""
    if found.note:
        yield language.text(SAID["no risk"]).format(why=found.note.said(language))
    if not found.whom:
        yield language.text(SAID["nobody"])
    for each in found.whom:
        words = {"play": language.text(each.play), "verdict": each.verdict().said(language)}
        yield f"* {language.say(SAID['verdict'], customers=each.customers, **words)}"
    judged = [each for each in found.whom if each.contest is not None]
    if judged:
        yield from _today(found.gain, {each.play for each in judged if each.enough}, language)
        yield from _modifiers(judged, language)
        yield from _rankings(judged, language)
        yield from _dogs(judged, language)


def _today(gain: pd.DataFrame, enough: Set[str], language: Language) -> Iterator[str]:
    """Whom each play would help today; `enough` are the plays with lots enough to tell."""
    yield ""
    for play, rows in gain.groupby("play"):
        counts = {name: int(rows[name].sum()) for name in ("advised", "harmed")}
        said = [language.say(SAID["today"], play=language.text(str(play)), customers=len(rows), **counts)]
        if not counts["advised"]:
            said.append(language.text(SAID["not to keep" if play in enough else "too few"]))
        yield f"* {language.sentences(said)}"
    yield ""
    yield language.say(SAID["counted on"], sure=SURE)


def _modifiers(judged: Sequence[Whom], language: Language) -> Iterator[str]:
    yield ""
    yield language.text(SAID["modifiers"])
    yield ""
    rows = [
        [language.text(each.play), *_where(each.model, language), _way(each.model, language)]
        for each in judged
        if each.model is not None
    ]
    yield from table(list(map(language.text, MODIFIED)), rows)


def _where(model: Uplift, language: Language) -> tuple[str, str]:
    """What makes the effect larger, and smaller, as far as it is sure, the surest first."""
    ratio = {name: slope / error for name, (slope, error) in model.modifiers.slopes().items() if error > 0}
    sure = float(stats.norm.ppf(SURE))
    more = sorted((name for name in ratio if ratio[name] > sure), key=lambda name: -ratio[name])
    less = sorted((name for name in ratio if ratio[name] < -sure), key=lambda name: ratio[name])
    return _named(more, language), _named(less, language)


def _named(names: Sequence[str], language: Language) -> str:
    named = [NAMES.get(name, name.replace("_", " ")) for name in names]
    return language.listed(named) or language.text(SAID["nothing sure"])


def _way(model: Uplift, language: Language) -> str:
    return language.text(SAID["line" if model.way == MODIFIERS else "trees"])


def _rankings(judged: Sequence[Whom], language: Language) -> Iterator[str]:
    tops = [language.say(SAID["uplift"], top=top) for top in TOPS]
    yield ""
    yield language.text(SAID["rankings"])
    yield ""
    yield from table([*map(language.text, RANKED), *tops], _ranked(judged, language))
    yield ""
    for each in judged:
        yield f"![{language.text(SAID['picture']).format(play=language.text(each.play))}]({each.picture})"
    yield ""
    yield language.text(SAID["pictured"])


def _ranked(judged: Iterable[Whom], language: Language) -> Iterator[list[object]]:
    for each in judged:
        if each.contest is not None:
            for ranking, area in each.contest.areas.items():
                tops = [points(each.contest.tops[ranking][top]) for top in TOPS]
                shown = f"{area.value:.4f} [{area.low:.4f}, {area.high:.4f}]"
                yield [language.text(each.play), language.text(ranking), shown, *tops]


def _dogs(judged: Sequence[Whom], language: Language) -> Iterator[str]:
    yield ""
    yield language.text(SAID["dogs"])
    yield ""
    rows = [
        [
            language.text(each.play),
            *(share(each.harmed), points(each.harm), points(each.rest)),
            *(share(each.advised), points(each.help)),
        ]
        for each in judged
    ]
    yield from table(list(map(language.text, DOGS)), rows)
