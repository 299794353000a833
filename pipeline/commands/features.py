"""`moorings features`: the catalogue of everything a prediction may rest on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated

import typer

from features.errors import UsageProblem
from pipeline.commands.options import JsonOption
from pipeline.commands.output import show


@dataclass(frozen=True)
class Catalogue:
    """Declared features as rows of text, in the order of the families."""

    rows: list[dict[str, str]]

    def summary(self) -> dict[str, object]:
        """Every column of the catalogue."""
        return {"features": self.rows}

    def text(self) -> str:
        """One block per family: name, unit, and what it says to an account manager."""
        widths = {column: max(len(row[column]) for row in self.rows) for column in ("name", "unit")}
        lines, family = [], ""
        for row in self.rows:
            if row["family"] != family:
                family = row["family"]
                lines += ["", family]
            name, unit = (f"{row[column]:<{widths[column]}}" for column in ("name", "unit"))
            lines.append(f"  {name}  {unit}  {row['description']}")
        counts = ", ".join(f"{family} {number}" for family, number in Counter(r["family"] for r in self.rows).items())
        return "\n".join([*lines[1:], "", f"{len(self.rows)} features: {counts}"])


def features(
    family: Annotated[str, typer.Option(help="Only this family, such as rhythm.")] = "", as_json: JsonOption = False
) -> None:
    """List every feature: name, family, unit, and what it means.

    For example:

      moorings features

      moorings features --family rhythm

      moorings features --json | jq '.features[].name'
    """
    from features.catalogue import rows  # noqa: PLC0415 - slow libraries load when they are needed

    every = rows()
    chosen = [row for row in every if family in ("", row["family"])]
    if not chosen:
        raise UsageProblem(
            "There is no such family of features.",
            where="--family",
            got=family,
            expected="one of: " + ", ".join(dict.fromkeys(row["family"] for row in every)),
            todo="choose one of these, or leave --family out",
        )
    show(Catalogue(chosen), as_json=as_json)
