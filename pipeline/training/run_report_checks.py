"""The parts of a run's report that say what was looked into: age, what the model rests on, alarms, strength, profit."""

from __future__ import annotations

from collections.abc import Iterator

from models.evaluation.interval import Interval
from models.evaluation.leakage import APART, NEW_GAIN, NEW_LEAD, PERFECT
from models.evaluation.profit import Campaign
from models.evaluation.verdict import verdict
from models.explanation.language import Language
from pipeline.config import Config
from pipeline.evaluation.checks import Checks
from pipeline.markdown import table

MOST_ROWS = 15
"""Rows of a long table; the rest is in checks.json."""
METRICS = {"roc_auc": "AUC", "average_precision": "AP", "brier": "Brier", "calibration_error": "calibration error"}
CAMPAIGN = (
    "acceptance",
    "contacted",
    "expected",
    "in hindsight",
    "lead over the best baseline",
    "to all",
    "best possible",
)
LEFT_OUT = '*Left out: `[training] checks` is not "full", or there is too little for it.*'


def judged(error: float, band: float) -> tuple[float, float, str]:
    """A calibration error, what chance explains, and a word where it is more."""
    return error, band, "off" if error > band else ""


def ageing(checks: Checks) -> Iterator[str]:
    """How a model that stopped learning a year earlier does."""
    if checks.ageing is None:
        yield LEFT_OUT
        return
    behind = checks.ageing.behind
    sure = [METRICS[name] for name, found in behind.items() if not found.holds(0.0)]
    shown = ", ".join(f"{METRICS[name]} {found}" for name, found in behind.items())
    yield "A model that stopped learning a year before the test, on the same test rows, differs from the present one by"
    yield f"{shown} ({'beyond chance: ' + ', '.join(sure) if sure else 'nothing beyond chance'})."
    yield "The best baseline learns nothing: what falls with it below is the season, and not age."
    yield ""
    yield from table(
        ["cutoff", "months old", "rows", "AUC", "best baseline", "calibration error", "band", ""],
        (
            [age.cutoff, age.months, age.rows, age.auc, age.rival, *judged(age.error, age.band)]
            for age in checks.ageing.ages
        ),
    )


def rests(checks: Checks) -> Iterator[str]:
    """What the AUC falls by without a family or group of features."""
    if not checks.families:
        yield LEFT_OUT
        return
    yield "Fall in AUC when features are dealt among the customers of a cutoff; those that say the same go together."
    for heads, falls in (("family", checks.families), ("group", checks.groups)):
        yield ""
        shown = list(falls.items())[:MOST_ROWS]
        yield from table(
            [heads, "fall in AUC", "least", "most"], ([name.replace("_", " "), *_three(found)] for name, found in shown)
        )


def _three(found: Interval) -> tuple[float, float, float]:
    return found.value, found.low, found.high


def leakage(checks: Checks) -> Iterator[str]:
    """Features that know too much, and the shuffled labels."""
    yield from (f"* **{alarm.rule}**: {alarm.text}." for alarm in checks.alarms)
    if not checks.alarms:
        yield "None."
    yield f"An alarm is a feature that alone reaches AUC {PERFECT}, or lies {APART} standard deviations ahead of"
    yield f"all that do not say the same, or {NEW_LEAD} ahead of them and {NEW_GAIN} of its own past, beyond chance."
    if checks.shuffled is not None:
        yield f"A model of labels dealt at random reaches AUC {checks.shuffled}; 0.5 is right."
    yield ""
    yield from table(
        ["feature alone", "AUC", "at earlier cutoffs", "standard deviations apart"],
        ([each.name.replace("_", " "), each.auc, each.past, each.separation] for each in checks.alone[:5]),
    )


def strength(checks: Checks, kind: str, language: Language) -> Iterator[str]:
    """The strength audit in words, and its figures."""
    if checks.audit is None:
        yield LEFT_OUT
        return
    yield verdict(checks.audit, kind, language)
    yield ""
    yield from table(
        ["model", "AUC", "AP"],
        ([name, str(row["roc_auc"]), str(row["average_precision"])] for name, row in checks.audit.figures.items()),
    )


def profit(checks: Checks, kind: str, config: Config) -> Iterator[str]:
    """What offers would have earned."""
    if not checks.campaigns:
        yield "Amounts are unknown, and so is profit." if kind == "churn" else "No offer is reckoned with here."
        return
    taken = config.profit
    yield "An offer is made to whom it is expected to pay for: churn probability above (d + f / V) / (a (1 - d) + d),"
    yield f"with V {_margin(checks, config)} of the spend of {config.scoring.planning_days} days, d"
    yield f"{taken.incentive_share:.0%} of V, f {taken.contact_cost:.2f} a contact, and acceptance a as assumed."
    yield f"Amounts are {config.history.currency or 'in the currency of the orders'}, a customer and cutoff."
    yield "The outcomes are real; the acceptance is an assumption until a hold-out group has measured it."
    yield ""
    yield from table(CAMPAIGN, map(_row, checks.campaigns))


def _margin(checks: Checks, config: Config) -> str:
    if checks.margin is None:
        return f"{config.scoring.margin_share:.0%}"
    return f"the customer's own margin by unit costs ({checks.margin:.1%} on average; 0 below cost)"


def _row(each: Campaign) -> list[str]:
    shares = [f"{each.offer.acceptance:.0%}", f"{each.contacted:.1%}"]
    amounts = [f"{each.believed:.2f}", _money(each.earned), _money(each.lead)]
    return [*shares, *amounts, f"{each.everybody:.2f}", f"{each.best:.2f}"]


def _money(found: Interval) -> str:
    return f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"
