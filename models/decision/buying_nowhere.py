"""Who buys from nobody any more, as far as its wallet tells: whoever calls first finds out whether it still trades.

Of the stores of one wholesaler that had bought from nobody for three months, 15% bought from anybody at all in the half
year that followed (24 of 159, at five dates from 2018 to 2022); of all others 98%. So no play for them is urgent: three
in ten, as is assumed of a recovery, are not there to be won back.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.explanation.language import Language

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
SINCE = "days_since_purchase_anywhere"
"""The feature that says how long ago the last month with a purchase from anybody became known."""
THREE_MONTHS = 89
"""Days, of the shortest three. They count from what is usual, for the wallet of everybody may come late."""
NOWHERE = (
    "No purchase from anybody, from us or from others, has become known for {days} days: find out first whether it is "
    "still in business."
)


def buys_nowhere(days: Array) -> Flags:
    """Whether each customer buys from nobody, (n,); false of whom that is not known.

    Args:
        days: since its last month with a purchase from anybody became known (n,), NaN where unknown.
    """
    known = days[~np.isnan(days)]
    usual = float(np.median(known)) if known.size else np.nan
    return np.asarray(days - usual >= THREE_MONTHS)


def buying_nowhere(days: Array, language: Language) -> list[str]:
    """For each customer: that it buys nowhere, in a sentence; "" for whoever does, or of whom that is not known.

    Args:
        days: as of `buys_nowhere`.
        language: of the sentences.
    """
    found = zip(days, buys_nowhere(days), strict=True)
    return [language.say(NOWHERE, days=f"{each:.0f}") if nowhere else "" for each, nowhere in found]


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [NOWHERE]
