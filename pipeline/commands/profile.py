"""`moorings profile`: what a history holds, and what it is too thin for."""

from __future__ import annotations

from pipeline.commands.options import ConfigOption, JsonOption, configured
from pipeline.commands.output import show


def profile(config: ConfigOption = "demo", as_json: JsonOption = False) -> None:
    """Report what the history holds: rows, customers, rhythm, return curve, cutoffs, and what is too thin.

    Run it first on new data: it reads every table, names what breaks its contract, and proposes a horizon. Nothing is
    trained.

    For example:

      moorings profile

      moorings profile --config configs/iowa.toml

      moorings profile --config acme.toml --json > profile.json
    """
    settings = configured(config)
    from pipeline.profile.profile import profile as work  # noqa: PLC0415 - slow libraries load when they are needed

    show(work(settings), as_json=as_json)
