"""The user's words for numbers, days, yes and no, and choices that are codes; and days of what has not come yet."""

from datetime import date
from pathlib import Path

import pytest
from beside import quarantined, read, regular

from features.errors import DataProblem, UsageProblem

DAY, END = date(2023, 1, 2), date(9999, 12, 31)
READ: list[tuple[str, str, list[object], str, list[object]]] = [
    ("interactions", "severity", ["High", " low", "3", None], '"high" = 5\n"Low" = 1', [5.0, 1.0, 3.0, None]),
    ("interactions", "severity", [1, 2, 3, None], '"1" = 5\n"2" = 3\n"3" = 1', [5.0, 3.0, 1.0, None]),
    ("interactions", "severity", [1.0, 2.0, 3.0], '"1" = 5\n"2" = 3\n"3" = 1', [5.0, 3.0, 1.0]),
    ("interactions", "severity", ["1.0", "2.0"], '"1" = 5\n"2" = 3', [5.0, 3.0]),
    ("interactions", "severity", ["none", "2"], '"none" = ""', [None, 2.0]),
    ("contracts", "ends_on", ["unbefristet", "2023-06-01"], '"unbefristet" = 9999-12-31', [END, date(2023, 6, 1)]),
    ("contracts", "exclusive", ["ja", "Nein", "yes"], '"ja" = true\n"nein" = false', [True, False, True]),
    ("contracts", "committed_amount", ["offen", "12.50"], '"offen" = ""', [None, 1250]),
    ("contracts", "cancelled_on", ["00000000", None], '"00000000" = ""', [None, None]),
    ("customers", "payment_terms_days", ["ZB30", "14"], '"ZB30" = 30', [30.0, 14.0]),
    ("customers", "annual_revenue", ["1-2 Mio", "5"], '"1-2 Mio" = 1500000', [150000000, 500]),
    ("quotes", "outcome", [True, False], '"true" = "won"\n"false" = "lost"', ["won", "lost"]),
    ("quotes", "outcome", ["1.0", "2.0", "0"], '"0" = "open"\n"1" = "won"\n"2" = "lost"', ["won", "lost", "open"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "column", "cells", "words", "expected"), READ)
def test_words_are_read_as_what_they_are_said_to_stand_for(
    tmp_path: Path, name: str, column: str, cells: list[object], words: str, expected: list[object]
) -> None:
    reading = read(
        tmp_path, name, regular(name, len(cells), **{column: cells}), f"[history.{name}.values.{column}]\n{words}"
    )
    assert reading.beside[0].quarantined == {}
    assert reading.history.optional[name].column(column).to_pylist() == expected


def test_a_word_for_nothing_is_missing_where_there_has_to_be_something(tmp_path: Path) -> None:
    table = regular("quotes", 2, amount=["auf Anfrage", "5"])
    words = '[history.quotes.values.amount]\n"auf Anfrage" = ""'
    assert quarantined(tmp_path, "quotes", table, words) == {"amount is missing": 1}


def test_a_stated_value_keeps_to_the_contract(tmp_path: Path) -> None:
    table = regular("interactions", 2, severity=["Blocker", "5"])
    words = '[history.interactions.values.severity]\n"Blocker" = 6'
    assert quarantined(tmp_path, "interactions", table, words) == {"severity is above 5": 1}


@pytest.mark.parametrize("state", ["open", "Angebot", "2"])
def test_an_expected_day_of_an_open_offer_is_not_read(tmp_path: Path, state: str) -> None:
    """CRM systems ask for the day an offer is expected to close, which lies ahead, or was not kept to."""
    cells: dict[str, list[object]] = {"outcome": ["won", state, state], "decided_on": [None, END, date(2022, 1, 1)]}
    words = '[history.quotes.values.outcome]\n"angebot" = "open"\n"2" = "open"'
    reading = read(tmp_path, "quotes", regular("quotes", 3, **cells), words)
    assert reading.beside[0].quarantined == {}
    assert reading.history.optional["quotes"].column("decided_on").to_pylist() == [None] * 3


def test_open_is_not_open_where_it_is_said_to_stand_for_something_else(tmp_path: Path) -> None:
    day = date(2023, 6, 1)
    cells: dict[str, list[object]] = {"outcome": ["Open", "pending"], "decided_on": [day, day]}
    words = '[history.quotes.values.outcome]\n"Open" = "lost"\n"Pending" = "open"'
    found = read(tmp_path, "quotes", regular("quotes", 2, **cells), words).history.optional["quotes"]
    assert found.column("outcome").to_pylist() == ["lost", "open"]
    assert found.column("decided_on").to_pylist() == [day, None]


def test_a_day_of_a_decided_offer_has_to_hold(tmp_path: Path) -> None:
    cells: dict[str, list[object]] = {"outcome": ["won", "lost"] * 2, "decided_on": [END, date(2022, 1, 1), None, None]}
    assert sum(quarantined(tmp_path, "quotes", regular("quotes", 4, **cells)).values()) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('[history.interactions.values.severity]\n"High" = "bad"', "history.interactions.values.severity.High"),
        ('[history.interactions.values.severity]\n"High" = true', "history.interactions.values.severity.High"),
        ('[history.interactions.values.severity]\n"High" = nan', "history.interactions.values.severity.High"),
        ('[history.interactions.values.contact_id]\n"a" = "b"', "contact_id"),
    ],
)
def test_a_word_stands_for_what_the_column_holds(tmp_path: Path, words: str, said: str) -> None:
    with pytest.raises(UsageProblem, match=said):
        read(tmp_path, "interactions", regular("interactions", 2), words)


SAID: list[tuple[str, dict[str, list[object]], str]] = [
    ("interactions", {"severity": ["High", "Low"]}, "[history.interactions.values.severity] states what each"),
    ("contracts", {"exclusive": ["ja", "nein"]}, "[history.contracts.values.exclusive] states what each"),
    ("contracts", {"ends_on": ["open", "2023-06-01"]}, "[history.contracts.values.ends_on] states what words"),
    ("interactions", {"kind": ["Phone", "Phone"]}, "(of the form aaaaa)"),
    ("interactions", {"kind": ["Phone", "visit"]}, "[history.interactions.values.kind] states what words"),
    ("interactions", {"happened_on": [END, END]}, "a filter of [history.interactions] leaves out what is only planned"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "cells", "said"), SAID)
def test_the_message_says_where_words_are_stated(
    tmp_path: Path, name: str, cells: dict[str, list[object]], said: str
) -> None:
    with pytest.raises(DataProblem) as caught:
        read(tmp_path, name, regular(name, 2, **cells), head="")
    assert said in str(caught.value)
