"""What a sentence needs of a declared feature, for features that nobody declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Phrases:
    high: str
    low: str
    unit: str = "orders"
    about: str = ""
    days: int | None = None
    direction: Mapping[str, int] = field(default_factory=dict)
