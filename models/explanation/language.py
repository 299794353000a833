"""A language: its translations of our texts, and its grammar once the numbers stand in a sentence.

The English text in the code is the key of its translation, as gettext has it. Nothing is read here:
`pipeline/languages.py` reads the translations. A new language is a grammar in `GRAMMARS` and a file of translations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

ONE = re.compile(r"(?<![\d.,])1 (?P<between>(?:different |new |order )?)(?P<many>[a-z]+s)\b")
NONE = re.compile(r"\bonly 0(?:\.0+)?%? (?P<next>[a-z]+)")
NONE_SAID_OTHERWISE = (
    (re.compile(r"\bonly 0 days ago\b"), "less than a day ago"),
    (re.compile(r"\bonly 0 times (?=in\b)"), "not once "),
    (re.compile(r"\bonly (?P<ratio>0(?:\.0+)? times)\b"), r"\g<ratio>"),
    (re.compile(r"\bbought for only 0\b"), "bought nothing"),
    (re.compile(r"\b(?P<verb>worth|buy) only 0(?![\d.]*\d| [a-z])"), r"\g<verb> nothing"),
)
NOT_PLURAL = frozenset({"is", "its", "was", "times", "this", "has", "as"})
NOT_ONE = re.compile(r"仅 0(?:\.0+)? (?:个月|[天周笔条次起份批])(?P<what>下单|订单|退货|严重投诉|投诉|有效|报价|交货)")
NOT_ONCE = re.compile(r"仅(?P<what>会面|联系|询价|采购|试购|新增|续签|解除|采用|接受培训|采取挽留措施) 0 [次种个份]")
MERELY_NOTHING = re.compile(r"仅(?P<what>[^\d，。；（）]{0,8}?0(?:\.0+)?)(?![\d.])")
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


def _worded_in_english(text: str) -> str:
    """Singulars after 1, and words in place of "only 0"."""
    for pattern, words in NONE_SAID_OTHERWISE:
        text = pattern.sub(words, text)
    return NONE.sub(_nothing, ONE.sub(_singular, text))


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


def _worded_in_chinese(text: str) -> str:
    """没有 ("none") in place of "only 0" where that can be said, elsewhere the 0 without 仅 ("only")."""
    for nothing in (NOT_ONE, NOT_ONCE):
        text = nothing.sub(r"没有\g<what>", text)
    return IDLE_SPACE.sub("", MERELY_NOTHING.sub(r"\g<what>", text))


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

    def listed(self, english: list[str]) -> str:
        """The members of a list, translated one by one."""
        return self.grammar.between.join(map(self.text, english))

    def sentences(self, said: Sequence[str]) -> str:
        """Sentences of this language one after the other."""
        return self.grammar.after.join(said)


ENGLISH = Language("en", GRAMMARS["en"])
