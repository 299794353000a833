"""Whether the newest export is of a day that has not come: a clock that is or was wrong, or a date mistyped."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

logger = logging.getLogger(__name__)


def ahead(exported: date, as_of: date, time_zone: str, today: date | None = None) -> str:
    """What to say where a date was scored that does not become the export; "" where that is as it should be.

    A past date never does. One that is scored while the newest in the store has not come yet would, night after night,
    leave a list in place that nobody looks at as an old one.

    Args:
        exported: the newest cutoff in the store.
        as_of: the cutoff that was scored.
        time_zone: whose day it is, an IANA name.
        today: the present day; None asks the clock.
    """
    now = today or datetime.now(ZoneInfo(time_zone)).date()
    if exported <= max(as_of, now + timedelta(days=1)):  # tomorrow's is made in the evening
        return ""
    told = (
        f"the export stays that of {exported}, a day that has not come by the clock of today, {now}: this clock is "
        "behind, or that date was scored by one that was ahead, or mistyped. "
        f"The list of {as_of}: moorings export --cutoff {as_of} --folder FOLDER"
    )
    logger.warning("%s", told)
    return told
