"""`moorings simulate`: an invented supplier to try everything on."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from features.errors import UsageProblem
from pipeline.commands.options import ConfigOption, JsonOption, configured, days
from pipeline.commands.output import show

Customers = Annotated[
    str,
    typer.Option(metavar="NUMBER|SIZE", help="How many customers in all, or small (2,000), medium, large, million."),
]
Correlation = Annotated[
    float,
    typer.Option(
        "--strength-correlation", min=-1, max=1, help="Correlation of a customer's strength with its looking ahead."
    ),
]


class Signal(StrEnum):
    """Whether anything can be learned from the history."""

    full = "full"
    none = "none"


class Play(StrEnum):
    """What the past campaigns were."""

    every = "every"
    call = "call"
    discount = "discount"
    repair = "repair"


def simulate(  # noqa: PLR0913, PLR0917 - one argument an option
    config: ConfigOption = "demo",
    customers: Customers = "900",
    length: Annotated[int, typer.Option("--days", min=30, max=20_000, help="Days of history.")] = 1_096,
    seed: Annotated[int, typer.Option(min=0, help="The same number makes the same supplier.")] = 7,
    truth: Annotated[bool, typer.Option(help="Also write what will become of each customer.")] = True,
    cutoffs: Annotated[str, typer.Option(help="Dates of that truth, with commas. Default: the last months.")] = "",
    strength_correlation: Correlation = 0.0,
    signal: Annotated[Signal, typer.Option(help="none: random orders, so that nothing can be learned.")] = Signal.full,
    campaigns: Annotated[
        int, typer.Option(min=1, max=60, help="How many past campaigns with hold-outs there were.")
    ] = 2,
    campaign_share: Annotated[float, typer.Option(min=0, max=1, help="Share of the customers in each campaign.")] = 0.3,
    play: Annotated[Play, typer.Option(help="Play of each campaign; every: they take turns.")] = Play.every,
    moments: Annotated[bool, typer.Option(help="Compare the result with those real histories found.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make the nine history tables of an invented supplier, where the configuration expects the order lines.

    The truth that a real history hides, such as each customer's probability of leaving, is written to a folder beside
    them. A folder that holds anything but an earlier simulation is left alone.

    For example:

      moorings simulate

      moorings simulate --config demo --customers 300 --seed 1

      moorings simulate --customers medium --strength-correlation 0.5 --moments

      moorings simulate --customers 40000 --campaigns 12 --campaign-share 0.9 --play call

      moorings simulate --customers million --no-truth
    """
    settings = configured(config)
    from pipeline.simulate.moments import compared  # noqa: PLC0415 - slow libraries load when they are needed
    from pipeline.simulate.parameters import correlated_strength, with_campaigns, without_signal  # noqa: PLC0415
    from pipeline.simulate.supplier import Telling  # noqa: PLC0415
    from pipeline.simulate.supplier import simulate as work  # noqa: PLC0415
    from pipeline.simulate.truth import Window  # noqa: PLC0415
    from pipeline.simulate.worth import Stakes  # noqa: PLC0415
    from pipeline.standing.standing_rows import usual_offer  # noqa: PLC0415

    usual = correlated_strength(strength_correlation) if signal is Signal.full else without_signal()
    found = work(
        _folder(Path(settings.history.order_lines.path)),
        customers=_number(customers),
        days=length,
        seed=seed,
        telling=Telling(
            parameters=with_campaigns(usual, campaigns, campaign_share, "" if play is Play.every else play.value),
            cutoffs=(tuple(days(cutoffs, "--cutoffs")) or None) if truth else (),
            window=Window(settings.time.gap_days, settings.time.horizon_days),
            stakes=Stakes(usual_offer(settings), settings.scoring.planning_days),
        ),
    )
    show(compared(found, settings) if moments else found, as_json=as_json)


def _folder(order_lines: Path) -> Path:
    if order_lines.name == "order_lines":
        return order_lines.parent
    raise UsageProblem(
        "The simulation writes nine tables, each to a folder of its name.",
        where="history.order_lines.path",
        got=str(order_lines),
        expected="a path that ends in order_lines",
        todo="use a configuration made for the simulation, such as demo",
    )


def _number(customers: str) -> int:
    from pipeline.simulate.supplier import SIZES  # noqa: PLC0415

    number = SIZES.get(customers) or (int(customers) if customers.isascii() and customers.isdigit() else 0)
    if 1 <= number <= 10_000_000:
        return number
    raise UsageProblem(
        "This is no number of customers.",
        where="--customers",
        got=customers,
        expected=f"a whole number from 1 to 10,000,000, or one of {', '.join(SIZES)}",
        todo="correct the number",
    )
