"""What a backtest prints fits a terminal, and leaves out rivals that there are none of."""

from dataclasses import replace

import pytest

from pipeline.evaluation.backtest_figures import Figures
from pipeline.evaluation.backtest_table import HEADINGS, RANKS, table_text

METRICS = dict.fromkeys(HEADINGS, 0.25) | {"roc_auc": 0.25, "base_rate": 0.5, "intervals": {"roc_auc": [0.2, 0.3]}}
LEAD = {"best_baseline": "baseline_bg_nbd", "auc_lead": {"value": 0.1, "low": 0.05, "high": 0.15}}
NO_LEAD = {"best_baseline": "", "auc_lead": {"value": 0.1, "low": 0.05, "high": 0.15}}
CHURN = {"target": "churn", "rows": 900, **METRICS, "roc_auc": 0.8, "baseline_bg_nbd": 0.7}
STAYED = {"target": "partnership among stayers", "rows": 1600, **METRICS, "baseline_spend": 0.6}
ONE = Figures(
    (CHURN | {"cutoff": "2024-01-01"}, STAYED | {"cutoff": "2024-01-01"}),
    (CHURN | LEAD, STAYED | NO_LEAD),
)
TWO = Figures((*ONE.cutoffs, CHURN | {"cutoff": "2024-02-01"}), ONE.pooled)


def test_a_row_a_target_and_cutoff_in_both_tables() -> None:
    metrics, ranks = table_text(ONE).split(f"\n\n{RANKS}\n")
    assert [line.split()[-1] for line in metrics.splitlines()[:3]] == ["lift", "0.250", "0.250"]
    assert metrics.splitlines()[1].split()[2:7] == ["900", "0.500", "0.800", "[0.200,", "0.300]"]
    assert [line.split()[-3:] for line in ranks.splitlines()[:3]] == [
        ["bg", "nbd", "spend"],
        ["0.800", "0.700", "-"],
        ["0.250", "-", "0.600"],
    ]


def test_several_cutoffs_of_a_target_have_a_line_together_and_one_has_none() -> None:
    lines = table_text(TWO).split(f"\n\n{RANKS}\n")[0].splitlines()
    assert [line.split()[1] for line in lines[1:4]] == ["2024-01-01", "2024-02-01", "together"]
    assert "together" not in table_text(ONE)


def test_the_lead_over_the_best_baseline_is_told_where_there_is_one() -> None:
    assert table_text(ONE).splitlines()[-1] == "churn: before bg nbd by 0.100 [0.050, 0.150]"


@pytest.mark.parametrize("found", [ONE, TWO])
def test_no_line_is_longer_than_a_terminal_of_120(found: Figures) -> None:
    everyone = ("recency", "order_count", "expected_orders", "bg_nbd", "spend", "not_leaving")
    rivals = {f"baseline_{name}": 0.5 for name in everyone}
    every = replace(found, cutoffs=tuple(record | rivals for record in found.cutoffs))
    assert max(map(len, table_text(every).splitlines())) <= 120


def test_a_rival_that_is_never_known_is_not_named() -> None:
    alone = Figures(ONE.cutoffs[:1], ONE.pooled[:1])
    assert "spend" not in table_text(alone) and "bg nbd" in table_text(alone)
    nobody = {name: value for name, value in (CHURN | NO_LEAD).items() if not name.startswith("baseline_")}
    assert RANKS not in table_text(Figures((nobody | {"cutoff": "2024-01-01"},), (nobody,)))


def test_what_cannot_be_told_is_a_dash() -> None:
    nan = float("nan")
    alike = CHURN | {"cutoff": "2024-01-01", "roc_auc": nan, "intervals": {"roc_auc": [nan, nan]}}
    assert "nan" not in table_text(Figures((alike,), (CHURN | LEAD,)))


def test_nothing_known_prints_nothing() -> None:
    assert table_text(Figures((), ())) == ""
