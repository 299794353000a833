"""`moorings rollback`: back to the model that scored before."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.options import ConfigOption, JsonOption, TargetOption, configured
from pipeline.commands.output import show


def rollback(
    target: TargetOption = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the decision log.")] = "",
    config: ConfigOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Make the model that scored before the last promotion champion again. Written to the decision log.

    Ends with exit code 7 where there is none: a rollback goes one step back, and cannot be undone by another.

    For example:

      moorings rollback

      moorings rollback --config acme.toml --target churn --reason "too many alarms in the north"
    """
    settings = configured(config)
    from pipeline.promotion.rollback import rollback as work  # noqa: PLC0415 - slow libraries load when they are needed

    show(work(settings, target or (), reason), as_json=as_json)
