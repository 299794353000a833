"""`moorings monitor`: whether tables, inputs, scores, outcomes and promises are still what they were."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.options import ConfigOption, JsonOption, configured, day_or_today
from pipeline.commands.output import show


def monitor(
    config: ConfigOption = "demo",
    as_of: Annotated[
        str, typer.Option(metavar="DATE", help="Day of the check, or today. Default: the day after the last order.")
    ] = "",
    as_json: JsonOption = False,
) -> int:
    """Check tables, inputs and scores against what was usual, and past predictions against what came.

    The report is written to runs/monitor/<config>/<date>.md. Give the day of the check: without it, a table of orders
    that stopped coming cannot be told from a current one.

    Exit codes: 5 something is beyond its limit, 4 there is no champion, 7 nothing is newer than what the champion was
    trained on.

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
