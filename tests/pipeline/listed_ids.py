"""A supplier whose customers had other ids before, and a list that says so."""

from pathlib import Path

import pyarrow as pa
from suppliers import configured

from pipeline.config import Config

PAIRS = """
[history.customer_ids]
path = "ids.csv"
{settings}
[history.customer_ids.columns]
from = "Old"
to = "New"
"""


def listed(folder: Path, pairs: str, table: pa.Table, settings: str = "", head: str = "", own: str = "") -> Config:
    """A supplier with a list of old and new ids: `pairs` such as "C0 C1, C2 C3"."""
    rows = "".join(f"{pair.strip().replace(' ', ',')}\n" for pair in pairs.split(","))
    (folder / "ids.csv").write_text(f"Old,New\n{rows}")
    return configured(folder, table, settings, head=f"{head}\n{PAIRS.format(settings=own)}")
