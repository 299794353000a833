"""A feature is declared once: `@feature` over a function that writes it as an expression, with its documentation.

From the declaration follow the column, its text, unit, bounds, reason sentences, catalogue row and fingerprint.
An incomplete declaration is refused when its module is imported, naming the part that is missing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from features.engine.assumptions import assumed_by
from features.engine.docstrings import documentation
from features.engine.expression import Expression, Leaf, Number, leaves, lift
from features.engine.leaf_columns import column_mistake
from features.engine.view import HistoryView
from features.families import FAMILIES

ENGINE_VERSION = 2
"""Raised when a primitive changes its meaning, so that models trained before are refused.

`tests/features/test_golden_values.py` asks for it wherever a value changes and no fingerprint does.
"""


class DeclarationError(TypeError):
    """A feature is declared incompletely or twice."""


@dataclass(frozen=True)
class Feature:
    """A named, documented expression over a customer's history before a cutoff.

    `lowest` and `highest` bound every value (None: unbounded); `high` and `low` say the value in words, for
    customers above and below what is usual. `direction` says by kind of target, where it is certain, whether the
    chance can only rise (1) or fall (-1) with the value. Of features `about` the same, by default those of one
    declaration by `days`, one speaks for all to a reader; `days` is the length of the window, where declared by `days`.
    `fingerprint` is a SHA-256 of what is computed, not of the texts or directions.
    """

    name: str
    family: str
    unit: str
    description: str
    idea: str
    source: str
    high: str
    low: str
    lowest: float | None
    highest: float | None
    expression: Expression
    direction: Mapping[str, int] = field(default_factory=dict, hash=False)
    about: str = ""
    days: int | None = None

    @property
    def definition(self) -> str:
        """All that is computed: the expression with every number it states, then those it rests on beside."""
        beside = (f"; {name}={value}" for name, value in assumed_by(self.expression).items())
        return f"{self.expression}{''.join(beside)}"

    @property
    def fingerprint(self) -> str:
        """64 hexadecimal digits that change when the computed value may change."""
        text = f"{ENGINE_VERSION}|{self.name}|{self.unit}|{self.definition}"
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def inputs(self) -> set[Leaf]:
        """The leaves the value is made of."""
        return leaves(self.expression)

    def sentence(self, value: float, usual: float) -> str:
        """The value in words: the `high` phrase above `usual`, the `low` phrase otherwise."""
        return (self.high if value > usual else self.low).format(value=value)


Bounds = tuple[float | None, float | None]
Written = Callable[..., Expression | Number]
Variant = int | str | None
"""What sets features of one declaration apart: a window in days, a kind, or nothing where there is but one feature."""


class Registry(dict[str, Feature]):
    """Features by name, in the order they were declared."""

    def add(self, declared: Feature) -> None:
        """Take a feature in.

        Raises:
            DeclarationError: the name is taken.
        """
        if declared.name in self:
            raise DeclarationError(f"feature {declared.name!r} is declared twice; names are unique across families")
        self[declared.name] = declared


REGISTRY = Registry()


def feature(  # noqa: PLR0913 - one keyword for each part of a declaration
    *,
    family: str = "",
    unit: str = "",
    high: str = "",
    low: str = "",
    bounds: Bounds = (0, None),
    days: tuple[int, ...] = (),
    kinds: tuple[str, ...] = (),
    direction: Mapping[str, int] | None = None,
    about: str = "",
    registry: Registry = REGISTRY,
) -> Callable[[Written], Written]:
    """Declare the decorated function as a feature: `def name(h): "docs"; return expression`.

    The docstring holds a first line for the account manager, then `Idea:` and `Source:`. With `days`, the function
    is `def name(h, days)` and declares one feature per length, `name_30d` and so on; `{days}` in its texts is
    filled in. With `kinds`, it is `def name(h, kind)`, `name_training` and so on, and `{kind}`. `about` joins it with
    other declarations that tell a reader the same.

    Raises:
        DeclarationError: a part is missing, malformed or declared twice.
    """

    def declare(written: Written) -> Written:
        variants: tuple[Variant, ...] = (*days, *kinds) or (None,)
        for variant in variants:
            name, length = _named(written.__name__, variant), variant if isinstance(variant, int) else None
            declared = Feature(
                name=name,
                family=family,
                unit=unit,
                **_texts(written, variant, high=high, low=low),
                lowest=bounds[0],
                highest=bounds[1],
                expression=_expression(written, variant),
                direction=dict(direction or {}),
                about=about or (written.__name__ if length else name),
                days=length,
            )
            _check(declared)
            registry.add(declared)
        return written

    return declare


def _expression(written: Written, variant: Variant) -> Expression:
    """What the declared function returns for a variant."""
    returned = written(HistoryView()) if variant is None else written(HistoryView(), variant)
    if returned is None:
        raise DeclarationError(f"feature {written.__name__!r} returns nothing; is a `return` missing?")
    return lift(returned)


def _texts(written: Written, variant: Variant, **phrases: str) -> dict[str, str]:
    """The texts of a declaration by the field of `Feature` that holds them, with the variant filled in."""
    description, idea, source = documentation(written)
    texts = {"description": description, "idea": idea, "source": source, **phrases}
    return {part: _filled(text, variant) for part, text in texts.items()}


def _named(name: str, variant: Variant) -> str:
    if variant is None:
        return name
    return f"{name}_{variant}d" if isinstance(variant, int) else f"{name}_{variant}"


def _filled(text: str, variant: Variant) -> str:
    if variant is None:
        return text
    return text.replace("{days}" if isinstance(variant, int) else "{kind}", str(variant))


def _check(declared: Feature) -> None:
    """Refuse an incomplete declaration, naming the missing part."""
    for part in ("family", "unit", "description", "idea", "source", "high", "low"):
        if not getattr(declared, part).strip():
            raise DeclarationError(f"feature {declared.name!r} lacks its {part}; see features/engine/declaration.py")
    if declared.family not in FAMILIES:
        raise DeclarationError(
            f"feature {declared.name!r}: family {declared.family!r} is none of {', '.join(FAMILIES)}"
        )
    if not re.fullmatch(r"[a-z][a-z0-9_]*", declared.name):
        raise DeclarationError(f"feature {declared.name!r}: names are lower case letters, digits and underscores")
    if not set(declared.direction.values()) <= {1, -1}:
        raise DeclarationError(f"feature {declared.name!r}: a direction is 1 or -1, not {dict(declared.direction)}")
    for leaf in declared.inputs:
        if mistake := leaf.window.mistake or column_mistake(leaf):
            raise DeclarationError(f"feature {declared.name!r} asks for {leaf}: {mistake}")
    for part in ("high", "low"):
        _check_phrase(getattr(declared, part), f"feature {declared.name!r}: the {part} phrase")


def _check_phrase(phrase: str, subject: str) -> None:
    """Refuse a phrase that cannot be filled in with a value, or says the same of every value."""
    try:
        filled = {phrase.format(value=value) for value in (1.5, 2e6)}
    except (LookupError, ValueError, AttributeError, TypeError) as error:
        raise DeclarationError(f"{subject} cannot be filled in: {error}") from error
    if len(filled) == 1:
        raise DeclarationError(f"{subject} does not use {{value}}")
