"""What a problem says to programs."""

from __future__ import annotations

import json

import pytest

from features.errors import ModelProblem
from pipeline.commands.output import refuse

SAID = {"where": "here", "got": "this", "expected": "that", "todo": "so"}


@pytest.mark.parametrize("found", [{}, {"targets": {"churn": "promoted", "partnership": "refused"}}])
def test_what_a_program_wants_to_know_stands_beside_the_words(
    found: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert refuse(ModelProblem("no", **SAID, found=found), as_json=True) == 4
    told = json.loads(capsys.readouterr().out)["problem"]
    assert told == {"kind": "ModelProblem", "exit_code": 4, "what": "no", **SAID, **found}
