"""What is wrong with a configuration, said in the user's words."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from features.errors import UsageProblem

Location = tuple[int | str, ...]
PLAYS = "plays"
"""The section whose settings follow from what is declared in the code: who adds a play adds them."""


def first_problem(error: ValidationError, tree: dict[str, Any], model: type[BaseModel], file: Path) -> UsageProblem:
    """The problem to show for a configuration that does not validate: unknown keys before everything else."""
    details = error.errors(include_url=False)
    unknown = [detail for detail in details if detail["type"] == "extra_forbidden"]
    if unknown:
        return _unknown_key(unknown[0]["loc"], tree, model, file)
    deepest = max(details, key=lambda detail: len(_in_tree(detail["loc"], tree)))
    return _missing(deepest, file) if deepest["type"] == "missing" else _wrong(deepest, tree, file)


def _unknown_key(location: Location, tree: dict[str, Any], model: type[BaseModel], file: Path) -> UsageProblem:
    section, key = _dotted(_in_tree(location[:-1], tree)), str(location[-1])
    known = _known_keys(model, location[:-1])
    nearest = get_close_matches(key, known, n=1, cutoff=0.5)
    elsewhere = [path for path in _all_keys(model) if path.rsplit(".", 1)[-1] == key]
    todo = f"did you mean {nearest[0]!r}?" if nearest else "remove it, or look it up in configs/default.toml"
    if not nearest and elsewhere:
        todo = f"did you mean {elsewhere[0]!r}?"
    return UsageProblem(
        f"There is no setting {key!r}" + (f" in [{section}]." if section else "."),
        where=f"{file}, {section}.{key}" if section else f"{file}, {key}",
        got=key,
        expected="one of: " + ", ".join(sorted(known)),
        todo=todo,
    )


def _missing(detail: ErrorDetails, file: Path) -> UsageProblem:
    return UsageProblem(
        "A setting is missing.",
        where=f"{file}, {_dotted(detail['loc'])}",
        got="nothing",
        expected="a value: this setting has no default",
        todo="state it in configs/default.toml, as of every other play, with its unit and reason"
        if detail["loc"][0] == PLAYS
        else "add it; the ready configurations in configs/ show how it looks",
    )


def _wrong(detail: ErrorDetails, tree: dict[str, Any], file: Path) -> UsageProblem:
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return UsageProblem(
        "A setting is not what it should be.",
        where=f"{file}, {_dotted(_in_tree(detail['loc'], tree))}",
        got=repr(detail["input"]),
        expected=message,
        todo="correct the value; configs/default.toml explains every setting with its unit",
    )


def _in_tree(location: Location, tree: Any) -> Location:
    """The part of a location that can be followed in the tree: pydantic adds names of union members behind it."""
    kept: list[int | str] = []
    for part in location:
        inside = isinstance(tree, list) and isinstance(part, int) and part < len(tree)
        if not (inside or (isinstance(tree, dict) and part in tree)):
            break
        tree = tree[part]
        kept.append(part)
    return tuple(kept)


def _dotted(location: Location) -> str:
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.removeprefix(".")


def _known_keys(model: type[BaseModel], location: Location) -> list[str]:
    """The keys of the section at `location`; names of union members, which pydantic adds, are passed over."""
    for part in location:
        field = next((f for n, f in model.model_fields.items() if part in (n, f.alias)), None)
        if field is not None:
            model = next(_models(field.annotation), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _all_keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        path = prefix + (field.alias or name)
        yield path
        for inner in _models(field.annotation):
            yield from _all_keys(inner, f"{path}.")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The sections inside a type: `X`, `list[X]`, `X | None`."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        if issubclass(annotation, BaseModel):
            yield annotation
        return
    for inner in typing.get_args(annotation):
        yield from _models(inner)
