"""Who asked to be left in peace is left in peace under a new id too."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.config import Config


def in_peace_by_now(config: Config, renamed: Mapping[str, str]) -> Config:
    """The configuration with the ids of `plays.never_contact` and, by `renamed`, those they are known by now."""
    asked = config.plays.never_contact
    newer = [renamed[name] for name in asked if name in renamed]
    if not newer:
        return config
    plays = config.plays.model_copy(update={"never_contact": [*asked, *newer]})
    return config.model_copy(update={"plays": plays})
