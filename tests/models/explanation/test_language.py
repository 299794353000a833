"""A language translates by the English text and keeps its own grammar."""

import pytest

from features.catalogue import FEATURES
from models.explanation.language import ENGLISH, GRAMMARS, Language

CHINESE = Language("zh_CN", GRAMMARS["zh_CN"], {"{count:.0f} orders": "仅 {count:.0f} 笔订单", "region": "地区"})


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [(ENGLISH, 2, "2 orders"), (ENGLISH, 1, "1 order"), (CHINESE, 1, "仅 1 笔订单"), (CHINESE, 0, "没有订单")],
)
def test_say(language: Language, count: float, expected: str) -> None:
    assert language.say("{count:.0f} orders", count=count) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("近 90 天仅 0 笔订单", "近 90 天没有订单"),
        ("近 6 个月中仅 0 个月下单", "近 6 个月中没有下单"),
        ("近一年仅会面 0 次", "近一年没有会面"),
        ("近 90 天仅采购 0 种产品", "近 90 天没有采购产品"),
        ("投诉平均仅 0 天解决", "投诉平均 0 天解决"),
        ("通常仅隔 0 天就下单一次", "通常隔 0 天就下单一次"),
        ("有采购的月份中，仅 0% 向我方采购", "有采购的月份中，0% 向我方采购"),
        ("准时交货率仅 0%", "准时交货率 0%"),
        ("仅为平时的 0.0 倍", "不到平时的 0.1 倍"),
        ("仅 0.3 倍", "仅 0.3 倍"),
        ("仅 10 笔", "仅 10 笔"),
        ("近 30 天仅 5 笔", "近 30 天仅 5 笔"),
    ],
)
def test_only_is_not_said_of_nothing_in_chinese(text: str, expected: str) -> None:
    assert GRAMMARS["zh_CN"].worded(text) == expected


def test_a_text_without_translation_stays_english() -> None:
    assert (CHINESE.text("region"), CHINESE.text("everybody")) == ("地区", "everybody")


def test_lists_are_joined_as_the_language_joins_them() -> None:
    assert CHINESE.listed(["region", "everybody"]) == "地区、everybody"
    assert ENGLISH.listed(["order lines", "contracts"]) == "order lines, contracts"


def test_english_capitals_come_and_go() -> None:
    grammar, phrases = ENGLISH.grammar, [feature.high for feature in FEATURES]
    assert [grammar.continued(grammar.opened(phrase)) for phrase in phrases] == phrases


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 complaints are not settled", "1 complaint is not settled"),
        ("only 1 severe complaints are unsettled", "only 1 severe complaint is unsettled"),
        ("1 new products of the year were bought again", "1 new product of the year was bought again"),
        ("only 1 offers of the last 90 days are undecided", "only 1 offer of the last 90 days is undecided"),
        ("only 1 of its people are in contact with us", "only 1 of its people is in contact with us"),
        ("waits for 1 deliveries past their promise", "waits for 1 delivery past its promise"),
        ("renewed 1 contracts a month or more before their end", "renewed 1 contract a month or more before its end"),
        ("got advice only 1 times in a year", "got advice only once in a year"),
        ("bound by contract for only 1 more months", "bound by contract for only 1 more month"),
        ("got 1 retention actions in a year", "got 1 retention action in a year"),
        ("11 complaints are not settled", "11 complaints are not settled"),
        ("1.0 times its usual gap", "1.0 times its usual gap"),
        ("ordered on 1 days out of 90", "ordered on 1 day out of 90"),
    ],
)  # fmt: skip
def test_one_of_a_kind_is_no_plural(text: str, expected: str) -> None:
    assert ENGLISH.grammar.worded(text) == expected
