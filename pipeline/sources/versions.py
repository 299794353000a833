"""Several rows that are versions of one: which of them is the newest."""

from __future__ import annotations

from pipeline.settings.history import TableSettings
from pipeline.sources.database import literal, quoted
from pipeline.sources.files import Source
from pipeline.sources.sql import has_zone, text, zoned

TIMES = ("", " %H:%M:%S", " %H:%M")
"""What follows the form of a day where the moment of a change is written beside days alone."""


def newest_first(source: Source, settings: TableSettings) -> str:
    """The order of rows by `newest_by`, the newest first, as SQL behind ORDER BY; of equals the last in the files.

    What is no number or time is ordered as text, and comes after what is one; a gap comes last. Version 10 is newer
    than 9, and 02.01.2024 than 31.12.2023; 11:00+02:00 is older than 10:30+01:00.
    """
    plain = text(source, settings.newest_by)
    told = f"TRY_CAST({plain} AS TIMESTAMP)"
    moment = f"CASE WHEN {has_zone(plain)} THEN {zoned(plain)} AT TIME ZONE 'UTC' ELSE {told} END"
    if settings.date_format:
        forms = ", ".join(literal(settings.date_format + time) for time in TIMES)
        moment = f"coalesce(try_strptime({plain}, [{forms}]), {moment})"
    known = (f"TRY_CAST({plain} AS DOUBLE)", moment, plain, quoted("copies: place"))
    return ", ".join(f"{sql} DESC NULLS LAST" for sql in known)
