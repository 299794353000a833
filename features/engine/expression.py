"""The small algebra a feature is written in: leaves over a customer's history, joined by ordinary arithmetic.

An expression holds no data. Its text (`str`) is canonical: two expressions with the same text are the same
computation, so the text serves as the key under which a result is kept and as what a fingerprint is taken of.
Missing values are NaN and stay NaN; dividing by zero gives NaN, never infinity and never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TypeAlias

from features.engine.days import Window

Number: TypeAlias = int | float


class Expression:
    """Anything that has one value for each customer and cutoff."""

    def __add__(self, other: Expression | Number) -> Expression:
        return Operation("add", (self, lift(other)))

    def __radd__(self, other: Number) -> Expression:
        return Operation("add", (lift(other), self))

    def __sub__(self, other: Expression | Number) -> Expression:
        return Operation("subtract", (self, lift(other)))

    def __rsub__(self, other: Number) -> Expression:
        return Operation("subtract", (lift(other), self))

    def __mul__(self, other: Expression | Number) -> Expression:
        return Operation("multiply", (self, lift(other)))

    def __rmul__(self, other: Number) -> Expression:
        return Operation("multiply", (lift(other), self))

    def __truediv__(self, other: Expression | Number) -> Expression:
        return Operation("divide", (self, lift(other)))

    def __rtruediv__(self, other: Number) -> Expression:
        return Operation("divide", (lift(other), self))

    def __ge__(self, other: Expression | Number) -> Expression:
        return Operation("at_least", (self, lift(other)))

    def __gt__(self, other: Expression | Number) -> Expression:
        return Operation("more_than", (self, lift(other)))

    def __and__(self, other: Expression) -> Expression:
        return Operation("both", (self, lift(other)))

    def __or__(self, other: Expression) -> Expression:
        return Operation("either", (self, lift(other)))

    def __bool__(self) -> bool:
        """Refused: `a > 3 and b`, `not a` and `1 < a < 3` would drop one of their sides without a word.

        Raises:
            TypeError: always.
        """
        raise TypeError(
            f"{self} has a value for each customer, so it is neither true nor false here; "
            "join conditions with & and |, each in brackets"
        )

    def log1p(self) -> Expression:
        """ln(1 + x); NaN where x <= -1."""
        return Operation("log1p", (self,))

    def sqrt(self) -> Expression:
        """The square root; NaN where x < 0."""
        return Operation("sqrt", (self,))

    def rounded_down(self) -> Expression:
        """The largest whole number that is not above the value."""
        return Operation("rounded_down", (self,))

    def rounded_up(self) -> Expression:
        """The smallest whole number that is not less."""
        return Operation("rounded_up", (self,))

    def at_most(self, bound: Expression | Number) -> Expression:
        """The smaller of the two."""
        return Operation("minimum", (self, lift(bound)))

    def no_less_than(self, bound: Expression | Number) -> Expression:
        """The larger of the two."""
        return Operation("maximum", (self, lift(bound)))

    def or_else(self, other: Expression | Number) -> Expression:
        """The value where it is known, `other` where it is not."""
        return Operation("or_else", (self, lift(other)))

    def where(self, condition: Expression) -> Expression:
        """The value where `condition` is true, NaN where it is false or unknown."""
        return Operation("where", (self, lift(condition)))


@dataclass(frozen=True)
class Constant(Expression):
    """The same number for everybody."""

    value: float

    def __str__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True)
class Horizon(Expression):
    """The configured horizon in days."""

    def __str__(self) -> str:
        return "horizon"


WHOLE = "whole"
"""Option of periods: one that the window cuts short does not count. Without it, it does."""


@dataclass(frozen=True)
class Leaf(Expression):
    """One primitive over one event table: what is measured, of which column, in which window.

    `option` chooses among the outputs of a primitive (a statistic, a period length); see `primitives.py`.
    """

    table: str
    primitive: str
    column: str
    window: Window
    option: str = ""

    @cached_property
    def _hashed(self) -> int:
        """A hash of the text, the same in every process: leaves are looked up a thousand times a chunk."""
        return int.from_bytes(blake2b(str(self).encode(), digest_size=7).digest(), "little")

    def __hash__(self) -> int:
        return self._hashed

    def __str__(self) -> str:
        option = f",{self.option}" if self.option else ""
        return f"{self.table}.{self.primitive}({self.column},{self.window}{option})"


@dataclass(frozen=True)
class Operation(Expression):
    """An elementwise function of other expressions."""

    name: str
    arguments: tuple[Expression, ...]

    def __str__(self) -> str:
        return f"{self.name}({','.join(map(str, self.arguments))})"


@dataclass(frozen=True)
class Cohort(Expression):
    """A value that needs every customer at the cutoff: output `output` of the cohort function `name`.

    The function sees, for one cutoff, the rows of all customers known by then and which of them are eligible;
    see `features/cohort.py`.
    """

    name: str
    output: str
    arguments: tuple[Expression, ...]

    def __str__(self) -> str:
        return f"{self.name}.{self.output}<{','.join(map(str, self.arguments))}>"


def lift(value: Expression | Number) -> Expression:
    """`value` as an expression; a plain number becomes a constant.

    Raises:
        TypeError: it is neither, such as what `==` gives, which compares two texts and no customer's values.
    """
    if isinstance(value, bool) or not isinstance(value, (Expression, int, float)):
        raise TypeError(f"expected an expression or a number, not {value!r}; ask for values with >= and >, not with ==")
    return value if isinstance(value, Expression) else Constant(float(value))


def one_of(asked: str, *there_are: str) -> None:
    """Refuse a word that nothing answers to.

    Raises:
        TypeError: `asked` is none of them.
    """
    if asked not in there_are:
        raise TypeError(f"there is no {asked!r}, only {' '.join(there_are)}")


def children(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly below this one."""
    return expression.arguments if isinstance(expression, (Operation, Cohort)) else ()


def leaves(expression: Expression) -> set[Leaf]:
    """Every leaf the expression is made of."""
    if isinstance(expression, Leaf):
        return {expression}
    return set().union(*(leaves(child) for child in children(expression)))


def needs_cohort(expression: Expression) -> bool:
    """Whether any part of the expression needs all customers at once."""
    return isinstance(expression, Cohort) or any(needs_cohort(child) for child in children(expression))
