"""What the rules of acts in other tables mean, one by one. Cutoff 1000, window [1000, 1100)."""

from dataclasses import replace

import numpy as np
import pytest

from models.contract_acts import contract_lost, contract_renewed
from models.event_rows import Asked, Rows
from models.supply_acts import lead_time_raised

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
        ({"signed": 1045, "starts_on": 1050, "ends_on": 1400, "committed_amount": 1}, 1.0),  # wider
        ({"signed": 1100, "starts_on": 1050, "ends_on": 1500}, 0.0),  # after the window
    ],
)
def test_a_contract_is_renewed_early_longer_or_wider(new, renewed):
    rows = agreements(OLD, new | {"renewal_of": "c0"})
    assert contract_renewed(rows, ONE, {"early_days": 40}).tolist() == [renewed]


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
