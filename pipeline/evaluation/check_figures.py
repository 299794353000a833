"""Checks as the flat numbers that MLflow keeps, so that runs can be sorted and compared by them."""

from __future__ import annotations

from models.evaluation.interval import Interval
from pipeline.evaluation.checks import Checks


def check_figures(checks: Checks) -> dict[str, float]:
    """Figures by name: `audit_strength_roc_auc`, `aged_roc_auc_behind`, `shuffled_roc_auc`, `leakage_alarms`, ..."""
    found = {"leakage_alarms": float(len(checks.alarms))}
    if checks.alone:
        found["best_feature_alone_roc_auc"] = checks.alone[0].auc
    if cells := sum(each.cells for each in checks.coverage.values()):
        found["interval_coverage"] = sum(each.inside * each.cells for each in checks.coverage.values()) / cells
    if checks.shuffled is not None:
        found |= _ranged("shuffled_roc_auc", checks.shuffled)
    for campaign in checks.campaigns:
        found |= _ranged(f"profit_at_acceptance_{campaign.offer.acceptance * 100:.0f}", campaign.earned)
    found |= {f"permuted_{family}_auc_fall": fall.value for family, fall in checks.families.items()}
    return found | _audited(checks) | _aged(checks)


def _audited(checks: Checks) -> dict[str, float]:
    if checks.audit is None:
        return {}
    found: dict[str, float] = {}
    for name, row in checks.audit.figures.items():
        for metric, figure in row.items():
            found |= _ranged(f"audit_{name}_{metric}", figure)
    found |= _ranged("audit_behaviour_over_strength_auc", checks.audit.behaviour_over_strength["roc_auc"])
    for name, share in checks.audit.overlap.items():
        found |= _ranged(f"audit_{name}_overlap", share)
    return found


def _aged(checks: Checks) -> dict[str, float]:
    if checks.ageing is None:
        return {}
    found: dict[str, float] = {}
    for metric, difference in checks.ageing.behind.items():
        found |= _ranged(f"aged_{metric}_behind", difference)
    return found


def _ranged(name: str, found: Interval) -> dict[str, float]:
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
