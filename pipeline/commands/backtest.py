"""`moorings backtest`: what the predictions would have been worth in the past."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import ConfigOption, JsonOption, configured, days
from pipeline.commands.output import show


def backtest(
    cutoffs: Annotated[str, typer.Option(metavar="DATES", help="Dates to predict at, separated by commas.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="File for the rows: .parquet or .csv.")],
    config: ConfigOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Walk forward through the past: train on what was known by each date, predict, and compare with what came.

    The models serve the test only; none is registered. The figures are of each date and of all dates together, with
    intervals over customers. The rows written hold probability, baselines and outcome of each customer and date;
    moorings compare reads those of two .parquet files.

    For example:

      moorings backtest --config iowa --cutoffs 2021-06-30,2021-10-31,2022-03-31 --out iowa.parquet

      moorings backtest --cutoffs 2023-06-30,2023-10-31 --out demo.csv --json
    """
    dates = days(cutoffs, "--cutoffs")
    settings = configured(config)
    from pipeline.evaluation.backtest import backtest as work  # noqa: PLC0415 - slow libraries load when they are needed

    show(work(settings, dates, out), as_json=as_json)
