"""Outcomes as a page to read (Markdown): effects with intervals, what is missing, promises kept, whom plays help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.markdown import table
from pipeline.outcomes.findings import Finding
from pipeline.outcomes.outcomes import Judged, Outcomes
from pipeline.outcomes.page_whom import whom_lines
from pipeline.outcomes.tiers import Tier
from pipeline.outcomes.wording import money, points, share, whole


def page(found: Outcomes, name: str, horizon: int, currency: str, run: str) -> str:
    """The page of a run about the outcomes of a configuration called `name`, churn watched for `horizon` days."""
    unit = f"{currency} a customer over {horizon} days"
    judged = found.actions
    by_lot = [each for each in judged.campaigns if each.verdict == "effect"]
    parts: list[tuple[str, Iterable[str]]] = [
        ("What each play did", _effects(judged.plays, unit, "No play was randomised and has a known outcome.")),
        ("What each campaign did", _effects(by_lot, "" if judged.plays else unit)),
        ("Of which no effect may be spoken", _associations(judged.campaigns, found.unknown)),
        ("Campaigns that overlap", _overlaps(by_lot)),
        ("What it takes to show an effect of 3 %", _needed(judged)),
        ("Whom each play helps", whom_lines(judged)),
        ("What was promised, and what came", _tiers(found)),
    ]
    body = [f"## {title}\n\n" + "\n".join(lines) for title, lines in parts]
    return "\n\n".join([f"# {name}: what came of it, by {found.as_of}", *body, f"Run {run}."]) + "\n"


def _effects(findings: Iterable[Finding], unit: str, otherwise: str = "None.") -> Iterator[str]:
    rows = [
        [
            f"{each.play} {each.started}".strip(),
            each.treated,
            each.held,
            points(each.compared.churn),
            points(each.compared.adjusted),
            share(each.compared.detectable),
            money(each.compared.spend),
            money(each.compared.margin),
            money(each.compared.saved),
        ]
        for each in findings
    ]
    if not rows:
        yield otherwise
        return
    if unit:
        yield from _explained(unit)
    heads = ["churn", "churn, adjusted", "detectable", "spend", "margin", "cost of one kept"]
    yield from table(["", "treated", "held out", *heads], rows)


def _explained(unit: str) -> Iterator[str]:
    yield "Treated less held out, with intervals; a churn below 0 means that fewer left, in points."
    yield f"Spend and margin are in {unit}. *Adjusted* takes out the risk known before. *Cost of one kept*: what"
    yield "treating costs for each customer who stays because of it; without limit where it may be nobody."
    yield "*Detectable* is the smallest drop that so many customers show with 80 % power: less may be there unseen."
    yield ""


def _associations(campaigns: Sequence[Finding], unknown: int) -> Iterator[str]:
    others = [each for each in campaigns if each.verdict != "effect"]
    for each in others:
        yield f"* **{each.play} {each.started}**: {told(each)}"
    if not others:
        yield "Lots were drawn in every campaign, and every outcome is known."
    left_out = [each for each in campaigns if each.left_out]
    yield ""
    for each in left_out:
        counted = ", ".join(f"{number:,} {reason}" for reason, number in each.left_out.items())
        yield f"* {each.play} {each.started} does not count {counted}."
    if unknown:
        yield f"* {unknown:,} treatments are of customers without an order line, and do not count."


def _overlaps(campaigns: Sequence[Finding]) -> Iterator[str]:
    rows = [
        [f"{each.play} {each.started}", other, share(treated), share(held)]
        for each in campaigns
        for other, (treated, held) in each.meanwhile.items()
    ]
    if not rows:
        yield "None: while the outcome of a campaign was open, no other began."
        return
    yield "Customers of a campaign who were treated by another one as well, while the outcome of either was open. Where"
    yield "both shares are alike the effects above hold, and what single customers show is blurred. Where they differ"
    yield "and the other campaign came later, the effect is that of the play and of what followed from it."
    yield ""
    yield from table(["campaign", "other campaign", "of the treated", "of those held out"], rows)


def told(finding: Finding) -> str:
    """A campaign without an effect in a sentence: what is missing, and what may be said."""
    if finding.verdict in {"immature", "nobody"}:
        return f"not counted: {finding.why}."
    return (
        f"association only, no effect: {finding.why}. Of {finding.treated:,} treated "
        f"{share(finding.left)} left, of those {finding.beside} {share(finding.left_held)}."
    )


def _needed(found: Judged) -> Iterator[str]:
    yield "Customers per arm, for 80 % power at 95 % confidence."
    yield ""
    heads = ["", "3 points fewer leave", "3 % of leavers stay", "3 % more spend"]
    rows = [
        [each.play, *map(whole, (each.needed.points, each.needed.leavers, each.needed.spend))] for each in found.plays
    ]
    yield from table(heads, rows)


def _tiers(found: Outcomes) -> Iterator[str]:
    rows = found.tiers.rows
    for kind, cutoffs in found.tiers.immature.items():
        yield f"* {kind}: the outcome of {', '.join(cutoffs)} is not known yet."
    if not rows:
        yield "No published prediction is old enough to be judged."
        return
    off = sum(each.off for each in rows)
    yield f"Of {len(rows):,} tiers {off:,} came out beyond their interval; one in twenty does by chance."
    yield ""
    yield from table(["cutoff", "target", "tier", "customers", "promised", "realised", ""], map(_tier, rows))


def _tier(each: Tier) -> list[object]:
    where = f"{each.by.removeprefix('churn_').removeprefix('partnership_')} {each.value}"
    return [
        *(each.cutoff, each.kind, where, each.customers),
        *(share(each.promised), share(each.realised), "off" if each.off else ""),
    ]
