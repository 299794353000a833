"""What the docstring of a declared feature or target holds: a first line for people, then `Idea:` and `Source:`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable


def documentation(written: Callable[..., object]) -> tuple[str, str, str]:
    """First line, idea and source of the docstring; empty where missing."""
    text = inspect.getdoc(written) or ""
    first = re.split(r"\n\n|^(?:Idea|Source):", text, maxsplit=1, flags=re.M)[0].replace("\n", " ").strip()
    parts = dict(re.findall(r"^(Idea|Source): (.+?)(?=^\w+: |\Z)", text, re.M | re.S))
    idea, source = (" ".join(parts.get(key, "").split()) for key in ("Idea", "Source"))
    return first, idea, source
