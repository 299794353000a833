"""What a backtest prints fits a terminal, and leaves out rivals that there are none of."""

import numpy as np
import pandas as pd

from pipeline.evaluation.backtest_table import HEADINGS, RANKS, table_text

METRICS = dict.fromkeys(HEADINGS, 0.25)
ROWS = [
    {"target": "churn", "cutoff": "2024-01-01", "customers": 900, **METRICS, "roc_auc": 0.8, "baseline_bg_nbd": 0.7},
    {"target": "partnership among stayers", "cutoff": "2024-01-01", "customers": 600, **METRICS, "baseline_spend": 0.6},
]
EVERYONE = ("recency", "order_count", "expected_orders", "bg_nbd", "spend")


def test_a_row_a_target_and_cutoff_in_both_tables() -> None:
    metrics, ranks = table_text(pd.DataFrame(ROWS)).split(f"\n\n{RANKS}\n")
    assert [line.split()[-1] for line in metrics.splitlines()] == ["lift", "0.250", "0.250"]
    assert [line.split()[-3:] for line in ranks.splitlines()] == [
        ["bg", "nbd", "spend"],
        ["0.800", "0.700", "-"],
        ["0.250", "-", "0.600"],
    ]


def test_no_line_is_longer_than_a_terminal_of_120() -> None:
    every = pd.DataFrame(ROWS).assign(**{f"baseline_{name}": 0.5 for name in EVERYONE})
    assert max(map(len, table_text(every).splitlines())) <= 120


def test_a_rival_that_is_never_known_is_not_named() -> None:
    text = table_text(pd.DataFrame(ROWS[:1]).assign(baseline_spend=np.nan))
    assert "spend" not in text and "bg nbd" in text
    assert RANKS not in table_text(pd.DataFrame(ROWS[:1]).assign(baseline_bg_nbd=np.nan))


def test_nothing_known_prints_nothing() -> None:
    assert table_text(pd.DataFrame()) == ""
