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
    """Make the model that scored before the last promotion champion again.

    The decision log in runs/decisions records it. A rollback goes one step back, and a second one does not undo it.
    Without --target it takes back what the last run to move anything moved: a target promoted earlier stays.

    Exit code 7: there is no earlier champion.

    For example:

      moorings rollback

      moorings rollback --config acme.toml --target churn --reason "too many alarms in the north"
    """
    settings = configured(config)
    from pipeline.promotion.rollback import rollback as work  # noqa: PLC0415 - slow libraries load when they are needed

    show(work(settings, target or (), reason), as_json=as_json)
