"""What an export says of itself is what was asked: of another definition of churn, no sentence speaks of silence."""

from datetime import date

import numpy as np
import pytest

from models.churn import CHURN, ChurnThresholds
from models.explanation.language import ENGLISH
from pipeline.config import Config, load_config
from pipeline.export.facts import facts
from pipeline.standing.margins import Margins

WATCHED = {"silence": 90, "own_rhythm": 365, "partial": 90, "contract": 90}


def with_churn(target: str) -> Config:
    usual = load_config("demo")
    return usual.model_copy(update={"churn": usual.churn.model_copy(update={"target": target})})


@pytest.mark.parametrize("target", CHURN)
def test_churn_is_told_by_its_own_definition(target: str) -> None:
    told = facts(with_churn(target), "EUR", date(2024, 1, 1), Margins(np.zeros(1), 0.1, own=False), ENGLISH)["Churn"]
    assert f"{WATCHED[target]} days, from 14 days after the date" in told
    assert (CHURN[target](ChurnThresholds(), 14).description in told) is (target != "silence")
    assert ("no order in a horizon" in told) is (target == "silence")


@pytest.mark.parametrize("target", CHURN)
def test_the_whole_margin_is_said_to_be_at_risk_where_a_part_may_stay(target: str) -> None:
    told = facts(with_churn(target), "EUR", date(2024, 1, 1), Margins(np.zeros(1), 0.1, own=False), ENGLISH)["Margin"]
    assert told.startswith("10% of spend, over a planning period of 365 days")
    assert ("may go on buying in part" in told) is (target in ("partial", "contract"))
