"""`moorings features`: the catalogue of everything a prediction may rest on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated

import typer

from features.errors import UsageProblem
from pipeline.commands.options import ConfigOption, JsonOption, configured, day
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
        return "\n".join([*lines[1:], "", f"{len(self.rows)} features: {counts}", *self._tables()])

    def _tables(self) -> list[str]:
        """How many features each table makes possible that order lines alone do not."""
        tables = Counter(
            table for row in self.rows for table in {n.partition(".")[0] for n in row["needs"].split(", ")}
        )
        beside = ", ".join(f"{table} {number}" for table, number in tables.most_common() if table != "order_lines")
        return [f"Features that need another table (--markdown or --json name the columns): {beside}"] if beside else []

    def markdown(self) -> str:
        """One Markdown table per family, with bounds, idea, source, phrases of reasons, direction and needs."""
        lines: list[str] = []
        for family, rows in groupby(self.rows, key=lambda row: row["family"]):
            columns = ("name", "unit", "bounds", "description", "idea", "source", "high", "low", "direction", "needs")
            lines += [f"## {family}", "", f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
            lines += [f"| {' | '.join(_escaped(row[column]) for column in columns)} |" for row in rows] + [""]
        return "\n".join(lines)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def features(
    family: Annotated[str, typer.Option(help="Only this family, such as rhythm.")] = "",
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the catalogue as Markdown tables.")] = False,
    explain: Annotated[str, typer.Option(help="Explain the value of this feature for one customer.")] = "",
    customer: Annotated[str, typer.Option(help="With --explain: the customer, as the order lines name it.")] = "",
    as_of: Annotated[str, typer.Option(help="With --explain: the cutoff; only what was known before it counts.")] = "",
    target: Annotated[
        str,
        typer.Option(metavar="KIND", help="With --explain: as the model of this target sees it, churn or partnership."),
    ] = "",
    config: ConfigOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """List every feature with name, family, unit and meaning, or explain one value of one customer.

    With --explain, --customer and --as-of it shows how a value came about, down to the rows.

    For example:

      moorings features

      moorings features --family rhythm

      moorings features --markdown > features.md

      moorings features --json | jq '.features[].name'

      moorings features --explain overdue_ratio --customer 2106 --as-of 2022-03-31 --config iowa

      moorings features --explain silence_rank --customer 2106 --as-of 2022-03-31 --config iowa --target partnership
    """
    if explain or customer or as_of:
        from pipeline.explanation import explain_feature  # noqa: PLC0415 - slow libraries load when they are needed

        _check_complete(explain, customer, as_of)
        found = explain_feature(configured(config), explain, customer, day(as_of, "--as-of"), target)
        show(found, as_json=as_json)
        return
    chosen = Catalogue(_chosen(family))
    if markdown and not as_json:
        print(chosen.markdown())
    else:
        show(chosen, as_json=as_json)


def _check_complete(explain: str, customer: str, as_of: str) -> None:
    given = {"--explain": explain, "--customer": customer, "--as-of": as_of}
    missing = [option for option, value in given.items() if not value]
    if missing:
        raise UsageProblem(
            "To explain a value, its feature, customer and date are needed.",
            where=", ".join(missing),
            got="nothing",
            expected="--explain FEATURE --customer ID --as-of DATE",
            todo="give all three",
        )


def _chosen(family: str) -> list[dict[str, str]]:
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
    return chosen
