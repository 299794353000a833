"""What was computed once is not computed again, and what was damaged is never trusted."""

from dataclasses import replace
from datetime import date
from itertools import chain

import numpy as np
import pytest

from features.catalogue import FEATURES
from features.engine import primitives
from features.engine.expression import Constant
from features.engine.plan import Matrix, Population, build
from features.engine.store import LineStore
from pipeline.matrices.content_key import content_key
from pipeline.matrices.matrix_cache import CELLS_A_PART, COLUMN, DIGEST_BYTES, MatrixCache, _size

SOME = FEATURES[:3]
DAYS = (date(2024, 2, 1), date(2024, 3, 1))
QUESTION = (DAYS, 90, Population())


def store_of(days=(0, 5, 9, 30, 40)) -> LineStore:
    """Two customers with the same order days."""
    day = np.array([19_723 + number for number in days] * 2, dtype=np.int32)
    rows = day.size
    return LineStore(
        customer_ids=np.array(["a", "b"], dtype=object),
        offsets=np.array([0, rows // 2, rows]),
        day=day,
        known=None,
        order=np.arange(rows, dtype=np.int32),
        product=None,
        category=None,
        cents=np.arange(rows, dtype=np.int64) + 1,
        thousandths=None,
        taken_back=np.zeros(rows, dtype=bool),
        end=int(day.max()) + 1,
    )


class Builder:
    """Builds for real, and remembers which features it was asked for."""

    def __init__(self, store: LineStore) -> None:
        self.store, self.asked = store, []

    def __call__(self, features) -> Matrix:
        self.asked.append([feature.name for feature in features])
        return build(self.store, DAYS, features, horizon_days=90)


@pytest.fixture
def cache(tmp_path) -> MatrixCache:
    return MatrixCache(tmp_path / "matrix", 1.0)


def ask(cache, store=None, question=QUESTION, features=SOME) -> tuple[Matrix, list[list[str]]]:
    store = store or store_of()
    builder = Builder(store)
    return cache.matrix(store, question, features, builder), builder.asked


def same(one: Matrix, other: Matrix) -> bool:
    parts = [(m.spine.customer, m.spine.cutoff, m.spine.status, m.values) for m in (one, other)]
    alike = all(a.tobytes() == b.tobytes() and a.dtype == b.dtype for a, b in zip(*parts, strict=True))
    return alike and (one.names, one.cutoffs) == (other.names, other.cutoffs)


def test_a_second_run_builds_nothing_and_gives_the_same_bytes(cache):
    (first, asked), (second, asked_again) = ask(cache), ask(cache)
    assert asked == [[feature.name for feature in SOME]] and asked_again == []
    assert same(first, second) and second.values.flags.f_contiguous


def test_only_a_changed_feature_is_built_again(cache):
    ask(cache)
    changed = replace(SOME[1], expression=SOME[1].expression + Constant(1.0))
    matrix, asked = ask(cache, features=(SOME[0], changed, SOME[2]))
    assert asked == [[changed.name]]
    assert same(matrix, build(store_of(), DAYS, (SOME[0], changed, SOME[2]), horizon_days=90))


def test_a_number_that_a_feature_rests_on_makes_its_column_and_no_other_stale(cache, monkeypatch):
    two = (SOME[0], next(feature for feature in FEATURES if feature.name == "season_of_winter"))
    before, _ = ask(cache, features=two)
    monkeypatch.setattr(primitives, "DAYS_A_YEAR", 300.0)
    after, asked = ask(cache, features=two)
    assert asked == [["season_of_winter"]]
    assert (after.values != before.values).any(axis=0).tolist() == [False, True]


def test_a_new_feature_is_built_alone_and_columns_keep_their_order(cache):
    ask(cache)
    matrix, asked = ask(cache, features=(FEATURES[5], *SOME))
    assert asked == [[FEATURES[5].name]]
    assert same(matrix, build(store_of(), DAYS, (FEATURES[5], *SOME), horizon_days=90))


@pytest.mark.parametrize(
    "question",
    [((DAYS[0],), 90, Population()), (DAYS, 91, Population()), (DAYS, 90, Population(2, 365))],
    ids=["cutoffs", "horizon", "population"],
)
def test_another_question_is_another_matrix(cache, question):
    ask(cache)
    assert ask(cache, question=question)[1] == [[feature.name for feature in SOME]]


@pytest.mark.parametrize("name", ["day", "order", "cents", "taken_back", "offsets", "customer_ids"])
def test_any_changed_value_of_the_rows_is_another_matrix(name):
    store = store_of()
    column = getattr(store, name).copy()
    column[-1] = "c" if name == "customer_ids" else column[-1] + 1 if name != "taken_back" else True
    assert content_key(store) != content_key(replace(store, **{name: column}))


def test_texts_that_run_into_each_other_are_told_apart():
    one, other = (np.array(names, dtype=object) for names in (["ab", "c"], ["a", "bc"]))
    assert content_key(one) != content_key(other)


def test_the_same_rows_have_the_same_key():
    assert content_key(store_of(), QUESTION) == content_key(store_of(), QUESTION)


def files(cache):
    return sorted(file for file in cache.folder.glob("*/*") if file.is_file())


@pytest.mark.parametrize("damage", ["cut", "longer", "changed", "empty", "gone"])
def test_a_damaged_file_is_made_again_and_never_trusted(cache, damage):
    whole, _ = ask(cache)
    for file in files(cache):
        content = file.read_bytes()
        changed = bytes([*content[:DIGEST_BYTES], content[DIGEST_BYTES] ^ 1, *content[DIGEST_BYTES + 1 :]])
        made = {"cut": content[:-1], "longer": content + b"x", "changed": changed, "empty": b"", "gone": b""}
        file.write_bytes(made[damage])
        if damage == "gone":
            file.unlink()
        matrix, asked = ask(cache)
        assert same(matrix, whole) and len(asked) == 1, file.name
        assert ask(cache)[1] == [], "and is whole again"


def test_a_failing_build_keeps_nothing(cache):
    def fails(features):
        raise MemoryError

    with pytest.raises(MemoryError):
        cache.matrix(store_of(), QUESTION, SOME, fails)
    assert not cache.folder.exists()


@pytest.mark.parametrize("parts", [1, 2, 3, 5])
def test_built_in_parts_it_is_the_same_to_the_last_bit(cache, tmp_path, parts):
    features, builder = FEATURES[:20], Builder(store_of())
    matrix = cache.matrix(store_of(), QUESTION, features, builder, parts)
    assert [*chain(*builder.asked)] == [each.name for each in features] and len(builder.asked) == parts
    assert same(matrix, build(store_of(), DAYS, features, horizon_days=90))
    assert ask(cache, features=features)[1] == []


@pytest.mark.parametrize("finished", [1, 2, 3])
def test_a_run_killed_in_a_part_goes_on_from_the_last_finished_one(cache, finished):
    features, builder = FEATURES[:20], Builder(store_of())

    def killed(wanted):
        if len(builder.asked) == finished:
            raise KeyboardInterrupt
        return builder(wanted)

    with pytest.raises(KeyboardInterrupt):
        cache.matrix(store_of(), QUESTION, features, killed, 4)
    again = Builder(store_of())
    matrix = cache.matrix(store_of(), QUESTION, features, again, 4)
    assert [*chain(*again.asked)] == [each.name for each in features[5 * finished :]]
    assert same(matrix, build(store_of(), DAYS, features, horizon_days=90))


def test_only_what_is_large_and_can_be_kept_is_built_in_parts(tmp_path):
    cache = MatrixCache(tmp_path, 1.0)
    cells = (0, 1, CELLS_A_PART, CELLS_A_PART + 1, 2 * CELLS_A_PART + 1, 240_000_000, 260_000_000)
    assert [cache.parts(number) for number in cells] == [1, 1, 1, 2, 3, 4, 1]
    assert MatrixCache(tmp_path, 0).parts(CELLS_A_PART * 3) == 1


def test_the_matrix_used_longest_ago_makes_room(tmp_path):
    cache = MatrixCache(tmp_path / "matrix", 1.0)
    for question in (QUESTION, (DAYS, 30, Population())):
        ask(cache, question=question)
    size = sum(file.stat().st_size for file in files(cache)) / 2
    ask(cache)  # used again: now the other one is the oldest
    small = MatrixCache(tmp_path / "matrix", 2.2 * size / 10**9)
    ask(small, question=(DAYS, 7, Population()))
    assert ask(small)[1] == [] and len(ask(small, question=(DAYS, 30, Population()))[1]) == 1


def test_no_more_matrices_are_kept_than_can_be_looked_through_however_much_room_is_left(cache, monkeypatch):
    monkeypatch.setattr("pipeline.matrices.matrix_cache.MOST_MATRICES", 3)
    for horizon in range(5):
        ask(cache, question=(DAYS, horizon, Population()))
    assert len([place for place in cache.folder.iterdir() if place.is_dir()]) == 3
    assert [len(ask(cache, question=(DAYS, horizon, Population()))[1]) for horizon in (4, 3, 2, 1)] == [0, 0, 0, 1]


def test_the_size_of_a_matrix_is_that_of_its_files(cache):
    ask(cache)
    (folder,) = (place for place in cache.folder.iterdir() if place.is_dir())
    assert _size(folder) == sum(file.stat().st_size for file in folder.iterdir())
    (folder / f".begun{COLUMN}").write_bytes(b"half")
    assert _size(folder) == sum(file.stat().st_size for file in folder.iterdir())


def test_a_matrix_larger_than_the_cache_is_not_kept(tmp_path):
    cache = MatrixCache(tmp_path / "matrix", 1e-9)
    matrix, _ = ask(cache)
    assert len(matrix.values) and not files(cache)


def test_without_room_nothing_is_kept(tmp_path):
    cache = MatrixCache(tmp_path / "matrix", 0)
    assert ask(cache)[1] == ask(cache)[1] and not cache.folder.exists()
