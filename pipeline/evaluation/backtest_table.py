"""What a backtest found, as text that fits a terminal: the metrics, and beside them how well the baselines rank."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

HEADINGS: Mapping[str, str] = {
    "base_rate": "base rate",
    "roc_auc": "AUC",
    "average_precision": "AP",
    "brier": "Brier",
    "calibration_error": "cal. error",
    "calibration_error_before": "(before)",
    "lift_top_tenth": "lift",
}
"""How columns are called in print; in files and JSON they keep their names."""
BASELINE = "baseline_"
RANKS = "AUC of the model and, on the same rows, of the baselines:"


def table_text(results: pd.DataFrame) -> str:
    """Two tables, a row per target and cutoff; "" where nothing is known yet.

    Args:
        results: target, cutoff, customers, metrics as in `HEADINGS`, and the AUC of each baseline, `baseline_*`, null
            where it could not be computed.
    """
    if not len(results):
        return ""
    rivals = [name for name in results.columns if name.startswith(BASELINE) and results[name].notna().any()]
    who = ["target", "cutoff"]
    metrics = results[[*who, "customers", *HEADINGS]].rename(columns=dict(HEADINGS))
    ranks = results[[*who, "roc_auc", *rivals]].rename(columns={"roc_auc": "model"})
    ranks = ranks.rename(columns={name: name.removeprefix(BASELINE).replace("_", " ") for name in rivals})
    return "\n".join([_printed(metrics), *(["", RANKS, _printed(ranks)] if rivals else [])])


def _printed(table: pd.DataFrame) -> str:
    return table.to_string(index=False, float_format="%.3f", na_rep="-")
