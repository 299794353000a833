"""Arguments that several commands share."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from features.errors import UsageProblem

if TYPE_CHECKING:
    from pipeline.config import Config

ConfigOption = Annotated[
    str,
    typer.Option(
        "--config",
        "-c",
        envvar="MOORINGS_CONFIG",
        metavar="PATH",
        help="A TOML file, or the name of a ready one: demo, iowa, iowa_wallet, online_retail, cdnow, grocery.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout, and nothing else there.")]

TargetOption = Annotated[
    list[str] | None,
    typer.Option("--target", metavar="KIND", help="Of one target alone, churn or partnership; may be repeated."),
]


def configured(config: str) -> Config:
    """The configuration named on the command line.

    Raises:
        UsageProblem: it cannot be used.
    """
    from pipeline.config import load_config  # noqa: PLC0415 - pydantic would slow `--help`

    return load_config(config)


def day(text: str, option: str) -> date:
    """A date of the command line.

    Raises:
        UsageProblem: it is no ISO date.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageProblem(
            "This is not a date.",
            where=option,
            got=text,
            expected="year-month-day, such as 2024-09-30",
            todo="correct the date",
        ) from None


def days(text: str, option: str) -> list[date]:
    """Dates of the command line, separated by commas.

    Raises:
        UsageProblem: one of them is no ISO date.
    """
    return [day(part, option) for part in text.split(",") if part.strip()]
