"""A Propensity is the same on any number of threads, adds up, survives the disk, and is checked before it is parsed."""

import json
from pathlib import Path

import numpy as np
import pytest

from features.errors import ModelProblem
from models.bundle import BOOSTER, BUNDLE, DIGESTS, FORMAT, OutdatedModel, canonical, digest
from models.calibration import odds
from models.evaluation.metrics import measure
from models.fit_settings import FitSettings, Scope
from models.propensity import Propensity
from tests.models.conftest import NAMES, Rows, fit, make_rows


@pytest.mark.parametrize("offset", [(), ("silence_chance",)], ids=["plain", "from log-odds"])
def test_one_and_two_threads_fit_the_same_model(rows: Rows, offset: tuple[str, ...]) -> None:
    one, two = (fit(rows, threads=threads, offset=offset) for threads in (1, 2))
    assert one.trees == two.trees
    np.testing.assert_array_equal(one.probability(rows.values), two.probability(rows.values))


@pytest.mark.parametrize("offset", [(), ("silence_chance",)], ids=["plain", "from log-odds"])
def test_contributions_add_up_to_the_log_odds(rows: Rows, offset: tuple[str, ...]) -> None:
    model = fit(rows, offset=offset)
    total = model.contributions(rows.values).sum(axis=1)
    np.testing.assert_allclose(total, odds(model.probability(rows.values)), atol=1e-6)


def test_the_offset_is_credited_to_its_feature(rows: Rows) -> None:
    # without trees to speak of, the column boosting starts from is the only one with a say
    model = fit(rows, offset=("silence_chance",), rounds=1, learning_rate=1e-6)
    parts = np.abs(model.contributions(rows.values)).mean(axis=0)
    assert parts[0] > 0.3
    assert parts[1:4].max() < 1e-4


def test_it_learns_and_is_calibrated_on_rows_it_never_saw(model: Propensity) -> None:
    fresh = make_rows(seed=1)
    known = ~np.isnan(fresh.label)
    found, _ = measure(fresh.label[known], model.probability(fresh.values[known]))
    assert found["roc_auc"] > 0.74
    assert found["calibration_error"] < 0.05


def test_calibration_comes_from_trees_that_knew_nothing_of_the_calibration_rows(rows: Rows) -> None:
    # poison: calibration labels that are pure noise may not look predictable to the calibration
    label = rows.label.copy()
    late = np.isin(rows.cutoff, rows.calibrate)
    label[late] = np.random.default_rng(2).integers(0, 2, late.sum())
    poisoned = fit(Rows(rows.values, label, rows.cutoff, rows.calibrate), rounds=150)
    assert poisoned.calibration.slope < 0.3


@pytest.mark.parametrize(("by_customer", "slope"), [(True, (0.0, 0.3)), (False, (0.5, 20.0))])
def test_a_customer_is_never_judged_by_a_model_that_knew_it(by_customer: bool, slope: tuple[float, float]) -> None:
    # every customer's label is a coin that it keeps, and a feature tells customers apart: all is memory, nothing skill
    random = np.random.default_rng(0)
    customer, cutoff = np.repeat(np.arange(200), 6), np.tile(np.arange(6), 200)
    coin, name_tag = random.integers(0, 2, 200).astype(float), random.normal(size=200)
    model = Propensity.fit(
        np.asfortranarray(name_tag[customer][:, None].astype(np.float32)),
        ("name_tag",),
        coin[customer],
        cutoff.astype("datetime64[M]").astype("datetime64[D]"),
        settings=FitSettings(min_data_in_leaf=3, lambda_l2=0.0, learning_rate=0.1, feature_fraction=1.0),
        scope=Scope(),
        calibrate=np.array([4, 5]).astype("datetime64[M]").astype("datetime64[D]"),
        customer=customer if by_customer else None,
    )
    assert slope[0] < model.calibration.slope <= slope[1]


def test_a_row_of_weight_nothing_teaches_nothing(rows: Rows) -> None:
    weight = (rows.cutoff > np.unique(rows.cutoff)[5]).astype(float)
    model = fit(rows, weight=weight)
    poisoned = Rows(rows.values, np.where(weight == 0, 1 - rows.label, rows.label), rows.cutoff, rows.calibrate[:0])
    np.testing.assert_array_equal(
        fit(poisoned, weight=weight).probability(rows.values), model.uncalibrated(rows.values)
    )


def test_rows_without_a_label_teach_nothing(rows: Rows) -> None:
    known = ~np.isnan(rows.label)
    without = Rows(np.asfortranarray(rows.values[known]), rows.label[known], rows.cutoff[known], rows.calibrate)
    assert fit(rows).trees == fit(without).trees


def test_a_saved_model_gives_the_same_numbers(model: Propensity, rows: Rows, tmp_path: Path) -> None:
    whole = model.save(tmp_path)
    loaded = Propensity.load(tmp_path, threads=2)
    assert loaded == model
    assert loaded.save(tmp_path / "again") == whole
    np.testing.assert_array_equal(loaded.probability(rows.values), model.probability(rows.values))
    np.testing.assert_array_equal(loaded.contributions(rows.values), model.contributions(rows.values))


@pytest.mark.parametrize("name", [BOOSTER, BUNDLE, DIGESTS])
@pytest.mark.parametrize("damage", ["truncated", "edited", "gone"])
def test_a_damaged_file_is_refused_before_it_is_parsed(
    model: Propensity, tmp_path: Path, name: str, damage: str
) -> None:
    model.save(tmp_path)
    file = tmp_path / name
    content = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(content[: len(content) // 2] if damage == "truncated" else content.replace(b"0", b"1", 1))
    with pytest.raises(ModelProblem, match=r"damaged or was changed.*\n.*where") as caught:
        Propensity.load(tmp_path)
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("number", [FORMAT - 1, FORMAT + 1])
def test_a_whole_model_of_another_version_is_outdated_and_not_damaged(
    model: Propensity, tmp_path: Path, number: int
) -> None:
    model.save(tmp_path)
    bundle = canonical(json.loads((tmp_path / BUNDLE).read_text()) | {"format": number})
    (tmp_path / BUNDLE).write_bytes(bundle)
    listed = json.loads((tmp_path / DIGESTS).read_text()) | {BUNDLE: digest(bundle)}
    (tmp_path / DIGESTS).write_bytes(canonical(listed))
    with pytest.raises(OutdatedModel, match=rf"another version(.|\n)*format {number}(.|\n)*moorings train --promote"):
        Propensity.load(tmp_path)


def test_trees_with_a_right_digest_that_are_no_trees_are_named(model: Propensity, rows: Rows, tmp_path: Path) -> None:
    model.save(tmp_path)
    (tmp_path / BOOSTER).write_text("no trees at all")
    listed = json.loads((tmp_path / DIGESTS).read_text()) | {BOOSTER: digest(b"no trees at all")}
    (tmp_path / DIGESTS).write_bytes(canonical(listed))
    with pytest.raises(ModelProblem, match="cannot be read"):
        Propensity.load(tmp_path).probability(rows.values)


@pytest.mark.parametrize(
    ("names", "got"),
    [
        (("orders", "silence_chance", "spend", "noise"), "'orders' in place of 'silence_chance'"),
        (NAMES[:3], "4 columns, 3 names"),
        ((*NAMES, "more"), "4 columns, 5 names"),
    ],
)
def test_columns_in_another_order_are_refused(model: Propensity, rows: Rows, names: tuple[str, ...], got: str) -> None:
    with pytest.raises(ModelProblem, match=got):
        model.probability(rows.values, names)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_one_class_teaches_nothing_and_says_so(rows: Rows, label: float) -> None:
    one_class = Rows(rows.values, np.full_like(rows.label, label), rows.cutoff, rows.calibrate)
    with pytest.raises(ModelProblem, match=r"too little to learn(.|\n)*target churn"):
        fit(one_class)


def test_an_unknown_offset_feature_is_named(rows: Rows) -> None:
    with pytest.raises(ModelProblem, match="bg_nbd"):
        fit(rows, offset=("bg_nbd",))


def test_the_bundle_says_what_the_model_speaks_of(model: Propensity, rows: Rows) -> None:
    known = ~np.isnan(rows.label)
    assert model.scope.rows == known.sum()
    assert model.scope.cutoffs[0] == "1970-01-01"
    assert model.scope.base_rate == pytest.approx(rows.label[known].mean())


def test_no_rows_give_no_rows(model: Propensity) -> None:
    empty = np.empty((0, 4), dtype=np.float32)
    assert model.probability(empty).shape == (0,)
    assert model.contributions(empty).shape == (0, 5)
