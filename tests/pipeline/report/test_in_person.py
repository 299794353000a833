"""The page names the play of a key account for what it is; the other files keep the code."""

from pathlib import Path

import pytest

from models.decision.plays import PLAYS
from pipeline.languages import language
from pipeline.report.page.document import write_page
from pipeline.report.page.in_person import IN_PERSON, LOW_COST, SHOWN, in_person
from pipeline.report.page.portfolio import portfolio
from tests.pipeline.prediction_rows import CUTOFF, prediction, predictions
from tests.pipeline.report.page_rows import FACTS, full


@pytest.mark.parametrize(
    ("play", "key", "shown"),
    [
        (LOW_COST, True, IN_PERSON),
        (LOW_COST, False, LOW_COST),
        (LOW_COST, None, LOW_COST),
        ("recover", True, "recover"),
        (None, True, None),
    ],
)
def test_only_low_cost_of_key_accounts_is_named_otherwise(play: str, key: bool, shown: str) -> None:
    table = predictions(full(0, play=play, key_account=key))
    assert in_person(table).column("play").to_pylist() == [shown]
    assert table.column("play").to_pylist() == [play], "the table itself stays"


def test_the_portfolio_counts_them_apart() -> None:
    rows = [full(number, play=LOW_COST, play_status="act", key_account=number < 2) for number in range(5)]
    found = portfolio(in_person(predictions(*rows, prediction("n", None))))
    assert {play: group.count for play, group in found.plays.items()} == {LOW_COST: 3, IN_PERSON: 2}
    assert set(PLAYS) < set(SHOWN)


@pytest.mark.parametrize(("name", "word"), [("en", "Serve in person"), ("zh_CN", "专人服务")])
def test_the_page_says_it_in_words(tmp_path: Path, name: str, word: str) -> None:
    file = tmp_path / "predictions.html"
    row = full(0, play=LOW_COST, play_status="act", key_account=True)
    write_page(predictions(row), file, CUTOFF, FACTS, language(name))
    before, _, after = file.read_text(encoding="utf-8").partition('id="data"')
    assert word in before, "the portfolio"
    assert word in after, "the list"
