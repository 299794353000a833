"""The languages of exports: translations read from `pipeline/texts/<language>.po`, a standard gettext file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from models.explanation.language import ENGLISH, GRAMMARS, Language

TEXTS = Path(__file__).resolve().parent / "texts"
"""Every language but English has a file here."""


@cache
def language(name: str) -> Language:
    """The language of a name in `GRAMMARS`. Translations marked fuzzy are doubtful: the English text stands for them.

    Raises:
        FileNotFoundError: the installation lacks the file of translations.
    """
    return ENGLISH if name == ENGLISH.name else Language(name, GRAMMARS[name], _translations(TEXTS / f"{name}.po"))


def _translations(file: Path) -> dict[str, str]:
    from babel.messages.pofile import read_po  # noqa: PLC0415 - English needs no library

    with file.open("rb") as lines:
        found = read_po(lines, abort_invalid=True)
    told = (message for message in found if message.id and message.string and not message.fuzzy)
    return {str(message.id): str(message.string) for message in told}
