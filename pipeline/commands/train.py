"""`moorings train`: fit, test, and register as challenger."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.options import ConfigOption, JsonOption, configured
from pipeline.commands.output import show


def train(
    promote: Annotated[
        bool, typer.Option("--promote", help="Afterwards, decide about the challengers as moorings promote does.")
    ] = False,
    config: ConfigOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Train a model per target, test it on the latest mature cutoffs, and register it as challenger.

    If there is no champion yet, a challenger that beats the best baseline becomes champion. An existing champion is
    kept, however well the challenger does, unless --promote is given.

    Exit code 4: a challenger was refused.

    For example:

      moorings train

      moorings train --config acme.toml --promote

      moorings train --config acme.toml --json > training.json
    """
    settings = configured(config)
    from pipeline.training.train import train as work  # noqa: PLC0415 - slow libraries load when they are needed

    show(work(settings, promotes=promote), as_json=as_json)
