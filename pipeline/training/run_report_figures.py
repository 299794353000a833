"""The parts of a run's report that hold its figures: accuracy beside rivals, calibration, and kinds of customer."""

from __future__ import annotations

from collections.abc import Iterator

from models.evaluation.bootstrap import shown
from models.evaluation.comparison import Comparison
from models.evaluation.staying import CHANCE, beside_staying
from models.evaluation.tested_rows import MODEL, UNCALIBRATED
from models.explanation.language import Language
from models.explanation.sentence import spoken
from pipeline.evaluation.checks import Checks
from pipeline.evaluation.evaluate import Test
from pipeline.markdown import table
from pipeline.training.run_report_words import METRICS, OFF, heads, judged, rival

SAID = {
    "metrics": "AUC says how often, of a customer of whom it came true and one of whom it did not, the right one is "
    "ranked first: 0.5 is as by lot, 1 is always. AP (average precision) is how many of those ranked first it came "
    "true for. Brier score is the mean squared error of the probabilities, less is better; calibration error is how "
    "far they lie, on average, from the shares that came true.",
    "lead": "Lead in AUC over the best baseline, {rival}: {lead}.",
    "over": "Over {rival}: {lead}.",
    "stayers": "Among those who stayed, where it has to be more than churn upside down:",
    "band": "The band is what a perfectly calibrated model of that size stays below 95 times in 100; it is the "
    "yardstick, since drawing customers again and again overstates a calibration error.",
    "covered": "At {day}, {inside} of {groups} tenths of the customers came out within the interval of "
    "{confidence:.0%} around what was foreseen of them.",
    "all miss": "Tenths of one cutoff share its level: where the whole market moves further than it did before, all "
    "miss.",
    "no intervals": "Intervals around the scores cannot be stated: too few earlier cutoffs show how far the level "
    "moves.",
    "weak": "{kind}, {value}: {why}.",
    "not weak": "In no kind of customer is it worse than chance explains.",
    "alike": "Customers of a kind are more alike than all together, so an AUC within a kind is lower by nature.",
    "range": "{low:.3f} to {high:.3f}",
    "all": "all",
}
CUTOFFS = ("cutoff", "rows", "base rate")
ERRORS = ("cutoff", "rows", "error before", "error after", "band")
TENTHS = ("tenth", "rows", "predicted before", "predicted", "observed", "by chance")
KINDS = ("kind", "value", "rows", "base rate", "AUC", "error before", "error after", "band")


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*SAID.values(), *(each for each in (*CUTOFFS, *ERRORS, *TENTHS, *KINDS) if each not in METRICS.values())]


def accuracy(test: Test, language: Language) -> Iterator[str]:
    """The model beside its rivals, among everybody and among those who stayed, and at each cutoff."""
    yield language.text(SAID["metrics"])
    yield ""
    yield from _beside(test.overall, language)
    yield ""
    best = rival(test.overall.best_baseline or CHANCE, language)
    leads = [language.say(SAID["lead"], rival=best, lead=test.overall.lead)]
    leads += [
        language.say(SAID["over"], rival=rival(name, language), lead=at) for name, at in test.overall.peers.items()
    ]
    yield language.sentences(leads)
    if test.stayers is not None:
        yield from ("", language.text(SAID["stayers"]), "")
        yield from _beside(test.stayers, language)
    if said := beside_staying(test.overall, test.stayers, language):
        yield ""
        yield said
    yield ""
    yield from table(
        heads([*CUTOFFS, *METRICS.values()], language),
        (
            [day, part.rows, part.base_rate, *(shown(metric, part.intervals[metric]) for metric in METRICS)]
            for day, part in test.overall.cutoffs.items()
        ),
    )


def _beside(found: Comparison, language: Language) -> Iterator[str]:
    own = [f"**{rival(MODEL, language)}**", *(shown(metric, found.intervals[metric]) for metric in METRICS)]
    others = [
        [rival(name, language), *(figures[metric] if found.tells(name, metric) else "" for metric in METRICS)]
        for name, figures in found.pooled.figures.items()
        if name != MODEL
    ]
    yield from table(["", *heads(METRICS.values(), language)], [own, *others])


def calibration(test: Test, checks: Checks, language: Language) -> Iterator[str]:
    """Whether probabilities are as high as what came: at each cutoff, by tenths, and by the intervals around them."""
    yield language.text(SAID["band"])
    yield ""
    yield from _by_cutoff(test, language)
    yield ""
    yield from _by_tenth(checks, language)
    yield ""
    yield language.sentences(list(_coverage(checks, language)))


def _coverage(checks: Checks, language: Language) -> Iterator[str]:
    """How often the intervals around the scores held what came."""
    for day, found in checks.coverage.items():
        counts = {"inside": round(found.inside * found.cells), "groups": found.cells}
        yield language.say(SAID["covered"], day=day, **counts, confidence=found.confidence)
    yield language.text(SAID["all miss" if checks.coverage else "no intervals"])


def _by_cutoff(test: Test, language: Language) -> Iterator[str]:
    days = {language.text(SAID["all"]): test.overall.pooled, **test.overall.cutoffs}
    errors = {
        day: [part.figures[name]["calibration_error"] for name in (UNCALIBRATED, MODEL)] for day, part in days.items()
    }
    yield from table(
        [*heads(ERRORS, language), ""],
        (
            [day, part.rows, errors[day][0], *judged(errors[day][1], part.calibration_band, language)]
            for day, part in days.items()
        ),
    )


def _by_tenth(checks: Checks, language: Language) -> Iterator[str]:
    yield from table(
        [*heads(TENTHS, language), ""],
        (
            [
                *(place, round(each.rows), each.before, each.predicted, each.observed),
                language.say(SAID["range"], low=each.low, high=each.high),
                language.text(OFF) if each.off else "",
            ]
            for place, each in enumerate(checks.tenths, 1)
        ),
    )


def weak(test: Test, checks: Checks, language: Language) -> Iterator[str]:
    """The kinds of customer among whom the model is worse than chance explains, then all kinds."""
    found = [(each, each.weakness(test.overall.auc)) for each in checks.segments if each.weakness(test.overall.auc)]
    for each, why in found:
        named = {"kind": language.text(each.kind), "value": language.text(each.value)}
        yield f"* {language.say(SAID['weak'], **named, why=why.said(language))}"
    if not found:
        yield language.text(SAID["not weak"])
    yield ""
    yield language.text(SAID["alike"])
    yield ""
    yield from table(
        [*heads(KINDS, language), ""],
        (
            [
                *(language.text(each.kind), language.text(each.value), each.rows, each.base_rate),
                "-" if each.why else str(each.auc),
                *(each.error_before, each.error, each.band),
                spoken(each.why, language),
            ]
            for each in checks.segments
        ),
    )
