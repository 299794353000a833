"""A target is declared like a feature: complete or refused, with a fingerprint of what is meant."""

from datetime import date, timedelta

import pytest

from models.churn import ChurnThresholds, own_rhythm, partial, silence
from models.partnership import PartnershipThresholds, partnership
from models.target import OutcomeWindow, declare, mature_before

T = date(2021, 1, 1)
WHOLE = "Silent.\n\nIdea: none.\nSource: none."


@pytest.mark.parametrize(
    ("docs", "acts", "kind", "name", "message"),
    [
        (None, True, "churn", "", "lacks a docstring"),
        (WHOLE.replace("Idea: none.", ""), True, "churn", "", "lacks its idea"),
        (WHOLE.replace("Source: none.", ""), True, "churn", "", "lacks its source"),
        (WHOLE, False, "churn", "", "lacks acts"),
        (WHOLE, True, "chrun", "", "of kind 'chrun': the kind is one of churn, partnership"),
        (WHOLE, True, "churn", "No Name", "'No Name'"),
    ],
)
def test_an_incomplete_target_is_refused(docs, acts, kind, name, message):
    def written(before, after):
        return {"silent": after.total("days") > 0} if acts else {}

    written.__doc__ = docs
    with pytest.raises(TypeError, match=message):
        declare(kind, written, name)


def test_a_label_that_is_not_written_is_all_acts_together():
    def written(before, after):
        return {"came": after.total("days") > 0, "spent": after.total("spend") > 0}

    written.__doc__ = WHOLE
    target = declare("churn", written)
    assert target.label == target.acts["came"] & target.acts["spent"]


def test_the_fingerprint_follows_the_definition():
    marks = [silence(), partial(), partial(ChurnThresholds(partial_drop=0.4)), partial(gap_days=14), own_rhythm()]
    assert len({target.fingerprint for target in marks}) == len(marks)
    assert partial().fingerprint == partial().fingerprint


def test_every_threshold_is_part_of_the_fingerprint():
    usual = partnership().fingerprint
    for name, value in PartnershipThresholds().__dict__.items():
        assert partnership(PartnershipThresholds(**{name: value + 1})).fingerprint != usual, name


@pytest.mark.parametrize(("days", "mature"), [(103, False), (104, True)])
def test_maturity_by_dates(days, mature):
    assert mature_before(T + timedelta(days=days), T, OutcomeWindow(14, 90)) is mature
