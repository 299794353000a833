"""The exported table as a JSON Schema, made from `predictions.FIELDS`, and what a change of it means to readers.

One row is one object. In JSON a day is a text such as 2024-09-30 and a list an array; `x-type` is the type in Parquet
and in the store, `x-look` how people see the value: share (0 to 1), money (in the currency of the supplier), count,
size (of two decimals), day or text. In CSV and XLSX each reason has a column of its own, and codes are joined by "; ".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pyarrow as pa

from pipeline.contract.field import TEXTS, Field
from pipeline.contract.predictions import FIELDS
from pipeline.contract.version import EXPORT_VERSION

Change = Literal["none", "words", "minor", "major"]
"""In rising order: nothing; meanings said otherwise; columns added; anything a reader may have relied on."""
WHOLE = dict.fromkeys((pa.int8(), pa.int16(), pa.int32(), pa.int64()), "integer")
KINDS = {pa.string(): "string", pa.date32(): "string", pa.float64(): "number", pa.bool_(): "boolean", TEXTS: "array"}


def schema(fields: tuple[Field, ...] = FIELDS, version: str = EXPORT_VERSION) -> dict[str, Any]:
    """The contract of one row, JSON-able. Names are what counts, not their order."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "moorings predictions",
        "description": "One customer known at a cutoff. Readers of a major version may rely on every column named "
        "here, and have to bear with further ones: a minor version adds columns.",
        "version": version,
        "x-key": ["customer_id", "cutoff"],
        "type": "object",
        "properties": {field.name: column(field) for field in fields},
        "required": [field.name for field in fields],
        "additionalProperties": True,
    }


def column(field: Field) -> dict[str, Any]:
    """One column: its type with or without null, its bounds, and what it means."""
    kind = (KINDS | WHOLE)[field.type]
    found: dict[str, Any] = {"type": kind if field.given else [kind, "null"]}
    if field.type == pa.date32():
        found["format"] = "date"
    if field.type == TEXTS:
        found["items"] = {"type": "string"}
    least, most = (field.least, field.most) if field.look != "share" else (field.least or 0, field.most or 1)
    found |= {name: limit for name, limit in (("minimum", least), ("maximum", most)) if limit is not None}
    if field.words:
        found["enum"] = [*field.words, *([] if field.given else [None])]
    return {**found, "description": field.meaning, "x-type": str(field.type), "x-look": field.look}


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, list[str]]:
    """What became of the contract `old`: the weightiest kind of change, and every change in words."""
    before, after = old["properties"], new["properties"]
    found: list[tuple[Change, str]] = [("major", f"{name} is gone") for name in before if name not in after]
    found += [("minor", f"{name} is new") for name in after if name not in before]
    for name in before:
        if name in after and _relied_on(before[name]) != _relied_on(after[name]):
            found.append(("major", f"{name} was {_relied_on(before[name])} and is {_relied_on(after[name])}"))
        elif name in after and before[name] != after[name]:
            found.append(("words", f"{name} is described otherwise"))
    if old["x-key"] != new["x-key"]:
        found.append(("major", f"the key was {old['x-key']} and is {new['x-key']}"))
    kinds = {kind for kind, _ in found}
    heaviest: Change = next((kind for kind in ("major", "minor", "words") if kind in kinds), "none")
    return heaviest, [text for _, text in found]


def _relied_on(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key not in ("description", "x-look")}


def allowed(change: Change, old: str, new: str) -> bool:
    """Whether the step from the version `old` to `new` is large enough for a change, and no larger than one step."""
    (major, minor), (now, small) = (map(int, version.split(".")) for version in (old, new))
    if change == "major":
        return (now, small) == (major + 1, 0)
    if change == "minor":
        return (now, small) == (major, minor + 1)
    return (now, small) == (major, minor)
