"""The constants that a function rests on: read off its code, so that none can be forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

OURS = "models."
"""Constants of other packages are parts of expressions, and stand in their text."""
KINDS = (bool, int, float, str, tuple)


def constants_of(function: Callable[..., Any]) -> dict[str, object]:
    """By name, `module.NAME`, in the order of names, what a function of a module of ours reads of constants.

    Those that functions read which it calls by name are among them; a method's are not. Whole numbers inside the code
    are no constants: what somebody could choose otherwise needs a name.
    """
    return dict(sorted(_found(function, set())))


def _found(function: Callable[..., Any], seen: set[Callable[..., Any]]) -> Iterator[tuple[str, object]]:
    if not isinstance(function, FunctionType) or function in seen:
        return
    seen.add(function)
    for name in _names(function.__code__):
        value = function.__globals__.get(name)
        if isinstance(value, FunctionType) and value.__module__.startswith(OURS):
            yield from _found(value, seen)
        elif name.isupper() and isinstance(value, KINDS):
            yield f"{function.__module__.rpartition('.')[2]}.{name}", value


def _names(code: CodeType) -> Iterator[str]:
    """The names that code reads, that of functions and comprehensions inside it included."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)
