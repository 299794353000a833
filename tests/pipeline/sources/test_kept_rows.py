"""Rows kept on disk come back as they were, or not at all; a day merged into them gives the bytes of a full build."""

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from features.catalogue import FEATURES
from features.engine import everybody
from features.engine.everybody import market_at, market_of
from features.engine.kernels_of_market_sums import BUYERS
from features.engine.merging import NamedStore
from features.engine.plan import build
from features.engine.store import ROW_COLUMNS
from features.history import History
from pipeline.sources import kept_market, kept_rows
from pipeline.sources.kept_files import checksum_of
from pipeline.sources.kept_rows import CONTENTS, VERSION, KeptRows, load_rows


def history(first: int, rows: int, late: int = 0) -> History:
    """Order lines from day `first` on, three a day; one of them was placed `late` days before and is known now."""
    number = range(first * 3, first * 3 + rows)
    day = [date(2024, 1, 1) + timedelta(days=n // 3 - (late if n % 3 == 0 else 0)) for n in number]
    columns = {
        "customer_id": pa.array([f"c{n * 7 % 11}" for n in number]).dictionary_encode(),
        "order_id": pa.array([f"o{n // 2}" for n in number]).dictionary_encode(),
        "ordered_on": pa.array(day),
        "product_id": pa.array([f"p{n % 5}" if n % 6 else None for n in number]).dictionary_encode(),
        "net_amount": pa.array([n + 100 for n in number], pa.int64()),
        "known_on": pa.array([date(2024, 1, 1) + timedelta(days=n // 3) for n in number]),
    }
    return History(pa.table(columns))


KEPT = KeptRows(NamedStore.of(history(0, 300, late=5)), ("one",))


@pytest.fixture
def folder(tmp_path):
    KEPT.save(tmp_path / "kept")
    return tmp_path / "kept"


def assert_same(one: NamedStore, other: NamedStore) -> None:
    for name in (*ROW_COLUMNS, "offsets", "customer_ids"):
        np.testing.assert_array_equal(getattr(one.store, name), getattr(other.store, name), err_msg=name)
    assert one.store.end == other.store.end and one.names.keys() == other.names.keys()
    assert one.store.nameless == other.store.nameless
    assert all(one.names[key].equals(other.names[key]) for key in one.names)


def test_rows_come_back_as_they_were(folder):
    found = load_rows(folder)
    assert found is not None and found.inputs == ("one",)
    assert_same(found.rows, KEPT.rows)


def test_arrays_are_mapped_not_read(folder):
    assert isinstance(load_rows(folder).rows.store.day, np.memmap)


def test_a_day_added_gives_the_matrix_of_a_full_build(folder):
    day = history(100, 3, late=40)
    kept = load_rows(folder).extended(NamedStore.of(day), "two")
    lines = pa.concat_tables([history(0, 300, late=5).order_lines, day.order_lines])
    whole = History(lines.combine_chunks())
    cutoffs = [date(2024, 4, 10), date(2024, 4, 11)]
    stores = kept.lines, kept.rows.store, NamedStore.of(whole).store
    one, merged, other = (build(store, cutoffs, FEATURES, horizon_days=90) for store in stores)
    assert kept.inputs == ("one", "two") and len(one.values)
    assert one.values.tobytes() == merged.values.tobytes() == other.values.tobytes()
    assert one.spine.customer.tobytes() == other.spine.customer.tobytes()


def test_days_added_one_by_one_are_kept_apart_and_give_the_rows_of_all_read_together(folder):
    days = [history(100, 3, late=40), history(101, 3), history(102, 2, late=7)]
    for number, day in enumerate(days):
        load_rows(folder).extended(NamedStore.of(day), f"day {number}").save(folder)
    found = load_rows(folder)
    lines = [history(0, 300, late=5).order_lines, *(day.order_lines for day in days)]
    whole = NamedStore.of(History(pa.concat_tables(lines).combine_chunks()))
    assert found.later.store.day.size == 8 and found.before.store.day.size == 300
    assert found.inputs == ("one", "day 0", "day 1", "day 2")
    assert_same(found.rows, whole)


LEAVES = frozenset().union(*(feature.inputs for feature in FEATURES))


def night(folder, day: History, cutoff: date, name: str) -> KeptRows:
    """One more day into what is kept, and kept again."""
    kept = load_rows(folder).extended(NamedStore.of(day), name, market_at(cutoff, LEAVES, 90))
    kept.save(folder)
    return kept


@pytest.mark.parametrize("most_later", [0.0, kept_rows.MOST_LATER])
def test_days_added_to_a_kept_market_give_the_matrix_of_a_full_build(folder, monkeypatch, most_later):
    monkeypatch.setattr(kept_rows, "MOST_LATER", most_later)
    counts = []
    monkeypatch.setattr(everybody, "market_of", lambda *asked: counts.append(asked) or market_of(*asked))
    KEPT.with_market(market_at(date(2024, 4, 10), LEAVES, 90)).save(folder)
    days = [history(100, 3, late=40), history(101, 3), history(102, 2, late=7)]
    for number, day in enumerate(days):
        cutoff = date(2024, 4, 11 + number)
        kept = night(folder, day, cutoff, f"day {number}")
        assert (load_rows(folder).later is None) == (most_later == 0)
        lines = [history(0, 300, late=5).order_lines, *(each.order_lines for each in days[: number + 1])]
        whole = NamedStore.of(History(pa.concat_tables(lines).combine_chunks())).store
        one = build(kept.lines, [cutoff], FEATURES, horizon_days=90)
        assert not counts, "what is kept answers"
        other = build(whole, [cutoff], FEATURES, horizon_days=90)
        assert counts.pop() and one.values.tobytes() == other.values.tobytes() and len(one.values)


def test_a_market_is_moved_not_counted_again(folder):
    there = KEPT.with_market(market_at(date(2024, 4, 10), LEAVES, 90))
    replace(there, market=replace(there.market, counts=there.market.counts + 1)).save(folder)
    kept = night(folder, history(100, 3), date(2024, 4, 11), "two")
    sound = there.extended(NamedStore.of(history(100, 3)), "two", market_at(date(2024, 4, 11), LEAVES, 90))
    assert np.array_equal(kept.market.counts, sound.market.counts + 1)


def by_a_new_customer(day: History) -> History:
    lines = day.order_lines
    name = pa.array(["new"] * lines.num_rows).dictionary_encode()
    return History(lines.set_column(lines.column_names.index("customer_id"), "customer_id", name))


def test_who_bought_a_product_on_a_later_day_is_not_one_more_who_buys_it_again(folder):
    KEPT.with_market(market_at(date(2024, 4, 10), LEAVES, 90)).save(folder)
    bought = by_a_new_customer(history(100, 3))
    found = [night(folder, bought, date(2024, 4, 11 + number), str(number)).market.of((365, 0)) for number in range(2)]
    assert load_rows(folder).later is not None
    assert found[0][0][:, BUYERS].tolist() == found[1][0][:, BUYERS].tolist() and found[0][1] == found[1][1]


def test_later_rows_without_a_cutoff_leave_no_market(folder):
    KEPT.with_market(market_at(date(2024, 4, 10), LEAVES, 90)).save(folder)
    kept = load_rows(folder)
    extended = kept.extended(NamedStore.of(history(100, 3)), "two")
    extended.save(folder)
    assert kept.market is not None and extended.market is None and extended.lines.sums is None
    assert load_rows(folder).market is None and not [*folder.glob("market.*")]


@pytest.mark.parametrize("what", ["version", "engine", "inputs"])
def test_a_market_of_another_version_or_of_other_rows_is_not_taken_up(folder, what):
    KEPT.with_market(market_at(date(2024, 4, 10), LEAVES, 90)).save(folder)
    stated, contents = (json.loads((folder / name).read_text()) for name in (kept_market.STATED, CONTENTS))
    stated[what] = ["another"] if what == "inputs" else 0
    (folder / kept_market.STATED).write_text(json.dumps(stated))
    contents["crc32"][kept_market.STATED] = checksum_of(folder / kept_market.STATED)
    (folder / CONTENTS).write_text(json.dumps(contents))
    found = load_rows(folder)
    assert found is not None and found.market is None


def test_the_files_of_the_rows_before_are_not_written_again(folder):
    before = {file.name: file.stat().st_ino for file in folder.glob("before.*")}
    load_rows(folder).extended(NamedStore.of(history(100, 3)), "two").save(folder)
    assert {file.name: file.stat().st_ino for file in folder.glob("before.*")} == before
    assert [file.name for file in folder.glob("later.*.npy")]


@pytest.mark.parametrize("why", ["many", "gone", "never on disk"])
def test_rows_are_written_as_one_where_later_ones_are_many_or_those_before_have_no_files(folder, why):
    kept = KEPT if why == "never on disk" else load_rows(folder)
    extended = kept.extended(NamedStore.of(history(100, 30 if why == "many" else 3)), "two")
    rows = extended.rows
    if why == "gone":
        sorted(folder.glob("before.*"))[-1].unlink()
    extended.save(folder)
    assert load_rows(folder).later is None
    assert_same(load_rows(folder).rows, rows)


@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_a_damaged_file_is_not_trusted(folder, damage):
    night(folder, history(100, 3), date(2024, 4, 11), "two")
    for file in sorted(folder.iterdir()):
        content = file.read_bytes()
        file.write_bytes(content[:-1] if damage == "cut" else content[:-9] + b"?" + content[-8:])
        if damage == "gone":
            file.unlink()
        assert load_rows(folder) is None, file.name
        file.write_bytes(content)
    assert load_rows(folder) is not None


def test_rows_of_another_version_are_not_trusted(folder):
    text = (folder / CONTENTS).read_text()
    (folder / CONTENTS).write_text(text.replace(f'"version": {VERSION}', '"version": 0'))
    assert load_rows(folder) is None


def test_rows_told_by_other_words_are_not_trusted(folder, monkeypatch):
    assert load_rows(folder) is not None
    monkeypatch.setattr(kept_rows, "INTEGRATED", (*kept_rows.INTEGRATED, "portal"))
    assert load_rows(folder) is None


def test_saving_again_replaces_all_of_it(folder):
    less = KeptRows(NamedStore.of(history(0, 30)), ("other",))
    less.save(folder)
    found = load_rows(folder)
    assert found.inputs == ("other",) and not (folder / "before.known.npy").exists()
    assert_same(found.rows, less.rows)
    assert [place.name for place in folder.parent.iterdir()] == ["kept"], "no draft is left behind"


def test_a_failing_save_leaves_what_was_there(folder, monkeypatch):
    monkeypatch.setattr(np, "save", lambda *arguments, **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        KEPT.save(folder)
    assert load_rows(folder) is not None and [place.name for place in folder.parent.iterdir()] == ["kept"]
