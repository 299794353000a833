"""What may be said of whom a play helps, and what its files are called."""

import pytest

from models.decision.qini import Contest
from models.evaluation.interval import Interval
from pipeline.outcomes.whom import BEATS, LOSES, NO_MODEL, NOT_SHOWN, RISK, Whom

LEADS = [
    ((0.01, 0.03), BEATS, True),
    ((0.0, 0.03), NOT_SHOWN, False),
    ((-0.02, 0.03), NOT_SHOWN, False),
    ((-0.02, 0.0), NOT_SHOWN, False),
    ((-0.03, -0.01), LOSES, False),
    ((float("nan"), float("nan")), NOT_SHOWN, False),
]


@pytest.mark.parametrize(("ends", "told", "better"), LEADS)
def test_a_ranking_beats_another_only_with_the_whole_interval_on_its_side(
    ends: tuple[float, float], told: str, better: bool
) -> None:
    contest = Contest({}, {}, {RISK: Interval(sum(ends) / 2, *ends)}, {})
    whom = Whom("call", 100, contest=contest)
    assert (whom.verdict().pattern, whom.better) == (told, better)


def test_without_a_contest_nothing_beats_anything() -> None:
    assert (Whom("call", 100).verdict().pattern, Whom("call", 100).better) == (NO_MODEL, False)


@pytest.mark.parametrize("play", ["call", "key-account_visit", "拜访"])
def test_files_are_called_like_a_play_of_words(play: str) -> None:
    assert Whom(play, 1).picture == f"qini_{play}.png"


def test_plays_do_not_write_over_the_files_of_each_other() -> None:
    plays = ["call", "call ", "call!", "call?", "a/b", "a b", "a_b", "x" * 200, "x" * 199, "拜" * 200]
    assert len({Whom(play, 1).picture for play in plays}) == len(plays)


@pytest.mark.parametrize("play", ["x" * 200, "拜" * 200, "\U00020000" * 200, "../" * 60, "call\x00"])
def test_any_play_is_a_name_that_a_file_can_have(play: str) -> None:
    name = Whom(play, 1).picture
    assert len(name.encode()) <= 255 and not {"/", "\x00", "."} & {*name.removesuffix(".png")}
