"""A language: its translations of our texts, and its grammar once the numbers stand in a sentence.

The English text in the code is the key of its translation, as gettext has it. Nothing is read here:
`pipeline/languages.py` reads the translations. A new language is a grammar in `GRAMMARS` and a file of translations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

QUALIFIED = "(?:different |new |order |long |more |severe |exclusive |retention |percentage )?"
ONE = re.compile(rf"(?<![\d.,])1 (?P<between>{QUALIFIED})(?P<many>[a-z]+s)\b")
ONCE = re.compile(r"(?<![\d.,])1 times\b")
ONE_OF_THEM = re.compile(r"(?<![\d.,])1 (?P<what>[a-z][a-z0-9 ]*?) (?P<verb>are|were|their)\b")
"""What follows one thing as if there were several."""
OF_ONE = {"are": "is", "were": "was", "their": "its"}
NONE = re.compile(r"\bonly 0(?:\.0+)?%? (?P<next>[a-z]+)")
NONE_SAID_OTHERWISE = (
    (re.compile(r"\bonly 0 days ago\b"), "less than a day ago"),
    (re.compile(r"\bonly 0 times (?=in\b)"), "not once "),
    (re.compile(r"\bcame back from only 0 long pauses\b"), "has never come back from a long pause"),
    (re.compile(r"\bwas never silent for more than 0 months running in\b"), "ordered in every month of"),
    (re.compile(r"\bbought for only 0\b"), "bought nothing"),
    (re.compile(r"\bworth only 0\.00 years of\b"), "worth next to nothing in years of"),
    (re.compile(r"\b(?P<verb>worth|buy) only 0(?![\d.]*\d| [a-z])"), r"\g<verb> nothing"),
)
OTHERWISE = (
    (re.compile(r"\bin (?P<all>\d+) of the last (?P=all) "), r"in each of the last \g<all> "),
    (re.compile(r"\bin 100% of the\b"), "in all of the"),
    (re.compile(r"\bonly (?=-\d)"), ""),
)
"""What counts everything, or less than nothing, as people say it."""
TIMES = re.compile(r"(?P<only>only )?(?<![\d.,])(?P<ratio>\d+\.\d) times\b")
WHOLE, COUNTLESS = 10.0, 20.0
"""Multiples from which decimals are noise, and from which it does not matter how many they are: "silent for 304.0 times
its usual gap" is a customer that ordered daily, and says no more than 20 would."""
NOT_PLURAL = frozenset({"is", "its", "was", "times", "this", "has", "as"})
NOT_ONE = re.compile(r"仅 0(?:\.0+)? (?:个月|[天周笔条次起份批])(?P<what>下单|订单|退货|严重投诉|投诉|有效|报价|交货)")
NOT_ONCE = re.compile(r"仅(?P<what>会面|联系|询价|采购|试购|新增|续签|解除|采用|接受培训|采取挽留措施) 0 [次种个份]")
MERELY_NOTHING = re.compile(r"仅(?P<what>[^\d，。；（）]{0,8}?0(?:\.0+)?)(?![\d.])")
OTHERWISE_IN_CHINESE = (
    (re.compile(r"近 (?P<all>\d+) 个月中有 (?P=all) 个月下单"), r"近 \g<all> 个月每月都下单"),
    (re.compile(r"近 (?P<all>\d+) 周中有 (?P=all) 周下单"), r"近 \g<all> 周每周都下单"),
    (re.compile(r"中有 100% 下过单"), "全部下过单"),
    (re.compile(r"长期停单后仅 0 次恢复采购"), "从未在长期停单后恢复采购"),
    (re.compile(r"连续未下单最多 0 个月"), "每月都下单"),
    (re.compile(r"仅 (?=-\d)"), " "),
    (re.compile(r"(?P<what>采购额|需求)中仅 0%(?: |(?=\W))"), r"\g<what>完全没有"),
    (re.compile(r"中仅 0% "), "中无一"),
    (re.compile(r"仅下单 0\.0 天"), "不会下单"),
    (re.compile(r"仅折合 0\.0 个"), "折合 0 个"),
)
TIMES_IN_CHINESE = re.compile(r"(?P<only>仅?)为(?P<what>[^\d，。；（）]+的) (?P<ratio>\d+\.\d) 倍")
OVER, UNDER = "over 99%", "under 1%"
"""Nobody is sure to stay or to go."""
KEPT = 50_000
"""Sentences kept as they were put right: customers share most of them, and a sentence costs a dozen searches."""
IDLE_SPACE = re.compile(r"(?:^|(?<=[，。；：（）])) +")


@dataclass(frozen=True)
class Grammar:
    """What a language does to a sentence.

    `worded` puts right what a number did to the words around it; `capitals` says whether sentences begin with one;
    `between` stands between the members of a list, `after` between sentences.
    """

    worded: Callable[[str], str]
    capitals: bool
    between: str
    after: str

    def opened(self, text: str) -> str:
        """The text as the beginning of a sentence."""
        return f"{text[:1].upper()}{text[1:]}" if self.capitals else text

    def continued(self, text: str) -> str:
        """The beginning of a sentence as the middle of one."""
        return f"{text[:1].lower()}{text[1:]}" if self.capitals else text


@lru_cache(KEPT)
def _worded_in_english(text: str) -> str:
    """Singulars after 1, and words in place of "only 0"."""
    for pattern, words in NONE_SAID_OTHERWISE:
        text = pattern.sub(words, text)
    for pattern, words in OTHERWISE:
        text = pattern.sub(words, text)
    text = ONE.sub(_singular, ONCE.sub("once", TIMES.sub(_times, text)))
    return NONE.sub(_nothing, ONE_OF_THEM.sub(lambda one: f"1 {one['what']} {OF_ONE[one['verb']]}", text))


def _times(match: re.Match[str]) -> str:
    """A multiple in the precision that somebody would say it with."""
    ratio, only = float(match["ratio"]), match["only"] or ""
    if ratio == 0:
        return "less than a tenth of"
    if ratio >= COUNTLESS and not only:
        return f"more than {COUNTLESS:.0f} times"
    return match[0] if ratio < WHOLE else f"{only}{ratio:.0f} times"


def _singular(match: re.Match[str]) -> str:
    many = match["many"]
    if many in NOT_PLURAL:
        return match[0]
    one = f"{many[:-3]}y" if many.endswith("ies") else many[:-1]
    return f"1 {match['between']}{one}"


def _nothing(match: re.Match[str]) -> str:
    following = match["next"]
    if following == "of":
        return "none of"
    return f"nothing {following}" if following in ("in", "per", "a") else f"no {following}"


@lru_cache(KEPT)
def _worded_in_chinese(text: str) -> str:
    """没有 ("none") in place of "only 0" where that can be said, elsewhere the 0 without 仅 ("only")."""
    for pattern, words in OTHERWISE_IN_CHINESE:
        text = pattern.sub(words, text)
    text = TIMES_IN_CHINESE.sub(_times_in_chinese, text)
    for nothing in (NOT_ONE, NOT_ONCE):
        text = nothing.sub(r"没有\g<what>", text)
    return IDLE_SPACE.sub("", MERELY_NOTHING.sub(r"\g<what>", text))


def _times_in_chinese(match: re.Match[str]) -> str:
    """A multiple in the precision that somebody would say it with, see `_times`."""
    ratio, only, what = float(match["ratio"]), match["only"], match["what"]
    if ratio == 0:
        return f"不到{what} 0.1 倍"
    if ratio >= COUNTLESS and not only:
        return f"为{what} {COUNTLESS:.0f} 倍以上"
    return match[0] if ratio < WHOLE else f"{only}为{what} {ratio:.0f} 倍"


GRAMMARS: Mapping[str, Grammar] = {
    "en": Grammar(_worded_in_english, capitals=True, between=", ", after=" "),
    "zh_CN": Grammar(_worded_in_chinese, capitals=False, between="、", after=""),
}
"""The languages there are, by the name that the configuration and the file of translations have."""


@dataclass(frozen=True)
class Language:
    """A language by name, its grammar, and the translation of each English text; English needs none."""

    name: str
    grammar: Grammar
    translations: Mapping[str, str] = field(default_factory=dict, repr=False)

    def knows(self, english: str) -> bool:
        """Whether a text has its translation; every text has, in English."""
        return not self.translations or english in self.translations

    def text(self, english: str) -> str:
        """The translation of a text, placeholders untouched; the English one where there is none."""
        return self.translations.get(english, english)

    def say(self, english: str, **values: object) -> str:
        """The translation of a sentence with `values` in its placeholders, and its grammar put right.

        Args:
            english: the sentence with named placeholders, such as "{count:.0f} orders".
            values: numbers, and words that are already in this language.
        """
        return self.grammar.worded(self.text(english).format(**values))

    def chance(self, probability: float) -> str:
        """A probability in whole per cent, but never 0 or 100."""
        shown = f"{probability:.0%}"
        return {"100%": self.text(OVER), "0%": self.text(UNDER)}.get(shown, shown)

    def listed(self, english: list[str]) -> str:
        """The members of a list, translated one by one."""
        return self.grammar.between.join(map(self.text, english))

    def sentences(self, said: Sequence[str]) -> str:
        """Sentences of this language one after the other."""
        return self.grammar.after.join(said)


ENGLISH = Language("en", GRAMMARS["en"])
