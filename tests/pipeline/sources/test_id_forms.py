"""Ids that do not meet: said with the forms of both, and the cause where one simple change makes most of them meet."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from beside import configured_with, regular
from suppliers import configured, lines

from pipeline.profile.profile import profile
from pipeline.sources import id_forms
from pipeline.sources.history import read_history
from pipeline.sources.id_forms import CAUSES, form_of, meeting, written_otherwise
from pipeline.sources.twins import twins

NUMBERS = [f"{number:05d}" for number in range(1, 60)]


def ids(*texts: str) -> pa.Array:
    return pa.array(texts, pa.string())


@pytest.mark.parametrize(
    ("written", "cause"),
    [
        (lambda text: text.lstrip("0"), "leading zeros"),
        (lambda text: f"{text}.0", 'a ".0" at the end'),
        (lambda text: f"{text},00", 'a ".0" at the end'),
        (lambda text: f"{text[:2]} {text[2:]}", "blanks"),
        (lambda text: f"{text[:2]}\u00a0{text[2:]}", "blanks"),
        (lambda text: text.lstrip("0") + ".0", "several of leading zeros"),
        (lambda text: f"X{text}", ""),
    ],
)
def test_the_simplest_change_that_makes_most_meet_is_the_cause(written, cause: str) -> None:
    found = meeting(ids(*NUMBERS), ids(*map(written, NUMBERS)))
    assert (found.met, found.most, found.share) == (0, 59, 0.0)
    assert found.cause.startswith(cause) and bool(found.cause) == bool(cause)
    assert (found.left, found.right) == (NUMBERS[0], written(NUMBERS[0]))


def test_capitals_are_a_cause_of_their_own_and_can_be_set_right() -> None:
    found = meeting(ids("ab-1", "ab-2"), ids("AB-1", "AB-2", "AB-3"))
    assert (found.cause, found.left, found.right) == ("capitals", "ab-1", "AB-1")
    assert 'uppercase = ["customer_id"]' in id_forms.advice(found)


@pytest.mark.parametrize(("met", "said"), [(0, True), (5, True), (6, False), (59, False)])
def test_ids_meet_where_a_tenth_of_the_shorter_list_does(met: int, said: bool) -> None:
    other = [*NUMBERS[:met], *(f"Y{number}" for number in range(59 - met)), *(f"Z{number}" for number in range(500))]
    assert (meeting(ids(*NUMBERS), ids(*other)).share < id_forms.HARDLY) is said


def test_too_few_that_would_meet_are_no_cause() -> None:
    """Three of ten prospects happen to have a number that is a customer's without its zeros."""
    found = meeting(ids(*NUMBERS), ids("1", "2", "3", *(f"P{number}" for number in range(7))))
    assert found.cause == ""


@pytest.mark.parametrize(("met", "cause"), [(0, "leading zeros"), (1, "")])
def test_where_a_tenth_meets_as_it_is_no_cause_is_sought_and_none_is_shown(met: int, cause: str) -> None:
    written = [number if place < met else number.lstrip("0") for place, number in enumerate(NUMBERS[:10])]
    found = meeting(ids(*NUMBERS[:10]), ids(*written))
    assert (found.met, found.cause, bool(found.left), bool(found.right)) == (met, cause, bool(cause), bool(cause))


def test_of_a_single_id_one_that_would_meet_is_enough() -> None:
    assert meeting(ids("01"), ids("1", "P2")).cause == "leading zeros"


def test_an_empty_list_has_nothing_to_meet() -> None:
    assert meeting(ids(), ids("a")).share == 1.0


@pytest.mark.parametrize(
    ("customer_id", "form"),
    [
        ("00123", "'00999'"),
        ("123.0", "'999.0'"),
        ("120,00", "'999,00'"),
        ("Käse & Co 7", "'Aaaa & Aa 9'"),
        ("0", "'0'"),
        ("", "''"),
        ("a\x1b[31m", "'a\\x1b[99a'"),
        ("9" * 40, repr("9" * 30)),
    ],
)
def test_the_form_of_an_id_tells_how_it_is_written_and_not_whose_it_is(customer_id: str, form: str) -> None:
    assert form_of(customer_id) == form


def test_the_reading_and_the_profile_say_which_table_speaks_of_strangers(tmp_path: Path) -> None:
    strange = regular("contracts", customer_id=[f"c{row % 4}" for row in range(12)])
    config = configured_with(tmp_path, ("contracts", strange, ""), ("quotes", regular("quotes"), ""))
    reading = read_history(config)
    (said,) = reading.unmet
    assert said.startswith("contracts: 0 of 4 customers (0%) are customers of the order lines: there one looks like")
    assert "one looks like 'A9', here like 'a9'. They seem to differ in capitals" in said
    assert json.loads(json.dumps(reading.summary()))["unmet_ids"] == [said]
    assert said in profile(config, reading).warnings


ORDERS = [("o{}", "seem to differ in capitals"), ("2024-{}", "both name orders by the same numbers"), ("O{}", "")]


@pytest.mark.parametrize(("named", "advised"), ORDERS)
def test_deliveries_of_orders_that_are_not_there_are_told(tmp_path: Path, named: str, advised: str) -> None:
    delivered = regular("deliveries", order_id=[named.format(row) for row in range(12)])
    unmet = read_history(configured_with(tmp_path, ("deliveries", delivered, ""))).unmet
    assert ["0 of 12 orders (0%) are orders of the order lines" in said and advised in said for said in unmet] == [
        True
    ] * bool(advised)


ROUNDED = [
    (["4.00638E+12", "4,01E+11", "1E+10", None], 3),
    (["4006381333931", "E+12", "12E+3", "1.5E+1x", "P1"], 0),
]


@pytest.mark.parametrize(("products", "count"), ROUNDED)
def test_long_numbers_that_a_spreadsheet_rounded_are_told(
    tmp_path: Path, products: list[str | None], count: int
) -> None:
    reading = read_history(configured(tmp_path, lines(1, len(products), Item=products)))
    assert [f"order_lines: {count} of {count} values of product_id" in said for said in reading.unmet] == [True] * (
        count > 0
    )


def test_a_table_of_few_customers_or_of_many_prospects_says_nothing(tmp_path: Path) -> None:
    few = regular("contracts", 1)
    prospects = regular("quotes", 100, customer_id=[f"C{row}" for row in range(100)])
    config = configured_with(tmp_path, ("contracts", few, ""), ("quotes", prospects, ""))
    assert read_history(config).unmet == ()


def test_without_the_check_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: a threshold of none at all lets the lost zeros pass."""
    monkeypatch.setattr("pipeline.sources.unmet.HARDLY", 0.0)
    strange = regular("contracts", customer_id=[f"c{row % 4}" for row in range(12)])
    assert read_history(configured_with(tmp_path, ("contracts", strange, ""))).unmet == ()


@pytest.mark.parametrize(
    ("asked", "found"), [("6228", "00006228"), ("a 7", "A7"), ("12.0", "12"), ("9", ""), ("12", "12")]
)
def test_an_id_is_found_however_it_is_written(asked: str, found: str) -> None:
    assert written_otherwise(pa.array(["00006228", "A7", "12"]), asked) == found


TWINS = [
    (["a@b.de", "A@b.de", "c"], 1, "capitals", ("a@b.de", "A@b.de")),
    (["0012", "7", "12"], 1, "leading zeros", ("0012", "12")),
    (["12", "12.0", "13"], 1, 'a ".0" at the end', ("12", "12.0")),
    (["A 1", "A1", "A  1"], 2, "blanks", ("A 1", "A1")),
    (["a 1", "A1", "01", "1"], 2, [*CAUSES][-1], ("a 1", "A1")),
]


@pytest.mark.parametrize(("names", "met", "cause", "pair"), TWINS)
def test_ids_of_one_list_that_differ_only_in_how_they_are_written_are_twins(
    names: list[str], met: int, cause: str, pair: tuple[str, str]
) -> None:
    found = twins(ids(*names))
    assert found is not None
    assert (found.met, found.cause, (found.left, found.right)) == (met, cause, pair)


def test_ids_that_differ_otherwise_are_no_twins() -> None:
    assert twins(ids("C1", "C2", "C10", "1C")) is None
    assert twins(ids()) is None


@pytest.mark.parametrize(("doubled", "told"), [(2, False), (3, True)])
def test_customers_that_are_there_twice_are_told_of_without_their_ids(tmp_path: Path, doubled: int, told: bool) -> None:
    names = [f"Alder{row % 10}" if row < 24 or row % 10 >= doubled else f"ALDER{row % 10}" for row in range(48)]
    unmet = read_history(configured(tmp_path, lines(Customer=names))).unmet
    assert bool(unmet) is told
    assert not told or ("differ in capitals" in unmet[0] and "uppercase" in unmet[0] and "Alder" not in unmet[0])
    (tmp_path / "capitals").mkdir()
    alike = 'uppercase = ["customer_id"]'
    assert read_history(configured(tmp_path / "capitals", lines(Customer=names), alike)).unmet == ()
