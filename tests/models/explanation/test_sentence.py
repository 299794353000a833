"""A sentence of a record is English text to a program, and can still be said in another language afterwards."""

import copy
import json

from models.explanation.language import GRAMMARS, Language
from models.explanation.sentence import NOTHING, Sentence, spoken

CHINESE = Language(
    "zh_CN", GRAMMARS["zh_CN"], {"{n:,} orders of {whom}": "{whom}的 {n:,} 笔订单", "friends": "朋友", "a": "甲方"}
)
SENTENCE = Sentence("{n:,} orders of {whom}", n=1200, whom=(Sentence("friends"), "a"))


def test_it_is_english_text_to_a_program() -> None:
    assert SENTENCE == "1,200 orders of friends, a"
    assert json.dumps(SENTENCE) == '"1,200 orders of friends, a"'
    assert Sentence("{n} orders", n=1) == "1 order"


def test_what_the_language_knows_in_it_is_said_and_the_rest_stays() -> None:
    assert SENTENCE.said(CHINESE) == "朋友、甲方的 1,200 笔订单"
    assert spoken(SENTENCE, CHINESE) == SENTENCE.said(CHINESE)
    assert spoken("friends", CHINESE) == "朋友"
    assert spoken("strangers", CHINESE) == "strangers"


def test_a_copy_can_be_said_as_well() -> None:
    assert copy.deepcopy(SENTENCE).said(CHINESE) == SENTENCE.said(CHINESE)


def test_no_sentence_is_false() -> None:
    assert not NOTHING
