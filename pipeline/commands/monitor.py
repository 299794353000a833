"""`moorings monitor`: whether anything moved that somebody has to look into."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.options import ConfigOption, JsonOption, configured, day
from pipeline.commands.output import report, show


def monitor(
    config: ConfigOption = "demo",
    as_of: Annotated[str, typer.Option(metavar="DATE", help="What was known before it. Default: everything.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Check tables, features, scores and outcomes against what is usual, and past exports against what came.

    Ends with exit code 5 where a check raises an alarm; the page says which, by how much, and what to do.

    For example:

      moorings monitor --config acme.toml

      moorings monitor --config acme.toml --as-of 2024-06-30 --json > check.json
    """
    date = day(as_of, "--as-of") if as_of else None
    settings = configured(config)
    from pipeline.monitor import monitor as work  # noqa: PLC0415 - slow libraries load when they are needed
    from pipeline.monitor_files import keep  # noqa: PLC0415

    kept = keep(work(settings, date, report), settings)
    show(kept, as_json=as_json)
    problem = kept.check.problem()
    if problem is not None:
        raise typer.Exit(problem.exit_code)
