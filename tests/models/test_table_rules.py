"""What the rules of acts in other tables mean, one by one. Cutoff 1000, window [1000, 1100)."""

from dataclasses import replace

import numpy as np
import pytest

from models.contract_acts import commitment_raised, contract_lost, contract_renewed
from models.event_rows import Asked, Rows, sums
from models.order_acts import category_outcomes, discount_no_higher, price_rise
from models.supply_acts import delivery_failed, invested, lead_time_raised, wallet_share_kept, win_rate_kept

ONE = Asked(*(np.array([day], dtype=np.int64) for day in (0, 1000, 1000, 1100)))


def agreements(*rows: dict[str, object]) -> Rows:
    """Contracts of one customer: signed, starts_on, ends_on, and what else is given."""
    usual = {"cancelled_on": np.nan, "committed_amount": np.nan, "renewal_of": None}
    whole = [
        {"contract_id": f"c{number}", "starts_on": row["signed"], **usual, **row} for number, row in enumerate(rows)
    ]
    signed = np.array([row.pop("signed") for row in whole], dtype=np.int64)
    texts = ("contract_id", "renewal_of")
    columns = {key: np.array([row[key] for row in whole], dtype=object if key in texts else float) for key in whole[0]}
    return Rows(np.zeros(len(whole), dtype=np.int64), signed, signed, columns)


OLD = {"signed": 700, "ends_on": 1050}
NEXT = {"signed": 1040, "starts_on": 1050, "ends_on": 1500, "renewal_of": "c0"}


@pytest.mark.parametrize(
    ("contracts", "lost"),
    [
        ([OLD], 1.0),  # runs out on 1050, and the days of grace pass on 1080
        ([OLD | {"ends_on": 1069}], 1.0),  # grace passes on 1099, the last day
        ([OLD | {"ends_on": 1070}], 0.0),  # on 1100: after the window
        ([OLD | {"ends_on": 1200}], 0.0),
        ([OLD | {"ends_on": 1200, "cancelled_on": 1099}], 1.0),
        ([OLD | {"ends_on": 1200, "cancelled_on": 1100}], 0.0),
        ([OLD | {"ends_on": 1200, "cancelled_on": 999}], np.nan),  # gone before the cutoff
        ([OLD | {"ends_on": 1000}], np.nan),  # over at the cutoff
        ([OLD | {"signed": 1000, "ends_on": 1050}], np.nan),  # not known before the cutoff
        ([OLD, {"signed": 1079, "starts_on": 1079, "ends_on": 1500, "renewal_of": "c0"}], 0.0),  # within the grace
        ([OLD, {"signed": 1080, "starts_on": 1080, "ends_on": 1500, "renewal_of": "c0"}], 1.0),  # a day too late
        ([OLD, {"signed": 1040, "starts_on": 1050, "ends_on": 1500}], 0.0),  # takes its place without saying so
        ([OLD, {"signed": 1040, "starts_on": 1051, "ends_on": 1500}], 1.0),  # starts too late to be the same
        ([OLD, {"signed": 1040, "starts_on": 1000, "ends_on": 1050}], 1.0),  # ends with it: nothing goes on
        ([OLD, NEXT | {"cancelled_on": 1049}], 1.0),  # taken back the day before it would have begun
        ([OLD, NEXT | {"cancelled_on": 1050}], 0.0),  # it ran, if for a day
        ([OLD, NEXT | {"cancelled_on": 1049}, NEXT], 0.0),  # another took its place
        ([OLD, NEXT | {"starts_on": 1120, "cancelled_on": 1099}], 1.0),  # taken back after the days of grace
        ([OLD, NEXT | {"starts_on": 1120, "cancelled_on": 1100}], 0.0),  # after the window
    ],
)
def test_a_contract_is_lost_when_cancelled_or_not_renewed_in_time(contracts, lost):
    np.testing.assert_array_equal(contract_lost(agreements(*contracts), ONE, {"grace_days": 30}), [lost])


@pytest.mark.parametrize(
    ("new", "renewed"),
    [
        ({"signed": 1045, "starts_on": 1050, "ends_on": 1400}, 0.0),  # as long, late, nothing committed
        ({"signed": 1045, "starts_on": 1050, "ends_on": 1401}, 1.0),  # longer
        ({"signed": 1010, "starts_on": 1050, "ends_on": 1400}, 1.0),  # 40 days early
        ({"signed": 1011, "starts_on": 1050, "ends_on": 1400}, 0.0),
        ({"signed": 1045, "starts_on": 1050, "ends_on": 1400, "committed_amount": 2}, 1.0),  # wider
        ({"signed": 1045, "starts_on": 1050, "ends_on": 1400, "committed_amount": 1}, 0.0),  # as much as before
        ({"signed": 1045, "starts_on": 1050, "ends_on": 1225, "committed_amount": 0.6}, 1.0),  # less, and more a day
        ({"signed": 1045, "starts_on": 1050, "ends_on": 1225, "committed_amount": 0.4}, 0.0),
        ({"signed": 1045, "starts_on": 1050, "ends_on": 1050, "committed_amount": 9}, 0.0),  # over as soon as begun
        ({"signed": 1100, "starts_on": 1050, "ends_on": 1500}, 0.0),  # after the window
        ({"signed": 1010, "starts_on": 1050, "ends_on": 1401, "cancelled_on": 1049}, 0.0),  # taken back before it began
        ({"signed": 1010, "starts_on": 1050, "ends_on": 1401, "cancelled_on": 1050}, 1.0),
        ({"signed": 1010, "starts_on": 1120, "ends_on": 1500, "cancelled_on": 1100}, 1.0),  # after the window
    ],
)
def test_a_contract_is_renewed_early_longer_or_wider(new, renewed):
    rows = agreements(OLD | {"committed_amount": 1}, new | {"renewal_of": "c0"})
    assert contract_renewed(rows, ONE, {"early_days": 40}).tolist() == [renewed]


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "raised"),
    [(1050, 1100, 1.0), (1050, 1099, np.nan), (1099, 1400, 1.0), (1100, 1400, np.nan)],
)
def test_what_is_committed_is_seen_on_the_last_day_of_the_window(starts_on, ends_on, raised):
    new = {"signed": 1040, "starts_on": starts_on, "ends_on": ends_on, "committed_amount": 100}
    np.testing.assert_array_equal(commitment_raised(agreements(new), ONE, {}), [raised])


@pytest.mark.parametrize(("cancelled_on", "raised"), [(999, np.nan), (1000, 0.0), (1099, 0.0), (1100, 0.0)])
def test_a_contract_binds_as_long_as_nobody_knew_that_it_was_cancelled(cancelled_on, raised):
    rows = agreements(OLD | {"ends_on": 1500, "committed_amount": 100, "cancelled_on": cancelled_on})
    np.testing.assert_array_equal(commitment_raised(rows, ONE, {}), [raised])


def of_one(happened: list[int], **columns: list) -> Rows:
    """Rows of one customer, known when they happened."""
    days = np.array(happened, dtype=np.int64)
    texts = ("paid_by", "outcome")
    held = {name: np.array(values, dtype=object if name in texts else float) for name, values in columns.items()}
    return Rows(np.zeros(days.size, dtype=np.int64), days, days, held)


@pytest.mark.parametrize(("paid", "invests"), [(0, 0.0), (1, 1.0)])
def test_nothing_paid_is_no_investment_even_where_nothing_is_asked_for(paid, invests):
    rows = of_one([1010], amount=[paid], paid_by=["customer"])
    assert invested(rows, ONE, {"least_amount": 0.0}).tolist() == [invests]


@pytest.mark.parametrize(
    ("seen", "failed"),
    [
        ({"delivered_on": 1016}, 0.0),
        ({"delivered_on": 1017}, 1.0),
        ({"quantity_delivered": 90}, 0.0),
        ({"quantity_delivered": 89}, 1.0),
        ({"quantity_defective": 5}, 0.0),
        ({"quantity_defective": 6}, 1.0),
    ],
    ids=str,
)
def test_a_delivery_fails_beyond_each_of_its_thresholds(seen, failed):
    good = {"promised_on": 1010, "delivered_on": 1010, "quantity_ordered": 100, "quantity_delivered": 100}
    row = {name: [value] for name, value in {**good, "quantity_defective": 0, **seen}.items()}
    limits = {"late_days": 7, "least_filled": 0.9, "most_faulty": 0.05}
    assert delivery_failed(of_one([1010], **row), ONE, limits).tolist() == [failed]


def test_without_days_of_delivery_no_promise_is_known_to_be_broken():
    short = {"promised_on": [1010], "quantity_ordered": [100], "quantity_delivered": [50]}
    limits = {"late_days": 7, "least_filled": 0.9, "most_faulty": 0.05}
    assert np.isnan(delivery_failed(of_one([1010], **short), ONE, limits)).all()
    missing = of_one([1010], **short, delivered_on=[np.nan])
    assert delivery_failed(missing, ONE, limits).tolist() == [1.0]  # kept, and this one did not come


@pytest.mark.parametrize(("days", "raised"), [(10, 0.0), (10.5, 0.0), (11, 1.0), (12, 1.0)])
def test_more_lead_time_is_more_by_the_share_asked_for(days, raised):
    rows = of_one([910, 1020 + days], promised_on=[910, 1020 + days], ordered_on=[900, 1020])
    assert lead_time_raised(rows, ONE, {"least_rise": 0.1, "least_orders": 1}).tolist() == [raised]


def test_of_rows_that_were_known_late_those_of_the_window_count_that_were_known_in_time():
    late = replace(of_one([634, 635, 700, 701]), known=np.array([900, 900, 999, 1000]))
    assert sums(late, [1, 10, 100, 1000], ONE.before(365)).tolist() == [110]


@pytest.mark.parametrize(("opens", "closes", "kept"), [(0, 31, 1.0), (1, 32, np.nan), (0, 30, np.nan)])
def test_a_month_counts_that_lies_in_the_outcome_window_to_the_day(opens, closes, kept):
    """January 1980 begins on day 3652 and is over on day 3683."""
    first = 3652
    asked = Asked(*(np.array([day], dtype=np.int64) for day in (0, first, first + opens, first + closes)))
    wallet = of_one([first - 90, first], our_amount=[50, 50], total_amount=[100, 100])
    np.testing.assert_array_equal(wallet_share_kept(wallet, asked, {"tolerance": 0.0}), [kept])


@pytest.mark.parametrize(("day", "seen"), [(635, 1.0), (634, np.nan), (999, 1.0), (1000, np.nan)])
def test_what_was_before_is_the_365_days_before_the_cutoff(day, seen):
    later = replace(ONE, opens=ONE.opens + 14)  # so that the day of the cutoff lies on neither side
    priced = of_one([day, 1020], list_cents=[100, 100], cents=[90, 95])
    quoted = of_one([day, 1020], outcome=["won", "won"])
    found = [
        discount_no_higher(priced, later, {"tolerance": 0.0}),
        win_rate_kept(quoted, later, {"least_quotes": 1, "tolerance": 0.0}),
    ]
    np.testing.assert_array_equal(found, [[seen], [seen]])


def test_without_products_no_price_is_seen_to_rise():
    lines = of_one([900, 1010], cents=[100, 200], thousandths=[1000, 1000])
    assert np.isnan(price_rise(lines, ONE, {"least_rise": 0.05})).all()


def test_what_is_paid_for_no_pieces_is_no_price():
    fee = of_one([900, 1011], cents=[100, 150], thousandths=[1000, 0], product=[7, 7])
    assert np.isnan(price_rise(fee, ONE, {"least_rise": 0.05})).all()


@pytest.mark.parametrize("fee_on", [901, 1011])
@pytest.mark.parametrize(("price", "risen"), [(104, 0.0), (106, 1.0)])
def test_a_fee_beside_the_pieces_changes_no_price(fee_on: int, price: int, risen: float) -> None:
    lines = of_one([900, fee_on, 1010], cents=[100, 50, price], thousandths=[1000, 0, 1000], product=[7, 7, 7])
    assert price_rise(lines, ONE, {"least_rise": 0.05}).tolist() == [risen]


def test_what_names_no_product_has_no_price_that_could_rise():
    freight = of_one([900, 1010], cents=[100, 150], thousandths=[1000, 1000], product=[-1, -1])
    assert np.isnan(price_rise(freight, ONE, {"least_rise": 0.05})).all()


def test_a_category_is_worth_its_share_of_the_365_days_before_the_cutoff():
    """Of 3 on day 635 and 1 on day 999, category 5 has three quarters; what it had on day 634 is too old to count."""
    lines = of_one([634, 635, 999, 1099], cents=[900, 3, 1, 1], category=[4, 5, 4, 4])
    found = category_outcomes(lines, ONE, least_share=0.25)
    assert list(zip(found.category.tolist(), found.share.tolist(), found.stopped.tolist(), strict=True)) == [
        (4, 0.25, 0.0),
        (5, 0.75, 1.0),
    ]


def test_a_line_without_a_list_price_says_nothing_of_discounts():
    """Without the line of list price 0 the discount is 10 % before and 20 % after; with its amount it would be none."""
    lines = of_one([900, 1010, 1011], list_cents=[100, 100, 0], cents=[90, 80, 50])
    assert discount_no_higher(lines, ONE, {"tolerance": 0.0}).tolist() == [0.0]


def test_a_customer_whose_contract_went_in_the_gap_has_no_label():
    later = replace(ONE, opens=ONE.opens + 14, closes=ONE.closes + 14)
    lost = contract_lost(agreements(OLD | {"cancelled_on": 1005}), later, {"grace_days": 30})
    assert np.isnan(lost).all()


@pytest.mark.parametrize(("before", "after", "raised"), [(0, 0, 0), (0, 1, 1), (10, 10, 0), (10, 11, 1), (-2, -2, 0)])
def test_no_lead_time_before_and_after_is_no_rise(before: int, after: int, raised: int) -> None:
    placed = np.array([15_400, 15_401, 15_600, 15_601])
    promised = placed + np.array([before, before, after, after])
    rows = Rows(np.zeros(4, dtype=np.int64), promised, promised, {"promised_on": promised, "ordered_on": placed})
    row = Asked(*(np.array([value]) for value in (0, 15_500, 15_514, 15_694)))
    assert lead_time_raised(rows, row, {"least_rise": 0.1, "least_orders": 2}).tolist() == [raised]


@pytest.mark.parametrize(("known", "counted"), [(99, 1), (100, 0)])
def test_what_became_known_on_the_day_of_the_cutoff_was_not_known_before_it(known, counted):
    asked = Asked(*(np.array([value], dtype=np.int64) for value in (0, 100, 100, 190)))
    rows = Rows(np.zeros(1, dtype=np.int64), np.array([90]), np.array([known]), {})
    assert sums(rows, [1], asked.before(30)).tolist() == [counted]


@pytest.mark.parametrize("ahead", [0, 1])
def test_asked_windows_are_half_open(ahead):
    asked = Asked(*(np.array([value], dtype=np.int64) for value in (0, 100, 100, 190)))
    rows = Rows(np.zeros(1, dtype=np.int64), np.array([190 - ahead]), np.array([190 - ahead]), {})
    assert sums(rows, [1], asked.after()).tolist() == [ahead]
