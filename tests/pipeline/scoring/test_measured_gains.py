"""What lots have shown keeps the export from waking sleeping dogs, as far as it was known at the cutoff."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.config import Config, load_config
from pipeline.export.places import gains_file
from pipeline.outcomes.gains import gains
from pipeline.scoring.measured_gains import measured as measured_at
from pipeline.scoring.measured_gains import to_avoid
from tests.pipeline.supplier import configured, lines

CUSTOMERS = np.array(["a", "b", "c"])


@pytest.fixture
def config(tmp_path: Path) -> Config:
    configured(tmp_path, lines(2))
    return load_config(tmp_path / "small.toml")


def measured(config: Config, *rows: tuple[str, str, bool]) -> None:
    """Gains of 2024-05-01: customer, play, whether to avoid it."""
    gains_file(config).parent.mkdir(parents=True)
    table = pd.DataFrame(rows, columns=["customer_id", "play", "avoid"])
    table.assign(day=pd.Timestamp("2024-05-01")).to_parquet(gains_file(config))


def test_whom_to_avoid_is_told_by_play(config: Config) -> None:
    measured(
        config, ("a", "recover", True), ("b", "recover", False), ("b", "pilot_together", True), ("x", "call", True)
    )
    found = to_avoid(CUSTOMERS, date(2024, 5, 1), config, {})
    assert {play: avoided.tolist() for play, avoided in found.items()} == {
        "recover": [True, False, False],
        "pilot_together": [False, True, False],
    }


def test_what_harmed_a_customer_is_not_done_to_it_under_a_new_id_either(config: Config) -> None:
    measured(config, ("old", "recover", True), ("c", "recover", True))
    found = to_avoid(CUSTOMERS, date(2024, 5, 1), config, {"old": "b"})
    assert found["recover"].tolist() == [False, True, True]


def test_a_play_is_avoided_by_the_words_of_the_table_as_well(tmp_path: Path) -> None:
    configured(tmp_path, lines(2))
    with (tmp_path / "small.toml").open("a") as file:
        file.write('\n[plays.also_called]\nrecover = ["call", "visit"]\nkeep_in_touch = ["call"]\n')
    config = load_config(tmp_path / "small.toml")
    measured(config, ("a", "call", True), ("b", "visit", True), ("b", "recover", True), ("c", "letter", True))
    found = to_avoid(CUSTOMERS, date(2024, 5, 1), config, {})
    assert {play: avoided.tolist() for play, avoided in found.items()} == {
        "recover": [True, True, False],
        "keep_in_touch": [True, False, False],
    }


def test_what_was_learned_after_the_cutoff_is_not_known_at_it(config: Config) -> None:
    measured(config, ("a", "recover", True))
    assert to_avoid(CUSTOMERS, date(2024, 4, 30), config, {}) == {}


def test_an_export_is_made_anew_when_more_is_known(config: Config) -> None:
    assert measured_for(config) == {}
    measured(config, ("a", "recover", True))
    before = measured_for(config)
    pd.DataFrame(
        {"customer_id": ["a", "b"], "play": "recover", "avoid": True, "day": pd.Timestamp("2024-05-01")}
    ).to_parquet(gains_file(config))
    assert set(before) == {"avoided"}
    assert before != measured_for(config)


def measured_for(config: Config) -> Mapping[str, str]:
    return measured_at(date(2024, 5, 1), config)


def test_where_nothing_was_measured_nobody_is_avoided(config: Config) -> None:
    assert to_avoid(CUSTOMERS, date(2024, 5, 1), config, {}) == {}


def test_an_empty_table_of_gains_avoids_nobody(config: Config) -> None:
    gains_file(config).parent.mkdir(parents=True)
    gains((), None).to_parquet(gains_file(config))
    assert to_avoid(CUSTOMERS, date(2024, 5, 1), config, {}) == {}
