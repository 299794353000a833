"""The report of a run says what was tested, and admits what was left out, what is weak and what to doubt."""

from dataclasses import replace

import pytest

from models.evaluation.age import Age
from models.evaluation.comparison import REFUSALS
from models.evaluation.coverage import Coverage
from models.evaluation.interval import Interval
from models.evaluation.leakage import SAID, Alarm
from models.evaluation.permutation import ALIKE
from models.evaluation.strength import AUDITED, MODELS, Audit
from models.explanation.sentence import Sentence
from pipeline.config import Config
from pipeline.evaluation.ageing import Ageing
from pipeline.evaluation.checks import Checks, look_into
from pipeline.evaluation.evaluate import Test
from pipeline.markdown import table
from pipeline.training.run_report import run_report
from tests.pipeline.made_rows import TASK, made, settings, tried
from tests.pipeline.still_english import still_english

Looked = tuple[Test, Checks, Config]


@pytest.fixture(scope="module")
def looked() -> Looked:
    config = settings(checks="quick")
    found = tried(made(), config)
    test = Test(found.rows, found.overall, None, None, found.importance)
    return test, look_into(found, TASK, "churn", config, {}), config


def page(looked: Looked, **changed: object) -> str:
    test, checks, config = looked
    return run_report(test, replace(checks, **changed), TASK, "churn", config, ["promoted: it is the champion", ""])


def test_it_says_whom_it_was_tested_on(looked: Looked) -> None:
    text = page(looked)
    assert text.startswith("# demo: churn (silence)\n")
    assert "Tested on 400 rows, each a customer at a cutoff, of 200 customers" in text
    assert "at 2024-01-01, 2024-02-01" in text
    assert "* promoted: it is the champion\n" in text


def test_every_figure_of_the_model_has_an_interval_and_every_error_its_band(looked: Looked) -> None:
    text = page(looked)
    assert f"| **model** | {looked[0].overall.intervals['roc_auc']} |" in text
    assert "| tenth | rows | predicted before | predicted | observed | by chance |" in text
    assert "| 30% |" in text and "| 15% |" in text and "| 60% |" in text  # acceptance, half and twice
    assert "nan" not in text


def test_it_says_how_often_intervals_held(looked: Looked) -> None:
    assert looked[1].coverage, "the example measures how far its level moves"
    text = page(looked, coverage={"2024-01-01": Coverage(10, 0.9, 0.9), "2024-02-01": Coverage(10, 0.0, 0.9)})
    assert "At 2024-01-01, 9 of 10 tenths of the customers came out within the interval of 90% around" in text
    assert "At 2024-02-01, 0 of 10 tenths" in text
    assert "Intervals around the scores cannot be stated" in page(looked, coverage={})


def test_it_admits_what_was_left_out(looked: Looked) -> None:
    assert page(looked).count("*Left out: `[training] checks`") == 3  # ageing, permutation, strength


def test_it_says_which_margin_values_rest_on(looked: Looked) -> None:
    assert "with V 30% of the spend of 365 days" in page(looked)
    by_costs = page(looked, margin=0.126)
    assert "with V the customer's own margin by unit costs (12.6% on average; 0 below cost) of the spend" in by_costs


def test_an_alarm_is_in_it(looked: Looked) -> None:
    assert "None." in page(looked)
    text = page(looked, alarms=[Alarm("spend_365d", "perfect", Sentence("spend_365d alone ranks with AUC 1.000"))])
    assert "* **perfect**: spend_365d alone ranks with AUC 1.000." in text


def around(value: float) -> Interval:
    return Interval(value, value - 0.01, value + 0.01)


def test_in_chinese_nothing_but_names_stays_english(looked: Looked) -> None:
    test, checks, config = looked
    spoken = config.scoring.model_copy(update={"language": "zh_CN"})
    both = {metric: around(0.6) for metric in AUDITED}
    audit = Audit(dict.fromkeys(MODELS, both), both, both, {}, ("credit_score",), proxy=False)
    full = replace(
        checks,
        audit=audit,
        ageing=Ageing((Age("2023-01-01", 0, 10, 0.7, 0.6, 0.3, 0.1),), {"brier": around(0.1)}),
        families={"rhythm": around(0.1), "risk": around(0.1)},
        groups={Sentence(ALIKE, feature="spend_365d", others=2): around(0.1)},
        shuffled=around(0.7),
        alarms=[Alarm("spend_365d", "new", Sentence(SAID["new"], feature="spend_365d", auc=0.9, lead=1.0, past=0.5))],
    )
    verdicts = [Sentence(REFUSALS["peer"], name="logistic"), *test.overall.notes]
    text = run_report(test, full, TASK, "churn", config.model_copy(update={"scoring": spoken}), verdicts)
    assert still_english(text) <= {"demo", "AUC", "AP", "Brier", "BG", "NBD", "EUR", *full.alone[0].name.split("_")}
    assert "客户行为" in text and "更简单的模型（逻辑回归）明显更好" in text


def test_a_cell_cannot_end_its_cell_or_its_line() -> None:
    assert list(table(["a", "b"], [["x|y\nz", float("nan")]])) == ["| a | b |", "|---|---|", "| x/y z | - |"]
