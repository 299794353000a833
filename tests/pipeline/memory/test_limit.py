"""What fits into a limit is reckoned before anything is read or built."""

import pytest

from pipeline.memory import limit as memory_limit
from pipeline.memory.limit import LEAST_FOR_DATABASE, array_bytes, buckets_for, database_bytes, room_of
from pipeline.memory.mapped import BYTES_A_GB

HUNDRED_MILLION = 100_000_000


@pytest.mark.parametrize(
    ("lines", "limit_gb", "buckets"),
    [
        (HUNDRED_MILLION, 0, 1),
        (HUNDRED_MILLION, 12, 1),
        (HUNDRED_MILLION, 8, 2),
        (HUNDRED_MILLION, 4, 4),
        (HUNDRED_MILLION, 1, 42),
        (1, 4, 1),
        (0, 4, 1),
    ],
)
def test_lines_are_read_in_as_few_buckets_as_fit(lines, limit_gb, buckets):
    assert buckets_for(lines, limit_gb) == buckets


@pytest.mark.parametrize("limit_gb", [2, 4, 12, 64])
def test_a_bucket_and_the_program_stay_within_the_limit(limit_gb):
    lines = 3 * HUNDRED_MILLION
    bucket = lines / buckets_for(lines, limit_gb)
    assert bucket * memory_limit.BYTES_A_LINE + memory_limit.FOR_PROGRAM <= limit_gb * BYTES_A_GB


@pytest.mark.parametrize(("limit_gb", "expected"), [(1, LEAST_FOR_DATABASE), (4, 5 * 10**8), (16, 2 * 10**9)])
def test_the_database_has_an_eighth_and_never_too_little(limit_gb, expected):
    assert database_bytes(limit_gb) == expected


@pytest.mark.parametrize(
    ("limit_gb", "resident", "expected"),
    [(4, 10**9, 1_500_000_000), (4, 5 * 10**9, 0), (0, 10**9, 3_500_000_000), (0, 9 * 10**9, 0)],
)
def test_arrays_have_half_of_what_is_left_of_the_limit_or_of_half_the_machine(limit_gb, resident, expected):
    assert array_bytes(limit_gb, resident, machine=16 * 10**9) == expected


def test_the_room_counts_what_the_process_holds_already(tmp_path, monkeypatch):
    monkeypatch.setattr(memory_limit, "_resident", lambda: 3 * 10**9)
    assert room_of(tmp_path, 5).free == 10**9


def test_what_is_resident_and_what_the_machine_has_can_be_told():
    assert 10**6 < memory_limit._resident() < memory_limit._machine()
