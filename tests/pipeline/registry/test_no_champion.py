"""Where nothing may score it is told whether nothing was trained, or what was trained is not promoted, and why."""

from pathlib import Path
from typing import cast

import pytest

from pipeline.config import load_config
from pipeline.registry.champion import REFUSAL, no_champion
from pipeline.registry.tracked import Registered
from pipeline.registry.tracking import CHALLENGER, Tracking

SIGNAL = "no signal: its AUC cannot be told from 0.5"


class Holding:
    """A registry with one challenger, or none."""

    def __init__(self, challenger: Registered | None) -> None:
        self.challenger = challenger

    def aliased(self, name: str, alias: str) -> Registered | None:
        return self.challenger if (name, alias) == ("demo-churn", CHALLENGER) else None


def trained(refusal: str) -> Registered:
    return Registered("demo-churn", "3", "run", "", Path(), {REFUSAL: refusal})


@pytest.mark.parametrize(
    ("challenger", "got", "todo"),
    [
        (None, "no version with the alias champion", "train one: moorings train"),
        (
            trained(SIGNAL),
            f"version 3 was trained and is not promoted: {SIGNAL}",
            "the same training ends the same way",
        ),
        (trained(""), "version 3 was trained and is not promoted", "moorings promote"),
    ],
)
def test_what_to_do_depends_on_what_was_trained(challenger: Registered | None, got: str, todo: str) -> None:
    found = no_champion(cast(Tracking, Holding(challenger)), "demo-churn", load_config("demo"))
    assert (found.exit_code, found.got.endswith(got), found.todo.startswith(todo)) == (4, True, True)
