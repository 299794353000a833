"""Several rows that are versions of one: which of them is the newest."""

from __future__ import annotations

from pipeline.settings.history import TableSettings
from pipeline.sources.database import literal, quoted
from pipeline.sources.files import Source
from pipeline.sources.sql import text


def newest_first(source: Source, settings: TableSettings) -> str:
    """The order of rows by `newest_by`, the newest first, as SQL behind ORDER BY; of equals the last in the files.

    What is no number or time is ordered as text, and comes after what is one; a gap comes last. Version 10 is newer
    than 9, and 02.01.2024 than 31.12.2023.
    """
    plain = text(source, settings.newest_by)
    moment = f"TRY_CAST({plain} AS TIMESTAMP)"
    if settings.date_format:
        moment = f"coalesce(try_strptime({plain}, {literal(settings.date_format)}), {moment})"
    known = (f"TRY_CAST({plain} AS DOUBLE)", moment, plain, quoted("copies: place"))
    return ", ".join(f"{sql} DESC NULLS LAST" for sql in known)
