"""A play that pays only as well as assumed is not called urgent, and the other files keep its status."""

from pathlib import Path

import pytest

from models.decision.recommend import STATUSES
from pipeline.languages import language
from pipeline.report.page.approach import CALL, MAIL, approach
from pipeline.report.page.at_hand import AT_HAND, STATUSES_SHOWN, at_hand
from pipeline.report.page.document import write_page
from pipeline.report.page.portfolio import portfolio
from tests.pipeline.prediction_rows import CUTOFF, prediction, predictions
from tests.pipeline.report.page_rows import FACTS, full


@pytest.mark.parametrize(
    ("status", "now", "shown"),
    [
        ("act", True, "act"),
        ("act", False, AT_HAND),
        ("act", None, "act"),
        ("holdout", False, "holdout"),
        ("not_worth_it", True, "not_worth_it"),
        (None, None, None),
    ],
)
def test_only_what_is_not_to_be_done_now_waits_for_an_occasion(status: str, now: bool, shown: str) -> None:
    table = predictions(full(0, play_status=status, act_now=now))
    assert at_hand(table).column("play_status").to_pylist() == [shown]
    assert table.column("play_status").to_pylist() == [status], "the table itself stays"


def test_the_portfolio_counts_them_apart() -> None:
    rows = [
        full(number, play="recover", state="drifting", play_status="act", act_now=number < 2, play_profit=100.0)
        for number in range(5)
    ]
    found = portfolio(at_hand(predictions(*rows, prediction("n", None))))
    assert (found.plays["recover"].count, found.at_hand, found.acting, found.called) == (
        2, {"recover": 3}, {"drifting": 2}, 2,
    )  # fmt: skip
    assert found.to_act.profit == 200.0 and AT_HAND not in found.quiet
    assert set(STATUSES) < set(STATUSES_SHOWN)


@pytest.mark.parametrize(
    ("row", "reach"),
    [
        ({"play": "recover", "act_now": True}, CALL),
        ({"play": "serve_at_low_cost", "act_now": True}, MAIL),
        ({"play": "serve_at_low_cost", "act_now": True, "key_account": True}, CALL),
        ({"play": "serve_at_low_cost", "act_now": True, "complaint_since": CUTOFF}, CALL),
        ({"play": None, "play_status": "holdout", "act_now": True, "complaint_since": CUTOFF}, CALL),
        ({"play": "recover", "act_now": False}, None),
        ({"play": "recover", "act_now": None}, CALL),
    ],
)
def test_by_what_a_customer_is_reached(row: dict[str, object], reach: str) -> None:
    assert approach(predictions(full(0, **{"play_status": "act", **row}))).to_pylist() == [reach]


@pytest.mark.parametrize(("name", "word"), [("en", "At the next occasion"), ("zh_CN", "有机会时")])
def test_the_page_says_it_in_words(tmp_path: Path, name: str, word: str) -> None:
    file = tmp_path / "predictions.html"
    rows = [full(number, play="recover", play_status="act", act_now=number == 0) for number in range(2)]
    write_page(predictions(*rows), file, CUTOFF, FACTS, language(name))
    before, _, after = file.read_text(encoding="utf-8").partition('id="data"')
    assert word in before, "the portfolio"
    assert word in after, "the list"


@pytest.mark.parametrize(("drifting", "said"), [(5, False), (6, True)])
def test_where_more_than_half_drift_the_page_says_that_it_tells_little(
    tmp_path: Path, drifting: int, said: bool
) -> None:
    file = tmp_path / "predictions.html"
    rows = [full(number, state="drifting" if number < drifting else "partner") for number in range(10)]
    write_page(predictions(*rows), file, CUTOFF, FACTS)
    assert ("More than half drift" in file.read_text(encoding="utf-8").partition('id="data"')[0]) is said
