"""Who asked to be left in peace is found however the id was written, and ids that spare nobody are told of."""

import re
from pathlib import Path

import pytest
from listed_ids import listed
from suppliers import column, lines

from pipeline.scoring.left_in_peace import in_peace_by_now, not_found_in_peace
from pipeline.sources.history import read_history
from pipeline.sources.store import read_store


def test_who_asked_to_be_left_in_peace_is_under_the_new_id_too(tmp_path: Path) -> None:
    config = listed(tmp_path, "C0 C1", lines(), head='[plays]\nnever_contact = ["C0", "C3"]')
    renamed = read_history(config).renamed
    assert in_peace_by_now(config, renamed).plays.never_contact == ["C0", "C3", "C1"]
    assert in_peace_by_now(config, {}) is config


def test_ids_to_be_left_in_peace_are_read_as_those_of_the_tables_are(tmp_path: Path) -> None:
    asked = '[plays]\nnever_contact = [" c0 ", "c3", ""]'
    loud = '[history.every_table]\nuppercase = ["customer_id"]'
    table = lines(Customer=[name.lower() for name in lines().column("Customer").to_pylist()])
    config = listed(tmp_path, "c0 c1", table, head=f"{loud}\n{asked}")
    found = read_history(config)
    assert in_peace_by_now(config, found.renamed).plays.never_contact == ["C0", "C3", "C1"]
    assert not {*map(str, column(found, "customer_id"))} & {"c1", "c3"}


SPARED = [
    ('["C1", "C0"]', ""),
    ('["c1"]', "1 of the ids .*looks like 'a9'; one there is looks like 'A9', and may be meant"),
    ('["C1", "X77", "X78"]', "2 of the ids .* one looks like 'A99'[.] Whoever"),
]


@pytest.mark.parametrize(("asked", "told"), SPARED)
def test_ids_that_spare_nobody_are_told_of_and_not_quoted(tmp_path: Path, asked: str, told: str) -> None:
    config = listed(tmp_path, "C0 C1", lines(), head=f"[plays]\nnever_contact = {asked}")
    found = read_store(config)
    said = list(not_found_in_peace(config, found.store, found.reading.renamed))
    assert len(said) == bool(told) and re.search(told, "".join(said)) and "X77" not in "".join(said)
