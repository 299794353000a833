"""`moorings train`: fit, test, and promote if better than the best baseline."""

from __future__ import annotations

from pipeline.commands.options import ConfigOption, JsonOption, configured
from pipeline.commands.output import show


def train(config: ConfigOption = "demo", as_json: JsonOption = False) -> None:
    """Train a model per target, test it on the latest mature cutoffs, and make it champion if it beats the baselines.

    Ends with exit code 4 where it does not.

    For example:

      moorings train

      moorings train --config acme.toml

      moorings train --config acme.toml --json > training.json
    """
    settings = configured(config)
    from pipeline.train import train as work  # noqa: PLC0415 - slow libraries load when they are needed

    show(work(settings), as_json=as_json)
