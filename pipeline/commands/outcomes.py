"""`moorings outcomes`: what past actions did, and whether past predictions kept their word."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.options import ConfigOption, JsonOption, configured, day
from pipeline.commands.output import show


def outcomes(
    config: ConfigOption = "demo",
    as_of: Annotated[
        str, typer.Option(metavar="DATE", help="Use only what was known before it. Default: everything.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Measure what past actions did: customers treated against those held out, and whom each play helps.

    Published risk tiers are compared with what came, too. An effect is stated only where hold-outs were drawn by lot;
    otherwise the page says what is missing.

    For example:

      moorings outcomes --config acme.toml

      moorings outcomes --config acme.toml --as-of 2024-06-30 --json
    """
    date = day(as_of, "--as-of") if as_of else None
    settings = configured(config)
    from pipeline.outcomes.files import keep  # noqa: PLC0415
    from pipeline.outcomes.outcomes import outcomes as work  # noqa: PLC0415 - slow libraries load when they are needed

    show(keep(work(settings, date), settings), as_json=as_json)
