"""The report of a training run as a page to read (Markdown): what was tested, how well, and where it is weak."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from models.evaluation.comparison import MODEL, UNCALIBRATED, Comparison
from models.evaluation.staying import beside_staying
from pipeline.config import Config
from pipeline.evaluation.checks import Checks
from pipeline.evaluation.evaluate import Test
from pipeline.languages import language
from pipeline.markdown import table
from pipeline.matrices.dataset import Task
from pipeline.training.run_report_checks import METRICS, ageing, judged, leakage, profit, rests, strength


def run_report(test: Test, checks: Checks, task: Task, kind: str, config: Config, verdicts: Sequence[str]) -> str:
    """The page.

    Args:
        test: figures.
        checks: what was looked into.
        task: what is predicted.
        kind: of target.
        config: population and assumptions.
        verdicts: what became of the model, and what else a reader has to be told.
    """
    parts: list[tuple[str, Iterable[str]]] = [
        ("What was tested, and on whom", _tested(test, task, config, verdicts)),
        ("Accuracy beside its rivals", _accuracy(test)),
        ("Calibration", _calibration(test, checks)),
        ("Where it is weak", _weak(test, checks)),
        ("How it ages", ageing(checks)),
        ("What it rests on", rests(checks)),
        ("Leakage alarms", leakage(checks)),
        ("Strength or behaviour", strength(checks, kind, language(config.scoring.language))),
        ("Profit of acting on it", profit(checks, kind, config)),
    ]
    body = [f"## {title}\n\n" + "\n".join(lines) for title, lines in parts]
    return "\n\n".join([f"# {config.name}: {kind} ({task.target.name})", *body]) + "\n"


def _tested(test: Test, task: Task, config: Config, verdicts: Sequence[str]) -> Iterator[str]:
    rule, window, found = config.population, task.window, test.overall
    customers = np.unique(test.rows.customer).size
    yield task.target.description
    yield f"Watched for {window.horizon_days} days from {window.gap_days} days after the cutoff."
    yield f"Tested on {found.pooled.rows:,} rows of {customers:,} customers with {rule.min_order_days} order days or"
    yield f"more, the last within {rule.activity_days} days, at {', '.join(found.cutoffs)}."
    yield f"{found.pooled.base_rate:.1%} of the rows are positive. Nothing learned from reaches into these outcomes."
    yield f"Brackets hold {config.training.interval:.0%} of {config.training.bootstrap_repetitions} draws of customers."
    yield ""
    yield from (f"* {each}" for each in verdicts if each)


def _accuracy(test: Test) -> Iterator[str]:
    yield from _beside(test.overall)
    yield ""
    yield f"Lead in AUC over the best baseline, {test.overall.best_baseline or 'chance'}: {test.overall.lead}."
    yield from (f"Over {name}: {lead}." for name, lead in test.overall.peers.items())
    if test.stayers is not None:
        yield ""
        yield "Among those who stayed, where it has to be more than churn upside down:"
        yield ""
        yield from _beside(test.stayers)
    if said := beside_staying(test.overall, test.stayers):
        yield ""
        yield said
    yield ""
    yield from table(
        ["cutoff", "rows", "base rate", *METRICS.values()],
        (
            [day, part.rows, part.base_rate, *(str(part.intervals[metric]) for metric in METRICS)]
            for day, part in test.overall.cutoffs.items()
        ),
    )


def _beside(found: Comparison) -> Iterator[str]:
    own = [f"**{MODEL}**", *(str(found.intervals[metric]) for metric in METRICS)]
    others = [
        [name.replace("_", " "), *(figures[metric] for metric in METRICS)]
        for name, figures in found.pooled.figures.items()
        if name != MODEL
    ]
    yield from table(["", *METRICS.values()], [own, *others])


def _calibration(test: Test, checks: Checks) -> Iterator[str]:
    yield "The band is what a perfectly calibrated model of that size stays below 95 times in 100; it is the yardstick,"
    yield "since drawing customers again and again overstates a calibration error."
    yield ""
    yield from _by_cutoff(test)
    yield ""
    yield from _by_tenth(checks)
    yield ""
    yield from _coverage(checks)


def _coverage(checks: Checks) -> Iterator[str]:
    """How often the intervals around the scores held what came."""
    for day, found in checks.coverage.items():
        yield f"At {day}, {round(found.inside * found.cells)} of {found.cells} tenths of the customers came out within"
        yield f"the interval of {found.confidence:.0%} around what was foreseen of them."
    if checks.coverage:
        yield "Tenths of one cutoff share its level: where the whole market moves further than it did before, all miss."
    else:
        yield "Intervals around the scores cannot be stated: too few earlier cutoffs show how far the level moves."


def _by_cutoff(test: Test) -> Iterator[str]:
    days = {"all": test.overall.pooled, **test.overall.cutoffs}
    errors = {
        day: [part.figures[name]["calibration_error"] for name in (UNCALIBRATED, MODEL)] for day, part in days.items()
    }
    yield from table(
        ["cutoff", "rows", "error before", "error after", "band", ""],
        (
            [day, part.rows, errors[day][0], *judged(errors[day][1], part.calibration_band)]
            for day, part in days.items()
        ),
    )


def _by_tenth(checks: Checks) -> Iterator[str]:
    yield from table(
        ["tenth", "rows", "predicted before", "predicted", "observed", "by chance", ""],
        (
            [
                *(place, round(each.rows), each.before, each.predicted, each.observed),
                f"{each.low:.3f} to {each.high:.3f}",
                "off" if each.off else "",
            ]
            for place, each in enumerate(checks.tenths, 1)
        ),
    )


def _weak(test: Test, checks: Checks) -> Iterator[str]:
    weak = [(each, each.weakness(test.overall.auc)) for each in checks.segments if each.weakness(test.overall.auc)]
    yield from (f"* {each.kind}, {each.value}: {why}." for each, why in weak)
    if not weak:
        yield "In no kind of customer is it worse than chance explains."
    yield ""
    yield "Customers of a kind are more alike than all together, so an AUC within a kind is lower by nature."
    yield ""
    yield from table(
        ["kind", "value", "rows", "base rate", "AUC", "error before", "error after", "band", ""],
        (
            [
                each.kind,
                each.value,
                each.rows,
                each.base_rate,
                "-" if each.why else str(each.auc),
                each.error_before,
                each.error,
                each.band,
                each.why,
            ]
            for each in checks.segments
        ),
    )
