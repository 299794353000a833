"""A customer that nothing is to be said of, and others that differ from it in what a test is about."""

from __future__ import annotations

import numpy as np

from models.decision.standing import Standing

PLAIN = {
    "churn": 0.05, "act_above": 0.15, "propensity": 0.1, "propensity_rank": 40.0, "base_rate": 0.2,
    "investment": 40.0, "investment_coverage": 1.0, "risk": 40.0, "risk_coverage": 1.0, "value": 60.0,
    "value_coverage": 1.0, "pressure": 40.0, "pressure_coverage": 1.0, "pledge_balance": 0.0, "expands": False,
    "beyond_order_lines": True,
}  # fmt: skip


def standing(**values: float) -> Standing:
    """One customer that nothing is to be said of, but for `values`."""
    return Standing(**{name: np.array([value]) for name, value in {**PLAIN, **values}.items()})
