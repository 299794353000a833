"""Who buys from nobody any more, as far as its wallet tells: whoever calls first finds out whether it still trades.

Of the stores of one wholesaler that had bought from nobody for three months, 15% bought from anybody at all in the half
year that followed (24 of 159, at five dates from 2018 to 2022); of all others 98%.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.explanation.language import Language

Array = npt.NDArray[np.float64]
SINCE = "days_since_purchase_anywhere"
"""The feature that says how long ago the last month with a purchase from anybody became known."""
THREE_MONTHS = 89
"""Days, of the shortest three. They count from what is usual, for the wallet of everybody may come late."""
NOWHERE = (
    "No purchase from anybody, from us or from others, has become known for {days} days: find out first whether it is "
    "still in business."
)


def buying_nowhere(days: Array, language: Language) -> list[str]:
    """For each customer: that it buys nowhere, in a sentence; "" for whoever does, or of whom that is not known.

    Args:
        days: since its last month with a purchase from anybody became known (n,), NaN where unknown.
        language: of the sentences.
    """
    known = days[~np.isnan(days)]
    if not known.size:
        return [""] * days.size
    usual = float(np.median(known))
    return [language.say(NOWHERE, days=f"{each:.0f}") if each - usual >= THREE_MONTHS else "" for each in days]


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [NOWHERE]
