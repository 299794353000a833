"""The parts of a run's report that say what was looked into: age, what the model rests on, alarms, strength, profit."""

from __future__ import annotations

from collections.abc import Iterator

from models.evaluation.interval import Interval
from models.evaluation.leakage import APART, NEW_GAIN, NEW_LEAD, PERFECT
from models.evaluation.profit import Campaign
from models.evaluation.strength import MODELS
from models.evaluation.verdict import verdict
from models.explanation.language import Language
from models.explanation.sentence import spoken
from pipeline.config import Config
from pipeline.evaluation.checks import Checks
from pipeline.markdown import table
from pipeline.report.page.words import FAMILY_NAMES
from pipeline.training.run_report_words import LEFT_OUT, METRICS, heads, judged

MOST_ROWS = 15
"""Rows of a long table; the rest is in checks.json."""
SAID = {
    "aged": "A model that stopped learning a year before the test, on the same test rows, differs from the present one "
    "by {shown} (nothing beyond chance).",
    "aged surely": "A model that stopped learning a year before the test, on the same test rows, differs from the "
    "present one by {shown} (beyond chance: {sure}).",
    "season": "The best baseline learns nothing: what falls with it below is the season, and not age.",
    "falls": "Fall in AUC when features are dealt among the customers of a cutoff; those that say the same go "
    "together. `moorings features --explain` with a name says what it means.",
    "none": "None.",
    "rules": "An alarm is a feature that alone reaches AUC {perfect}, or lies {apart} standard deviations ahead of all "
    "that do not say the same, or {lead} ahead of them and {gain} of its own past, beyond chance.",
    "how far": "The last column tells how far apart the two outcomes lie on a feature; how far it is ahead is the "
    "difference to the others.",
    "shuffled": "A model of labels dealt at random reaches AUC {auc}; 0.5 is right.",
    "no amounts": "Amounts are unknown, and so is profit.",
    "no offer": "No offer is reckoned with here.",
    "offer": "An offer is made to whom it is expected to pay for: churn probability above (d + f / V) / (a (1 - d) + "
    "d), with V {margin} of the spend of {days} days, d {incentive:.0%} of V, f {contact:.2f} a contact, and "
    "acceptance a as assumed.",
    "own margin": "the customer's own margin by unit costs ({share:.1%} on average; 0 below cost)",
    "amounts": "Amounts are {currency}, a customer and cutoff.",
    "amounts of orders": "Amounts are in the currency of the orders, a customer and cutoff.",
    "real": "The outcomes are real; the acceptance is an assumption until a hold-out group has measured it.",
}
AGES = ("cutoff", "months old", "rows", "AUC", "best baseline", "calibration error", "band")
FALLS = ("fall in AUC", "least", "most")
OF = ("family", "group")
ALONE = ("feature alone", "AUC", "at earlier cutoffs", "standard deviations apart")
AUDITED = ("model", "AUC", "AP")
CAMPAIGN = (
    "acceptance",
    "contacted",
    "expected",
    "in hindsight",
    "lead over the best baseline",
    "to all",
    "best possible",
)
RULES = {"perfect": "perfect", "apart": "apart", "new": "newly ahead", "shuffled": "shuffled"}


def texts() -> list[str]:
    """Every text of this module that people can see."""
    named = (*AGES, *FALLS, *OF, *ALONE, *AUDITED, *CAMPAIGN, *RULES.values(), *MODELS)
    return [*SAID.values(), *(each for each in named if each not in METRICS.values())]


def ageing(checks: Checks, language: Language) -> Iterator[str]:
    """How a model that stopped learning a year earlier does."""
    if checks.ageing is None:
        yield language.text(LEFT_OUT)
        return
    behind = checks.ageing.behind
    between = language.grammar.between
    sure = between.join(language.text(METRICS[name]) for name, found in behind.items() if not found.holds(0.0))
    shown = between.join(f"{language.text(METRICS[name])} {found}" for name, found in behind.items())
    said = language.say(SAID["aged surely" if sure else "aged"], shown=shown, sure=sure)
    yield language.sentences([said, language.text(SAID["season"])])
    yield ""
    yield from table(
        [*heads(AGES, language), ""],
        (
            [age.cutoff, age.months, age.rows, age.auc, age.rival, *judged(age.error, age.band, language)]
            for age in checks.ageing.ages
        ),
    )


def rests(checks: Checks, language: Language) -> Iterator[str]:
    """What the AUC falls by without a family or group of features."""
    if not checks.families:
        yield language.text(LEFT_OUT)
        return
    yield language.text(SAID["falls"])
    for of, falls in zip(OF, (checks.families, checks.groups), strict=True):
        yield ""
        shown = list(falls.items())[:MOST_ROWS]
        yield from table(
            heads([of, *FALLS], language),
            ([spoken(FAMILY_NAMES.get(name, name), language), *_three(found)] for name, found in shown),
        )


def _three(found: Interval) -> tuple[float, float, float]:
    return found.value, found.low, found.high


def leakage(checks: Checks, language: Language) -> Iterator[str]:
    """Features that know too much, and the shuffled labels."""
    yield from (f"* **{language.text(RULES[alarm.rule])}**: {spoken(alarm.text, language)}." for alarm in checks.alarms)
    if not checks.alarms:
        yield language.text(SAID["none"])
    yield ""
    said = [language.say(SAID["rules"], perfect=PERFECT, apart=APART, lead=NEW_LEAD, gain=NEW_GAIN)]
    said += [language.text(SAID["how far"])]
    said += [language.say(SAID["shuffled"], auc=checks.shuffled)] if checks.shuffled is not None else []
    yield language.sentences(said)
    yield ""
    yield from table(
        heads(ALONE, language), ([each.name, each.auc, each.past, each.separation] for each in checks.alone[:5])
    )


def strength(checks: Checks, kind: str, language: Language) -> Iterator[str]:
    """The strength audit in words, and its figures."""
    if checks.audit is None:
        yield language.text(LEFT_OUT)
        return
    yield verdict(checks.audit, kind, language)
    yield ""
    yield from table(
        heads(AUDITED, language),
        (
            [language.text(name), str(row["roc_auc"]), str(row["average_precision"])]
            for name, row in checks.audit.figures.items()
        ),
    )


def profit(checks: Checks, kind: str, config: Config, language: Language) -> Iterator[str]:
    """What offers would have earned."""
    if not checks.campaigns:
        yield language.text(SAID["no amounts" if kind == "churn" else "no offer"])
        return
    taken, currency = config.profit, config.history.currency
    offer = language.say(
        SAID["offer"],
        margin=_margin(checks, config, language),
        days=config.scoring.planning_days,
        incentive=taken.incentive_share,
        contact=taken.contact_cost,
    )
    amounts = language.say(SAID["amounts" if currency else "amounts of orders"], currency=currency)
    yield language.sentences([offer, amounts, language.text(SAID["real"])])
    yield ""
    yield from table(heads(CAMPAIGN, language), map(_row, checks.campaigns))


def _margin(checks: Checks, config: Config, language: Language) -> str:
    if checks.margin is None:
        return f"{config.scoring.margin_share:.0%}"
    return language.say(SAID["own margin"], share=checks.margin)


def _row(each: Campaign) -> list[str]:
    shares = [f"{each.offer.acceptance:.0%}", f"{each.contacted:.1%}"]
    amounts = [f"{each.believed:.2f}", _money(each.earned), _money(each.lead)]
    return [*shares, *amounts, f"{each.everybody:.2f}", f"{each.best:.2f}"]


def _money(found: Interval) -> str:
    return f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"
