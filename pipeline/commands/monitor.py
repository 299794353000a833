"""`moorings monitor`: whether tables, inputs, scores, outcomes and promises are still what they were."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.options import ConfigOption, JsonOption, configured, day_or_today
from pipeline.commands.output import show


def monitor(
    config: ConfigOption = "demo",
    as_of: Annotated[
        str, typer.Option(metavar="DATE", help="The day of the check, or today. Default: the day after the last order.")
    ] = "",
    as_json: JsonOption = False,
) -> int:
    """Check the tables, what the champion is fed, what it says, and whether its past promises came true.

    Ends with exit code 5 where something is beyond its limit, with 4 where there is no champion, with 7 where nothing
    is newer than what the champion was trained on. The report is runs/monitor/<config>/<date>.md. A stale table of
    orders shows only where the day of the check is given.

    For example:

      moorings monitor --config acme.toml --as-of today

      moorings monitor --config acme.toml --as-of 2024-06-30 --json
    """
    settings = configured(config)
    date = day_or_today(as_of, "--as-of", settings.history.time_zone) if as_of else None
    from pipeline.monitor.files import keep  # noqa: PLC0415
    from pipeline.monitor.monitor import monitor as work  # noqa: PLC0415 - slow libraries load when they are needed

    kept = keep(work(settings, date), settings)
    show(kept, as_json=as_json)
    return kept.exit_code
