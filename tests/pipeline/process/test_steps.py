"""What each step costs."""

from __future__ import annotations

import pytest

from pipeline.process.steps import Steps


def test_steps_are_told_in_order_with_their_shares() -> None:
    assert Steps({"reading": 0.5, "features": 1.5}).text() == "reading 0.5 s (25%), features 1.5 s (75%)"


def test_a_step_is_counted_even_where_it_fails_and_adds_up() -> None:
    steps = Steps()
    with steps.timed("reading"):
        pass
    first = steps.seconds["reading"]
    with pytest.raises(ValueError, match="broken"), steps.timed("reading"):
        raise ValueError("broken")
    assert steps.seconds["reading"] >= first
    assert list(steps.seconds) == ["reading"]


def test_nothing_done_is_nothing_told() -> None:
    assert Steps().text() == ""
