"""`moorings train`: fit, test, and register as challenger."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.options import ConfigOption, JsonOption, configured
from pipeline.commands.output import show


def train(
    promote: Annotated[
        bool, typer.Option("--promote", help="Then decide about the challengers at once, as moorings promote does.")
    ] = False,
    config: ConfigOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Train a model per target, test it on the latest mature cutoffs, and register it as challenger.

    While there is no champion, a challenger that beats the best baseline becomes champion. A champion that there is
    stays, whatever comes of the training, unless --promote is given.

    Ends with exit code 4 where a challenger is refused.

    For example:

      moorings train

      moorings train --config acme.toml --promote

      moorings train --config acme.toml --json > training.json
    """
    settings = configured(config)
    from pipeline.training.train import train as work  # noqa: PLC0415 - slow libraries load when they are needed

    show(work(settings, promotes=promote), as_json=as_json)
