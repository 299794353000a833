"""Tables whose customers are not those of the order lines: all they say is lost, and nothing breaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from pipeline.sources.id_forms import HARDLY, advice, form_of, meeting


def unmet_tables(lines: pa.Table, others: Mapping[str, pa.Table]) -> Iterator[str]:
    """One sentence for every table beside the order lines whose ids meet hardly any of theirs.

    Args:
        lines: the order lines.
        others: the other tables by name, each with a `customer_id` of dictionary-encoded text.
    """
    known = lines.column("customer_id").combine_chunks().dictionary
    for name, table in others.items():
        found = meeting(known, table.column("customer_id").combine_chunks().dictionary)
        if found.share >= HARDLY:
            continue
        yield (
            f"{name}: {found.met:,} of {found.most:,} customers ({found.share:.0%}) are customers of the order lines: "
            f"there one looks like {form_of(found.left)}, here like {form_of(found.right)}. {advice(found)}"
        )
