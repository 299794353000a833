"""`moorings score`: predictions and reasons for every customer at a date."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.options import ConfigOption, JsonOption, configured, day
from pipeline.commands.output import show


def score(
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="The cutoff: only what was known before this day is used.")
    ],
    config: ConfigOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Score every customer at a date with the champion, say why, and write the export. Doing it again changes nothing.

    For example:

      moorings score --as-of 2024-09-30

      moorings score --config acme.toml --as-of "$(date +%F)" --json
    """
    cutoff = day(as_of, "--as-of")
    settings = configured(config)
    from pipeline.score import score as work  # noqa: PLC0415 - slow libraries load when they are needed

    show(work(settings, cutoff), as_json=as_json)
