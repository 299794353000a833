"""A dataset is not copied where nothing of it is left out: its matrix is the largest thing there is in memory."""

import numpy as np
import pytest

from models.churn import ChurnThresholds
from models.partnership import PartnershipThresholds
from pipeline.config import load_config
from pipeline.matrices.dataset import Dataset

NAMES = ("a", "b", "c")


@pytest.fixture
def data() -> Dataset:
    """Three customers at one cutoff, the last without a label."""
    values = np.asfortranarray(np.arange(9, dtype=np.float32).reshape(3, 3))
    label, days = np.array([0, 1, np.nan], dtype=np.float32), np.array(["2024-01-01"] * 3, dtype="datetime64[D]")
    customer = np.arange(3, dtype=np.int32)
    return Dataset(customer.astype(str).astype(object), customer, days, NAMES, values, label, days, {"stays": label})


def test_all_rows_and_all_features_are_the_dataset_itself(data: Dataset) -> None:
    assert data.take(np.ones(3, dtype=bool)) is data
    assert data.only(NAMES) is data


def test_rows_left_out_are_gone_from_every_column(data: Dataset) -> None:
    known = data.labelled()
    assert (known.customer_id.tolist(), known.label.tolist()) == (["0", "1"], [0, 1])
    assert known.acts["stays"].tolist() == [0, 1]
    np.testing.assert_array_equal(known.values, data.values[:2])
    assert known.values.flags.f_contiguous


def test_features_come_in_the_order_asked_for(data: Dataset) -> None:
    turned = data.only(("c", "a"))
    assert turned.names == ("c", "a")
    np.testing.assert_array_equal(turned.values, data.values[:, [2, 0]])


def test_what_targets_assume_is_what_the_shipped_settings_say() -> None:
    """A number that is stated twice is one number: reports of what a target means speak of the former."""
    config = load_config("demo")
    partnership = config.partnership.model_dump(exclude={"horizon_days", "low_base_rate", "high_base_rate"})
    assert PartnershipThresholds(**partnership) == PartnershipThresholds()
    assert ChurnThresholds(**config.churn.model_dump(exclude={"target"})) == ChurnThresholds()
