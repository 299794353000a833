"""Outcomes as a page to read (Markdown): effects with intervals, what is missing, promises kept, whom plays help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from models.explanation.language import ENGLISH, Language
from models.explanation.sentence import spoken
from pipeline.markdown import table
from pipeline.outcomes.findings import Finding
from pipeline.outcomes.outcomes import Judged, Outcomes
from pipeline.outcomes.overlap import CALLED
from pipeline.outcomes.page_tiers import tier_lines
from pipeline.outcomes.page_whom import whom_lines
from pipeline.outcomes.wording import money, points, points_of, share, whole

SAID = {
    "title": "{name}: what came of it, by {day}",
    "run": "Run {run}.",
    "plays": "What each play did",
    "campaigns": "What each campaign did",
    "associations": "Of which no effect may be spoken",
    "overlaps": "Campaigns that overlap",
    "needed": "What it takes to show an effect of 3 %",
    "whom": "Whom each play helps",
    "tiers": "What was promised, and what came",
    "none": "None.",
    "no play": "No play was randomised and has a known outcome.",
    "unit": "{currency} a customer over {horizon} days",
    "unit unknown": "the currency of the orders, a customer over {horizon} days",
    "effects": "Treated less held out, with intervals; a churn below 0 means that fewer left, in points. Spend and "
    "margin are in {unit}. *Adjusted* takes out the risk known before. *Cost of one kept*: what treating costs for "
    "each customer who stays because of it; without limit where it may be nobody. *Detectable* is the smallest drop "
    "that so many customers show in 8 of 10 such campaigns: less may be there unseen.",
    "keeps": "**{play}** keeps customers: of a hundred {those}, {least:.1f} to {most:.1f} fewer leave.",
    "drives away": "**{play}** drives customers away: of a hundred {those}, {least:.1f} to {most:.1f} more leave.",
    "not shown": "**{play}**: whether it keeps anybody is not shown. Of a hundred {those}, anything from {fewer:.1f} "
    "fewer to {more:.1f} more may leave because of it.",
    "treated": "treated",
    "proposed": "proposed",
    "by export": "{campaign}: the lots are those of the exports. Of {treated:,} it was proposed for, {done:,} were "
    "treated, and {done_held:,} of {held:,} held out were treated all the same. Counted as treated is everybody it was "
    "proposed for, whatever was done: whom people choose among them is no lot.",
    "all by lot": "Lots were drawn in every campaign, and every outcome is known.",
    "left out": "{campaign} leaves out {counted}.",
    "counted": "{number:,} customers ({reason})",
    "unknown": "{number:,} treatments are left out: nobody with an order line has these ids.",
    "no overlap": "None: while the outcome of a campaign was open, no other began.",
    "overlap": "Customers of a campaign who were treated by another one as well, while the outcome of either was open. "
    "Where both shares are alike the effects above hold, and what single customers show is blurred. Where they differ "
    "and the other campaign came later, the effect is that of the play and of what followed from it.",
    "per arm": "How many customers each group needs, the treated and the held out, so that 8 of 10 such campaigns show "
    "the effect (80 % power at 95 % confidence).",
    "not counted": "not counted: {why}.",
    "beside held out": "association only, no effect: {why}. Of {treated:,} {those} {left} left, of those held out "
    "{left_held}.",
    "beside left alone": "association only, no effect: {why}. Of {treated:,} {those} {left} left, of those left alone "
    "{left_held}.",
    "association": "**{campaign}**: {told}",
}
EFFECTS = ("treated", "held out", "churn", "churn, adjusted", "detectable", "spend", "margin", "cost of one kept")
OVERLAPS = ("campaign", "other campaign", "of the treated", "of those held out")
NEEDED = ("3 points fewer leave", "3 % of leavers stay", "3 % more spend")


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*SAID.values(), *EFFECTS, *OVERLAPS, *NEEDED]


def page(found: Outcomes, name: str, horizon: int, currency: str, run: str, language: Language = ENGLISH) -> str:
    """The page of a run about the outcomes of a configuration called `name`, churn watched for `horizon` days."""
    unit = language.say(SAID["unit" if currency else "unit unknown"], currency=currency, horizon=horizon)
    judged = found.actions
    by_lot = [each for each in judged.campaigns if each.verdict == "effect"]
    parts: list[tuple[str, Iterable[str]]] = [
        ("plays", [*_in_words(judged.plays, language), *_effects(judged.plays, unit, language, "no play")]),
        ("campaigns", _effects(by_lot, "" if judged.plays else unit, language)),
        ("associations", _associations(judged.campaigns, found.unknown, language)),
        ("overlaps", _overlaps(by_lot, language)),
        ("needed", _needed(judged, language)),
        ("whom", whom_lines(judged, language)),
        ("tiers", tier_lines(found.tiers, language)),
    ]
    body = [f"## {language.text(SAID[title])}\n\n" + "\n".join(lines) for title, lines in parts]
    head = language.text(SAID["title"]).format(name=name, day=found.as_of)
    return "\n\n".join([f"# {head}", *body, language.text(SAID["run"]).format(run=run)]) + "\n"


def _in_words(plays: Sequence[Finding], language: Language) -> Iterator[str]:
    """A sentence on each play: what it does to leaving, as far as the interval allows to say."""
    for each in plays:
        churn, play = each.compared.adjusted, language.text(each.play)
        those = _those(each, language)
        low, high = 100 * churn.low, 100 * churn.high
        if high < 0:
            yield f"* {language.say(SAID['keeps'], play=play, those=those, least=-high, most=-low)}"
        elif low > 0:
            yield f"* {language.say(SAID['drives away'], play=play, those=those, least=low, most=high)}"
        elif low <= 0 <= high:
            yield f"* {language.say(SAID['not shown'], play=play, those=those, fewer=-low, more=high)}"
    if plays:
        yield ""


def _effects(findings: Iterable[Finding], unit: str, language: Language, otherwise: str = "none") -> Iterator[str]:
    rows = [
        [
            _named(each, language),
            each.treated,
            each.held,
            points(each.compared.churn),
            points(each.compared.adjusted),
            points_of(each.compared.detectable),
            money(each.compared.spend, language),
            money(each.compared.margin, language),
            money(each.compared.saved, language),
        ]
        for each in findings
    ]
    if not rows:
        yield language.text(SAID[otherwise])
        return
    if unit:
        yield language.say(SAID["effects"], unit=unit)
        yield ""
    yield from table(["", *map(language.text, EFFECTS)], rows)


def _named(each: Finding, language: Language) -> str:
    """A play, or a campaign of it."""
    play = language.text(each.play)
    return language.text(CALLED).format(play=play, day=each.started) if each.started else play


def _those(each: Finding, language: Language) -> str:
    """Who counts as treated."""
    return language.text(SAID["proposed" if each.by_export else "treated"])


def _associations(campaigns: Sequence[Finding], unknown: int, language: Language) -> Iterator[str]:
    others = [each for each in campaigns if each.verdict != "effect"]
    for each in others:
        said = language.text(SAID["association"]).format(campaign=_named(each, language), told=told(each, language))
        yield f"* {said}"
    if not others:
        yield language.text(SAID["all by lot"])
    yield ""
    for each in campaigns:
        if each.by_export and each.verdict in {"effect", "association"}:
            numbers = {name: getattr(each, name) for name in ("treated", "done", "held", "done_held")}
            yield f"* {language.say(SAID['by export'], campaign=_named(each, language), **numbers)}"
        counts = each.left_out.items()
        counted = [language.say(SAID["counted"], number=n, reason=language.text(reason)) for reason, n in counts]
        if counted:
            said = language.grammar.between.join(counted)
            yield f"* {language.text(SAID['left out']).format(campaign=_named(each, language), counted=said)}"
    if unknown:
        yield f"* {language.say(SAID['unknown'], number=unknown)}"


def _overlaps(campaigns: Sequence[Finding], language: Language) -> Iterator[str]:
    rows = [
        [_named(each, language), spoken(other, language), share(treated), share(held)]
        for each in campaigns
        for other, (treated, held) in each.meanwhile.items()
    ]
    if not rows:
        yield language.text(SAID["no overlap"])
        return
    yield language.text(SAID["overlap"])
    yield ""
    yield from table(list(map(language.text, OVERLAPS)), rows)


def told(finding: Finding, language: Language = ENGLISH) -> str:
    """A campaign without an effect in a sentence: what is missing, and what may be said."""
    why = finding.why.said(language)
    if finding.verdict in {"immature", "nobody"}:
        return language.text(SAID["not counted"]).format(why=why)
    shares = {"left": share(finding.left), "left_held": share(finding.left_held), "those": _those(finding, language)}
    return language.say(SAID[f"beside {finding.beside}"], why=why, treated=finding.treated, **shares)


def _needed(found: Judged, language: Language) -> Iterator[str]:
    yield language.text(SAID["per arm"])
    yield ""
    rows = [
        [language.text(each.play), *map(whole, (each.needed.points, each.needed.leavers, each.needed.spend))]
        for each in found.plays
    ]
    yield from table(["", *map(language.text, NEEDED)], rows)
