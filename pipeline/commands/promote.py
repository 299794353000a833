"""`moorings promote`: whether the challenger takes the champion's place."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.options import ConfigOption, JsonOption, TargetOption, configured
from pipeline.commands.output import show


def promote(
    target: TargetOption = None,
    force: Annotated[bool, typer.Option("--force", help="Promote whatever the checks say; needs --reason.")] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the decision log.")] = "",
    config: ConfigOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Compare the challenger with the champion, and make it champion if no check fails.

    Both are judged on the same rows: the latest mature cutoffs that open after everything either of them learned
    from. The challenger has to beat the best baseline, and to be no worse than the champion in ranking, probabilities
    and calibration, and in no slice of customers. The decision and its numbers become tags of the version and a line of
    the decision log in runs/decisions. The old champion is kept for moorings rollback.

    Ends with exit code 4 where a check fails, 7 where there is no challenger. A model whose training raised a leakage
    alarm is not promoted by force either.

    For example:

      moorings promote

      moorings promote --config acme.toml --json > decision.json

      moorings promote --target churn --force --reason "the champion knows nothing of the new warehouse"
    """
    settings = configured(config)
    from pipeline.promotion.problems import Overruling  # noqa: PLC0415
    from pipeline.promotion.promotion import promote as work  # noqa: PLC0415 - slow libraries load when they are needed

    decisions = work(settings, target or (), Overruling(force, reason))
    problem = decisions.problem()
    if problem is not None:
        raise problem
    show(decisions, as_json=as_json)
