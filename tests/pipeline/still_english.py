"""What a page in another language has left in English."""

import re

NO_PROSE = re.compile(r"`[^`]*`|\]\([^)]*\)|\w*[_.]\w+")
"""Commands and settings, addresses of pictures, and names of columns and files, which are the same in all languages."""


def still_english(text: str) -> set[str]:
    """The words in Latin letters of a text that stand for themselves."""
    return set(re.findall(r"[A-Za-z]{2,}", NO_PROSE.sub(" ", text)))
