"""Retraining by schedule: if there are new outcomes to learn from, look at the history, train, and decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from features.errors import NothingToDo
from pipeline.config import Config
from pipeline.profile.profile import profile
from pipeline.promotion.decision_log import log_file, retraining
from pipeline.sources.store import StoreReading, read_store
from pipeline.training.learned import Learned, learned_so_far
from pipeline.training.outcome import TrainOutcome
from pipeline.training.train import train


@dataclass(frozen=True)
class RetrainOutcome:
    """What a retraining came to. `warnings` are the profile's; None where the lines do not fit into memory at once."""

    learned: Learned
    warnings: list[str] | None
    training: TrainOutcome

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        cutoffs = {
            kind: {"newest_cutoff": str(self.learned.newest.get(kind)), "champion_cutoff": str(last) if last else None}
            for kind, last in self.learned.champion.items()
        }
        return {"learned": cutoffs, "profile_warnings": self.warnings, "training": self.training.summary()}

    def text(self) -> str:
        """For people."""
        told = [each for each in self.warnings or [] if each not in self.training.warnings]
        return "\n\n".join([self.learned.text(), *(f"profile: {each}" for each in told), self.training.text()])


def retrain(config: Config) -> RetrainOutcome:
    """Train on everything known and decide about the challengers, if there is something new to learn.

    Something is new where a mature cutoff is later than the last that a champion learned from, or where a champion can
    no longer score: after an upgrade or a change of settings that it was not trained for nothing would be scored until
    the next cutoff matures. Other settings may have changed without that: `moorings train --promote` is for those. What
    was refused beside the same champion is not trained again of the same data, settings and code.

    Raises:
        NothingToDo: nothing is new, or nothing since a challenger was refused.
        UsageProblem, DataProblem: the history cannot be read, as `pipeline.sources.history.read_history`; or is too
            short.
        ModelProblem: a challenger was refused, by its own test or beside the champion; the champion stays. Or the files
            of the champion are damaged.
        BusyProblem: another process retrains them.
    """
    with retraining(config):
        found = read_store(config)
        learned = learned_so_far(found, config)
        if not learned.due:
            raise _refused_already(learned, config) if learned.behind else _nothing_newer(learned, config)
        warnings = _warnings(found, config)
        found = found.without_lines()
        return RetrainOutcome(learned, warnings, train(config, promotes=True, found=found))


def _nothing_newer(learned: Learned, config: Config) -> NothingToDo:
    return NothingToDo(
        "There is no newer mature cutoff than the champion has learned from, so nothing is trained.",
        where=f"models of {config.name}",
        got=learned.text(),
        expected="a history that has grown since the champion was trained",
        todo="nothing; new order lines mature newer cutoffs. After a change of settings: moorings train --promote",
    )


def _refused_already(learned: Learned, config: Config) -> NothingToDo:
    lines = [learned.refused[kind] for kind in learned.behind]
    told = [f"{line['name']} version {line['version']} of {line['at']}: {'; '.join(line['against'])}" for line in lines]
    return NothingToDo(
        "There is nothing new since a challenger was refused, so nothing is trained.",
        where=str(log_file(config)),
        got="; ".join(told),
        expected="a newer mature cutoff, or other data, settings or code",
        todo="nothing; the champion stays. To overrule a refusal: moorings promote --force --reason <why>",
    )


def _warnings(found: StoreReading, config: Config) -> list[str] | None:
    """What the profile warns of; None where the history was read by buckets, and does not lie in memory."""
    return profile(config, found.reading).warnings if found.reading.history.order_lines.num_rows else None
