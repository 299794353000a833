"""The report of a training run as a page to read (Markdown): what was tested, how well, and where it is weak."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from models.churn import CHURN, ChurnThresholds
from models.explanation.language import Language
from models.explanation.sentence import spoken
from models.partnership import partnership
from pipeline.config import Config
from pipeline.evaluation.checks import Checks
from pipeline.evaluation.evaluate import Test
from pipeline.languages import language
from pipeline.matrices.tasks import Task
from pipeline.training.run_report_checks import ageing, leakage, profit, rests, strength
from pipeline.training.run_report_figures import accuracy, calibration, weak

TITLES = {
    "tested": "What was tested, and on whom",
    "accuracy": "Accuracy beside its rivals",
    "calibration": "Calibration",
    "weak": "Where it is weak",
    "ageing": "How it ages",
    "rests": "What it rests on",
    "leakage": "Leakage alarms",
    "strength": "Strength or behaviour",
    "profit": "Profit of acting on it",
}
SAID = {
    "head": "{name}: {kind} ({target})",
    "foretold": "What is foretold of a customer at a date, the cutoff: {description}",
    "watched": "Watched for {horizon} days from {gap} days after the cutoff.",
    "rows": "Tested on {rows:,} rows, each a customer at a cutoff, of {customers:,} customers with {order_days} order "
    "days or more, the last within {activity} days, at {cutoffs}.",
    "base rate": "It came true for {share:.1%} of the rows. Nothing learned from reaches into these outcomes.",
    "brackets": "Brackets hold {share:.0%} of {draws} draws of customers.",
}


def texts() -> list[str]:
    """Every text of this module that people can see."""
    targets = [*(made(ChurnThresholds(), 0).description for made in CHURN.values()), partnership().description]
    return [*TITLES.values(), *SAID.values(), *targets, *CHURN]


def run_report(test: Test, checks: Checks, task: Task, kind: str, config: Config, verdicts: Sequence[str]) -> str:
    """The page, in the configured language.

    Args:
        test: figures.
        checks: what was looked into.
        task: what is predicted.
        kind: of target.
        config: population and assumptions.
        verdicts: what became of the model, and what else a reader has to be told.
    """
    spoke = language(config.scoring.language)
    parts: list[tuple[str, Iterable[str]]] = [
        ("tested", _tested(test, task, config, verdicts, spoke)),
        ("accuracy", accuracy(test, spoke)),
        ("strength", strength(checks, kind, spoke)),
        ("calibration", calibration(test, checks, spoke)),
        ("weak", weak(test, checks, spoke)),
        ("ageing", ageing(checks, spoke)),
        ("rests", rests(checks, spoke)),
        ("leakage", leakage(checks, spoke)),
        ("profit", profit(checks, kind, config, spoke)),
    ]
    body = [f"## {spoke.text(TITLES[title])}\n\n" + "\n".join(lines) for title, lines in parts]
    names = {"kind": spoke.text(kind), "target": spoke.text(task.target.name)}
    head = spoke.text(SAID["head"]).format(name=config.name, **names)
    return "\n\n".join([f"# {head}", *body]) + "\n"


def _tested(test: Test, task: Task, config: Config, verdicts: Sequence[str], spoke: Language) -> Iterator[str]:
    rule, window, found = config.population, task.window, test.overall
    said = [
        spoke.say(SAID["foretold"], description=spoke.grammar.continued(spoke.text(task.target.description))),
        spoke.say(SAID["watched"], horizon=window.horizon_days, gap=window.gap_days),
        spoke.say(
            SAID["rows"],
            rows=found.pooled.rows,
            customers=np.unique(test.rows.customer).size,
            order_days=rule.min_order_days,
            activity=rule.activity_days,
            cutoffs=spoke.grammar.between.join(found.cutoffs),
        ),
        spoke.say(SAID["base rate"], share=found.pooled.base_rate),
        spoke.say(SAID["brackets"], share=config.training.interval, draws=config.training.bootstrap_repetitions),
    ]
    yield spoke.sentences(said)
    yield ""
    yield from (f"* {spoken(each, spoke)}" for each in verdicts if each)
