"""`moorings export`: predictions of any scored date, as files or into a database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from features.errors import UsageProblem
from pipeline.commands.options import ConfigOption, JsonOption, configured, day
from pipeline.commands.output import show

FORMATS = {name: f"predictions.{name}" for name in ("parquet", "csv", "xlsx", "html")}
Cutoff = Annotated[
    str, typer.Option("--cutoff", "--as-of", metavar="DATE", help="A date that was scored. Default: the newest one.")
]
Formats = Annotated[
    str,
    typer.Option(
        "--format", metavar="NAMES", help="Any of parquet, csv, xlsx, html, separated by commas. Default: all."
    ),
]
Folder = Annotated[
    Path | None, typer.Option("--folder", metavar="FOLDER", help="Folder for the files, created if it is missing.")
]
To = Annotated[
    str,
    typer.Option(
        "--to",
        envvar="MOORINGS_EXPORT_TO",
        metavar="URL",
        help="A database: postgresql://user@host/database or sqlite:///file.db. The variable keeps it out of `ps`.",
    ),
]
Table = Annotated[
    str, typer.Option("--table", help="Table in the database. Default: the supplier's name and _predictions.")
]


def export(
    cutoff: Cutoff = "",
    formats: Formats = "",
    folder: Folder = None,
    to: To = "",
    table: Table = "",
    config: ConfigOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Write the predictions of a scored date again, to files or into a database.

    Files are the same, byte for byte, as when this version scored the date. They are written unless --to is given
    alone; add --format or --folder to get both. In a database, rows are replaced by customer_id and cutoff in one
    transaction: all of them or none.

    For example:

      moorings export --cutoff 2024-06-30 --format csv,xlsx --folder june

      moorings export --cutoff 2024-06-30 --to sqlite:///predictions.db

      MOORINGS_EXPORT_TO=postgresql://moorings@localhost/crm moorings export --config acme.toml --json
    """
    chosen = day(cutoff, "--cutoff") if cutoff else None
    names = _names(formats or ("" if to and folder is None else ",".join(FORMATS)))
    settings = configured(config)
    from pipeline.export.delivery import Request, give_out  # noqa: PLC0415 - slow libraries load when they are needed

    show(give_out(settings, chosen, Request(names, folder, to, table)), as_json=as_json)


def _names(formats: str) -> tuple[str, ...]:
    asked = [part.strip().lower() for part in formats.split(",") if part.strip()]
    unknown = [part for part in asked if part not in FORMATS]
    if unknown:
        raise UsageProblem(
            "There is no such format.",
            where="--format",
            got=", ".join(unknown),
            expected=f"of {', '.join(FORMATS)}, separated by commas",
            todo="correct the names",
        )
    return tuple(FORMATS[part] for part in dict.fromkeys(asked))
