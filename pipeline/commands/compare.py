"""`moorings compare`: which of two models predicts better, and whether chance explains it."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.options import ConfigOption, JsonOption, configured
from pipeline.commands.output import show

RUN = "A Parquet file of a backtest, a run id, or a registered version such as demo-churn/3."


def compare(
    first: Annotated[str, typer.Argument(metavar="FIRST", help=RUN)],
    second: Annotated[str, typer.Argument(metavar="SECOND", help="Likewise. Differences are second minus first.")],
    config: ConfigOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Compare two runs or two backtests on the same rows, with intervals over customers, and tell how they were made.

    Exit code 3: the two do not speak of the same customers, dates or outcomes.

    For example:

      moorings compare before.parquet after.parquet --config iowa

      moorings compare demo-churn/1 demo-churn/2

      moorings compare demo-churn/1 demo-churn/2 --json | jq '.contests'
    """
    settings = configured(config)
    from pipeline.promotion.compare import compare_runs  # noqa: PLC0415 - slow libraries load when they are needed

    show(compare_runs(first, second, settings), as_json=as_json)
