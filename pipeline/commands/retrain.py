"""`moorings retrain`: everything a scheduler needs to keep the models fresh."""

from __future__ import annotations

from pipeline.commands.options import ConfigOption, JsonOption, configured
from pipeline.commands.output import show


def retrain(config: ConfigOption = "demo", as_json: JsonOption = False) -> None:
    """Train and promote in one step, if there are new outcomes to learn from. Made for a scheduler.

    The history is read and profiled first. After a refusal, calling it again does nothing until something is new: a
    mature cutoff, other data, settings or code.

    Exit codes: 3 the history breaks its contract, 4 a challenger was refused and the champion stays, 7 nothing new: no
    mature cutoff is later than the last that the champion learned from, and the champion can still score.

    For example:

      moorings retrain

      moorings retrain --config acme.toml --json > retraining.json
    """
    settings = configured(config)
    from pipeline.training.retrain import retrain as work  # noqa: PLC0415 - slow libraries load when they are needed

    show(work(settings), as_json=as_json)
