"""The families of features, in the order in which they are told."""

FAMILIES = (
    "rhythm", "steadiness", "breadth", "investment", "risk", "alternatives", "value", "people", "pressure",
    "commitment", "strength",
)  # fmt: skip
STRENGTH = "strength"
"""What the customer is, not what it does: kept apart from what predicts commitment."""
