"""What is said of customers whose lines hold no purchase: the same in a profile and after a scoring."""

from __future__ import annotations


def never_bought(customers: int) -> str:
    """That so many customers are in no export, and why; without a full stop."""
    who = "1 customer has" if customers == 1 else f"{customers:,} customers have"
    return f"{who} nothing but returns or lines without an amount: who never bought is in no export"
