"""`moorings simulate`: an invented supplier to try everything on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import ConfigOption, JsonOption, configured
from pipeline.commands.output import show


def simulate(
    config: ConfigOption = "demo",
    customers: Annotated[int, typer.Option(min=1, max=200_000, help="How many customers there ever are.")] = 900,
    days: Annotated[int, typer.Option(min=30, max=20_000, help="Days of history.")] = 1_096,
    seed: Annotated[int, typer.Option(min=0, help="The same number makes the same supplier.")] = 7,
    as_json: JsonOption = False,
) -> None:
    """Make the order lines of an invented supplier, in the folder where the configuration expects them.

    A folder that holds anything but an earlier simulation is left alone.

    For example:

      moorings simulate

      moorings simulate --config demo --customers 300 --seed 1
    """
    from pipeline.simulate.supplier import simulate as work  # noqa: PLC0415 - slow libraries load when needed

    folder = Path(configured(config).history.order_lines.path)
    show(work(folder, customers=customers, days=days, seed=seed), as_json=as_json)
