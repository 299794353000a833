"""`moorings promote`: whether the challenger takes the champion's place."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.options import ConfigOption, JsonOption, TargetOption, configured
from pipeline.commands.output import show


def promote(
    target: TargetOption = None,
    force: Annotated[bool, typer.Option("--force", help="Promote whatever the checks say. Needs --reason.")] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the decision log.")] = "",
    config: ConfigOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Compare the challenger with the champion, and make it champion if no check fails.

    Both are judged on the same rows: the latest mature cutoffs, later than anything either of them learned from. The
    challenger has to beat the best baseline, and must not be worse than the champion in ranking, probabilities or
    calibration, or in any group of customers. The decision and its numbers are written to the decision log in
    runs/decisions and to the tags of the version. The old champion is kept for moorings rollback.

    Exit codes: 4 a check failed, 7 there is no challenger. A model whose training raised a leakage alarm cannot be
    promoted, not even with --force.

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
