"""Dozens of features that move for one cause read as one finding; what did not move is told one by one."""

import numpy as np

from features.catalogue import FEATURES
from models.evaluation.drift import Verdict
from pipeline.monitor.listing import SHOWN, TOLD, listed

RHYTHM = [each.name for each in FEATURES if each.family == "rhythm"]
VALUE = [each.name for each in FEATURES if each.family == "value"]


def verdict(distance: list[float]) -> Verdict:
    """Limits of .1 for every feature."""
    size = len(distance)
    limit, chance, way = np.full(size, 0.1), np.zeros(size), np.ones(size, np.int8)
    return Verdict(np.array(distance), limit, chance, way)


def test_features_of_a_family_that_are_beyond_are_one_alarm_that_names_the_furthest_first() -> None:
    names = [*RHYTHM, *VALUE]
    far = [0.2 + place / 100 for place in range(len(RHYTHM))]
    found = list(listed(verdict([*far, *[0.05] * len(VALUE)]), names, "churn", "training"))
    (alarm,) = [each for each in found if each.alarm]
    assert alarm.subject == "churn: rhythm"
    assert alarm.members == tuple(reversed(RHYTHM))
    assert alarm.got == round(far[-1], 4)
    assert alarm.what.startswith(f"{RHYTHM[-1]}: {far[-1]:.0%} of the customers lie higher than in training; and ")
    assert f"and {len(RHYTHM) - TOLD - 1} more" in alarm.what
    assert alarm.summary()["members"] == alarm.members
    assert len(found) == 1 + min(SHOWN, len(VALUE))


def test_families_are_told_apart_the_furthest_first_and_one_feature_alone_under_its_family() -> None:
    found = list(listed(verdict([0.2, 0.3, 0.05]), [RHYTHM[0], VALUE[0], VALUE[1]], "churn", "training"))
    assert [(each.subject, each.alarm, each.members) for each in found] == [
        ("churn: value", True, (VALUE[0],)),
        ("churn: rhythm", True, (RHYTHM[0],)),
        (f"churn: {VALUE[1]}", False, ()),
    ]
    assert found[0].what == f"{VALUE[0]}: 30% of the customers lie higher than in training"


def test_within_the_limits_nothing_is_folded() -> None:
    found = list(listed(verdict([0.1] * 12), RHYTHM[:12], "churn", "training"))
    assert len(found) == SHOWN and not any(each.alarm or each.members or each.todo for each in found)
