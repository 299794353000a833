"""What a backtest found, as text that fits a terminal: the metrics, and beside them how well the baselines rank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from models.evaluation.interval import Interval
from pipeline.evaluation.backtest_figures import BASELINE, Figures, Record

HEADINGS: Mapping[str, str] = {
    "average_precision": "AP",
    "brier": "Brier",
    "calibration_error": "calib.",
    "calibration_error_before": "before",
    "calibration_band": "chance",
    "lift_top_tenth": "lift",
}
"""How figures are called in print; in JSON they keep their names."""
TOGETHER = "together"
LEGEND = (
    "calib.: calibration error; before: before calibration; chance: what a perfectly calibrated model of so many rows\n"
    "stays below 95 times in 100. Brackets: {confidence:.0%} of redraws of the customers, each with all its cutoffs."
)
RANKS = "AUC of the model and, on the same rows, of the baselines:"


def table_text(found: Figures) -> str:
    """Two tables, a row per target and cutoff and one for all cutoffs of it; "" where nothing is known yet."""
    lines = pd.DataFrame(_lines(found))
    if lines.empty:
        return ""
    rivals = [name for name in lines.columns if name.startswith(BASELINE) and lines[name].notna().any()]
    metrics = lines[["target", "cutoff", "rows", "base", "AUC", *HEADINGS]].rename(columns=dict(HEADINGS))
    ranks = lines[["target", "cutoff", "roc_auc", *rivals]].rename(columns={"roc_auc": "model"})
    ranks = ranks.rename(columns={name: _called(name) for name in rivals})
    beside = ["", RANKS, _printed(ranks), *_leads(found)] if rivals else []
    return "\n".join([_printed(metrics), LEGEND.format(confidence=found.confidence), *beside])


def _lines(found: Figures) -> Iterator[Record]:
    """The records in print order: the cutoffs of a target, then, where there are several, all of them together."""
    for pooled in found.pooled:
        each = [record for record in found.cutoffs if record["target"] == pooled["target"]]
        for record in [*each, pooled | {"cutoff": TOGETHER}] if len(each) > 1 else each:
            auc = Interval(record["roc_auc"], *record["intervals"]["roc_auc"])
            yield record | {"rows": f"{record['rows']:,}", "base": record["base_rate"], "AUC": _shown(auc)}


def _leads(found: Figures) -> Iterator[str]:
    """Of each target the lead over the baseline that ranks best, paired: what an interval beside another hides."""
    for record in found.pooled:
        if record["best_baseline"]:
            lead = Interval(**record["auc_lead"])
            yield f"{record['target']}: before {_called(record['best_baseline'])} by {lead}"


def _called(baseline: str) -> str:
    return baseline.removeprefix(BASELINE).replace("_", " ")


def _shown(auc: Interval) -> str:
    return str(auc) if auc.value == auc.value else "-"


def _printed(table: pd.DataFrame) -> str:
    return table.to_string(index=False, float_format="%.3f", na_rep="-")
