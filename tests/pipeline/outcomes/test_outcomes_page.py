"""What a play does to leaving is said in a sentence that its interval allows, in either language."""

from datetime import date

import pandas as pd
import pytest

from models.evaluation.interval import Interval
from models.explanation.sentence import Sentence
from pipeline.languages import language
from pipeline.outcomes import page_whom
from pipeline.outcomes.findings import Compared, Finding
from pipeline.outcomes.outcomes import Judged, Outcomes
from pipeline.outcomes.page import page
from pipeline.outcomes.tiers import Tier, Tiers
from tests.pipeline.still_english import still_english

TIER = Tier("2024-01-01", "churn", "play", "keep_in_touch", 50, 0.2, Interval(0.5, 0.4, 0.6))


def told(churn: Interval, spoken: str = "en", currency: str = "EUR") -> str:
    """The page of a play with this effect on the share of leavers."""
    play = Finding("keep_in_touch", "", "effect", compared=Compared(adjusted=churn))
    waiting = Finding("call", "2024-05-01", "nobody", why=Sentence("not eligible"), left_out={"not eligible": 1})
    found = Outcomes(date(2024, 6, 1), Judged((waiting,), (play,)), Tiers((TIER,), {"churn": ("2024-05-01",)}), 2, {})
    return page(found, "acme", 90, currency, "r", language(spoken))


@pytest.mark.parametrize(
    ("churn", "said"),
    [
        (Interval(-0.03, -0.05, -0.01), "keeps customers: of a hundred treated, 1.0 to 5.0 fewer leave."),
        (Interval(0.03, 0.01, 0.05), "drives customers away: of a hundred treated, 1.0 to 5.0 more leave."),
        (Interval(0.01, -0.02, 0.04), "Of a hundred treated, anything from 2.0 fewer to 4.0 more may leave"),
    ],
    ids=["keeps", "drives away", "not shown"],
)
def test_the_sentence_follows_the_interval(churn: Interval, said: str) -> None:
    assert said in told(churn)


def test_the_smallest_drop_that_shows_is_told_in_the_points_of_the_drop_beside_it() -> None:
    shown = Compared(churn=Interval(-0.031, -0.05, -0.01), detectable=0.0974)
    play = Finding("call", "", "effect", compared=shown)
    found = Outcomes(date(2024, 6, 1), Judged((), (play,)), Tiers((), {}), 2, {})
    assert "| -3.1 [-5.0, -1.0] | - | 9.7 |" in page(found, "acme", 90, "EUR", "r", language("en"))


def test_an_effect_that_is_not_known_is_not_spoken_of() -> None:
    assert "of a hundred treated" not in told(Interval(float("nan"), float("nan"), float("nan"))).lower()


def test_codes_of_ours_are_said_in_chinese_and_names_of_others_stay() -> None:
    text = told(Interval(-0.03, -0.05, -0.01), "zh_CN", currency="")
    assert "**保持联系** 能留住客户：每 100 家采取措施的客户，流失减少 1.0 至 5.0 家。" in text
    assert "| 2024-01-01 | 客户流失 | 策略：保持联系 | 50 | 20.0% | 50.0% [40.0%, 60.0%] | 偏离 |" in text
    assert still_english(text) <= {"acme", "call"}


def test_without_a_currency_it_is_that_of_the_orders() -> None:
    assert "in the currency of the orders, a customer over 90 days" in told(Interval(0, 0, 0), currency="")


@pytest.mark.parametrize(("enough", "said"), [({"call"}, "Do not use it"), (set(), "too few lots to tell yet")])
def test_a_play_is_advised_against_only_where_lots_were_enough_to_tell(enough: set[str], said: str) -> None:
    gain = pd.DataFrame({"play": ["call"], "advised": [False], "harmed": [False]})
    lines = "\n".join(page_whom._today(gain, enough, language("en")))
    assert [text in lines for text in ("Do not use it", "too few lots to tell yet")].count(True) == 1
    assert said in lines
