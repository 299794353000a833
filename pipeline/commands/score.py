"""`moorings score`: predictions and reasons for every customer at a date, or at every date of a range."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from features.errors import UsageProblem
from pipeline.commands.options import ConfigOption, JsonOption, configured, day_or_today
from pipeline.commands.output import show

AsOf = Annotated[
    str,
    typer.Option("--as-of", metavar="DATE", help="The cutoff: only what was known before this day is used. Or today."),
]
First = Annotated[str, typer.Option("--from", metavar="DATE", help="First date of a range; with --to.")]
Last = Annotated[str, typer.Option("--to", metavar="DATE", help="Last date of the range, included. Or today.")]
Every = Annotated[Literal["month", "week", "day"], typer.Option("--every", help="Step of the range.")]


def score(
    as_of: AsOf = "",
    first: First = "",
    last: Last = "",
    every: Every = "month",
    config: ConfigOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Score every customer at a date with the champion, give reasons, and write the export.

    Scoring a date again changes nothing. A range that was interrupted can be started again: dates that are done are
    skipped.

    Exit code 7: every date of the range was already done.

    For example:

      moorings score --as-of 2024-07-01

      moorings score --config acme.toml --as-of today --json

      moorings score --from 2023-01-31 --to 2024-06-30 --every month
    """
    _check_asked(as_of, first, last)
    settings = configured(config)
    zone = settings.history.time_zone
    if as_of:
        cutoff = day_or_today(as_of, "--as-of", zone)
        from pipeline.scoring.score import score as work  # noqa: PLC0415 - slow libraries load when they are needed

        show(work(settings, cutoff), as_json=as_json)
        return
    ends = day_or_today(first, "--from", zone), day_or_today(last, "--to", zone)
    from pipeline.scoring.backfill import backfill, cutoffs_between  # noqa: PLC0415

    show(backfill(settings, cutoffs_between(*ends, every)), as_json=as_json)


def _check_asked(as_of: str, first: str, last: str) -> None:
    if bool(as_of) != bool(first or last) and bool(first) == bool(last):
        return
    given = {"--as-of": as_of, "--from": first, "--to": last}
    raise UsageProblem(
        "It is not clear which dates to score.",
        where="moorings score",
        got=" ".join(f"{option} {value}" for option, value in given.items() if value) or "no date",
        expected="--as-of DATE, or --from DATE --to DATE",
        todo="give the one or the other",
    )
