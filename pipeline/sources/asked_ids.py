"""Ids of customers that somebody wrote by hand, as the tables are read: trimmed, in capitals where these are."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from pipeline.config import Config
from pipeline.sources.keys import cleaned, encoded, in_capitals


def as_read(ids: Sequence[str], config: Config) -> list[str]:
    """Ids of a configuration or a command as the order lines have them; blank ones are left out."""
    key = cleaned([encoded(pa.chunked_array([pa.array(ids, pa.string()).dictionary_encode()]))])
    key = in_capitals(key) if "customer_id" in config.history.order_lines.uppercase else key
    return [str(name) for name in key.to_arrow().to_pylist() if name is not None]
