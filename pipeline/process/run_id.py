"""The name of this run: the same in its log, in the commits it makes, and in the MLflow runs it leaves behind.

It never enters a file that is exported: those depend on inputs, models and code alone, so that a past date scored
again gives the same bytes.
"""

from __future__ import annotations

import os
import re
import secrets
from datetime import UTC, datetime
from functools import cache

VARIABLE = "MOORINGS_RUN_ID"
STRANGE = re.compile(r"[^A-Za-z0-9_.:+-]")
LONGEST = 128
"""Characters. Airflow's `scheduled__2026-11-25T05:00:00+00:00` has 37."""


@cache
def run_id() -> str:
    """The id of this process's run: what a scheduler gave in MOORINGS_RUN_ID, else the moment (UTC) and six digits.

    Signs that could do harm in a log or a tag become underscores.
    """
    given = STRANGE.sub("_", os.environ.get(VARIABLE, ""))[:LONGEST]
    return given or f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
