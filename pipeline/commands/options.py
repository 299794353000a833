"""Arguments that several commands share."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from features.errors import UsageProblem
from pipeline.process.log_lines import say
from pipeline.process.run_id import run_id

if TYPE_CHECKING:
    from pipeline.config import Config

ConfigOption = Annotated[
    str,
    typer.Option(
        "--config",
        "-c",
        envvar="MOORINGS_CONFIG",
        metavar="PATH",
        help="A TOML file, or a ready one by name: demo, iowa, iowa_wallet, online_retail, cdnow, grocery, world.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")]
LogOption = Annotated[
    Literal["text", "json"],
    typer.Option("--log", envvar="MOORINGS_LOG", help="Format of the log on stderr; json writes one object per line."),
]

TargetOption = Annotated[
    list[str] | None,
    typer.Option("--target", metavar="KIND", help="Only this target, churn or partnership. May be repeated."),
]


def configured(config: str) -> Config:
    """The configuration named on the command line. From here on the log says which run it is of.

    Raises:
        UsageProblem: it cannot be used.
    """
    from pipeline.config import load_config  # noqa: PLC0415 - pydantic would slow `--help`

    found = load_config(config)
    say(f"run {run_id()} of {found.name}", config=found.name)
    return found


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


def day_or_today(text: str, option: str, time_zone: str) -> date:
    """A date of the command line, or the present one in a time zone, an IANA name, where it says `today`.

    Raises:
        UsageProblem: it is neither, or the zone is unknown.
    """
    if text.strip() != "today":
        return day(text, option)
    try:
        return datetime.now(ZoneInfo(time_zone)).date()
    except (ZoneInfoNotFoundError, ValueError):
        raise UsageProblem(
            "This time zone is unknown.",
            where="setting history.time_zone",
            got=time_zone,
            expected="an IANA name, such as Europe/Berlin",
            todo="correct the name",
        ) from None


def days(text: str, option: str) -> list[date]:
    """Dates of the command line, separated by commas.

    Raises:
        UsageProblem: one of them is no ISO date.
    """
    return [day(part, option) for part in text.split(",") if part.strip()]
