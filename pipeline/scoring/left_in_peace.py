"""Who asked to be left in peace is left in peace: however the id is written in the tables, and under a new one too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from features.engine.store import LineStore
from pipeline.config import Config
from pipeline.sources.asked_ids import as_read
from pipeline.sources.id_forms import form_of, written_otherwise


def in_peace_by_now(config: Config, renamed: Mapping[str, str]) -> Config:
    """The configuration with the ids of `plays.never_contact` as tables have them, older and, by `renamed`, newer."""
    asked = config.plays.never_contact
    read = as_read(asked, config)
    every = list(dict.fromkeys([*read, *(renamed[name] for name in read if name in renamed)]))
    if every == asked:
        return config
    plays = config.plays.model_copy(update={"never_contact": every})
    return config.model_copy(update={"plays": plays})


def not_found_in_peace(config: Config, store: LineStore, renamed: Mapping[str, str]) -> Iterator[str]:
    """What to say of ids of `plays.never_contact` that no customer of the order lines has: nobody is spared by them."""
    known, asked = pa.array(store.customer_ids.astype(str), pa.string()), as_read(config.plays.never_contact, config)
    here = set(known.to_pylist())
    lost = [name for name in dict.fromkeys(asked) if renamed.get(name, name) not in here]
    if not lost:
        return
    likely = next(filter(None, (written_otherwise(known, name) for name in lost)), "")
    meant = f"; one there is looks like {form_of(likely)}, and may be meant" if likely else ""
    yield (
        f"{len(lost):,} of the ids in [plays] never_contact are of no customer with order lines by then: one looks "
        f"like {form_of(lost[0])}{meant}. Whoever is meant is not left in peace"
    )
