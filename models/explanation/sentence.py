"""A sentence of a record: English where a program keeps it, and said in another language where people read it."""

from __future__ import annotations

from collections.abc import Mapping

from models.explanation.language import ENGLISH, Language


class Sentence(str):
    """A pattern with values in its named placeholders, as English text; `said` says it in any language.

    Values may be sentences themselves, which are said in the same language, or tuples of values, which become a list.
    Other words among them, such as a play, are said where the language knows them, and else stay as they are.
    """

    __slots__ = ("pattern", "values")
    pattern: str
    values: Mapping[str, object]

    def __new__(cls, pattern: str, **values: object) -> Sentence:
        """The sentence of a pattern that is among the texts of the module that says it."""
        made = super().__new__(cls, _said(pattern, values, ENGLISH))
        made.pattern, made.values = pattern, values
        return made

    def said(self, language: Language) -> str:
        """The sentence in a language."""
        return _said(self.pattern, self.values, language)

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """What a copy is made of: of the text alone nothing could be said in another language."""
        return (self.pattern,), dict(self.values)


def _said(pattern: str, values: Mapping[str, object], language: Language) -> str:
    return language.say(pattern, **{name: _spoken(value, language) for name, value in values.items()})


def _spoken(value: object, language: Language) -> object:
    """A value as it stands in a sentence of the language."""
    if isinstance(value, tuple):
        return language.grammar.between.join(str(_spoken(each, language)) for each in value)
    return spoken(value, language) if isinstance(value, str) else value


def spoken(text: str, language: Language) -> str:
    """A text of a record in a language: a sentence, a word that the language knows, or else as it stands."""
    return text.said(language) if isinstance(text, Sentence) else language.text(text)


NOTHING = Sentence("")
"""No sentence: false."""
