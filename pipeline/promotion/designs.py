"""What two compared predictions were made by: the settings, features and histories in which they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MANY = 8
"""Names of features that are listed; of more, how many there are."""
HISTORIES = "The two read other histories: a difference may come from the data alone."
ALIKE = "No setting that shapes a model differs, and no feature."


@dataclass(frozen=True)
class Designs:
    """In what two sides differ; `known` is false where one of them does not say, being older.

    `settings` are name -> value of either side. `features` are, by kind of target, the names that the first alone has,
    the second alone, and both with another definition. `history`: whether both read the same, None where unknown.
    """

    known: bool
    settings: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    features: Mapping[str, tuple[list[str], list[str], list[str]]] = field(default_factory=dict)
    history: bool | None = None

    @classmethod
    def of(cls, first: Mapping[str, Any], second: Mapping[str, Any], kinds: list[str]) -> Designs:
        """Of two contexts, see `pipeline.evaluation.known_outcomes.context_of`."""
        if not all("settings" in side and "features" in side for side in (first, second)):
            return cls(known=False)
        one, other = first["settings"], second["settings"]
        names = sorted({*one, *other})
        settings = {name: (one.get(name, ""), other.get(name, "")) for name in names}
        read = (first.get("history"), second.get("history"))
        return cls(
            known=True,
            settings={name: pair for name, pair in settings.items() if pair[0] != pair[1]},
            features={
                kind: _apart(first["features"].get(kind, {}), second["features"].get(kind, {})) for kind in kinds
            },
            history=read[0] == read[1] if all(read) else None,
        )

    def summary(self) -> dict[str, Any]:
        """JSON-able; nothing where one side does not say."""
        words = ("only_first", "only_second", "changed")
        features = {kind: dict(zip(words, each, strict=True)) for kind, each in self.features.items()}
        told = {"settings": {name: list(pair) for name, pair in self.settings.items()}, "features": features}
        return {**told, "same_history": self.history} if self.known else {}

    def lines(self) -> Iterator[str]:
        """For people."""
        if not self.known:
            return
        if self.history is False:
            yield HISTORIES
        found = [
            f"{name}: first {one or 'unknown'}, second {other or 'unknown'}"
            for name, (one, other) in self.settings.items()
        ]
        for kind, (one, other, changed) in self.features.items():
            found += [f"{kind} learns only in the first from {_listed(one)}"] if one else []
            found += [f"{kind} learns only in the second from {_listed(other)}"] if other else []
            found += [f"{kind} learns from other definitions of {_listed(changed)}"] if changed else []
        yield from found or [ALIKE]


UNKNOWN = Designs(known=False)


def _apart(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[list[str], list[str], list[str]]:
    both = first.keys() & second.keys()
    changed = sorted(name for name in both if first[name] != second[name])
    return sorted(first.keys() - both), sorted(second.keys() - both), changed


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= MANY else f"{', '.join(names[:MANY])} and {len(names) - MANY} more"
