"""What the champions learned from: whether it is there when a date is scored, and whether it is what followed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from features.catalogue import FEATURES, computable
from features.engine.store import LineStore
from features.errors import ModelProblem
from features.needs import needs
from pipeline.registry.champion import Champion


def check_learned_from(store: LineStore, as_of: date, champions: Mapping[str, Champion]) -> None:
    """Refuse a date where features of a champion are null for everybody: nobody like that was in its training.

    Without the wallet it had learned from, Iowa's churn model said .42 on average in place of .25, and twice as many
    drifted. A date before the last cutoff of the training may lie before the table begins, as it did in the training.

    Args:
        store: what was known before `as_of`.
        as_of: the date that is scored.
        champions: by kind of target.

    Raises:
        ModelProblem: a table or column is missing; with what it is, and how many features rest on it.
    """
    there = {feature.name for feature in computable(store)}
    for champion in champions.values():
        names = set(champion.model.names) - there
        gone = [feature for feature in FEATURES if feature.name in names]
        if gone and as_of > date.fromisoformat(champion.model.scope.cutoffs[-1]):
            counted = Counter(", ".join(needs(feature)) for feature in gone)
            raise ModelProblem(
                "The champion learned from what is not there.",
                where=champion.label,
                got="; ".join(f"nothing of {need}: {number} features" for need, number in counted.most_common()),
                expected=f"the tables and columns of the training, with rows known before {as_of}",
                todo="bring them back and score again; or train without them: moorings train --promote",
            )


def hindsight(as_of: date, champions: Mapping[str, Champion]) -> str:
    """Says so where champions learned from what followed the date that is scored; "" where none did."""
    learned = {kind: champion.model.scope.learned_until for kind, champion in champions.items()}
    after = {kind: last for kind, last in learned.items() if last is not None and as_of <= last}
    if not after:
        return ""
    until = ", ".join(f"{kind} until {last}" for kind, last in after.items())
    return (
        f"{as_of} is scored in hindsight: the models learned from what followed ({until}). Such probabilities come "
        "true too well; moorings backtest tells what was foreseen."
    )
