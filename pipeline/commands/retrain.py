"""`moorings retrain`: everything a scheduler needs to keep the models fresh."""

from __future__ import annotations

from pipeline.commands.options import ConfigOption, JsonOption, configured
from pipeline.commands.output import show


def retrain(config: ConfigOption = "demo", as_json: JsonOption = False) -> None:
    """Read and profile the history, train, and promote what passes, if there are new outcomes to learn from.

    Ends with exit code 7 where no mature cutoff is newer than the last that the champion learned from; with 3 where the
    history breaks its contract; with 4 where a challenger is refused, and the champion stays. Called again, it ends
    with 7 until there is something new since that refusal: a mature cutoff, other data, settings or code.

    For example:

      moorings retrain

      moorings retrain --config acme.toml --json > retraining.json
    """
    settings = configured(config)
    from pipeline.training.retrain import retrain as work  # noqa: PLC0415 - slow libraries load when they are needed

    show(work(settings), as_json=as_json)
