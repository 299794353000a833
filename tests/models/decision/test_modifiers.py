"""Effect modifiers: scales that suit each column, the unknown counts as usual, and the extreme counts no further."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.errors import ModelProblem
from models.decision.lots import PRIOR, Lots
from models.decision.modifiers import FURTHEST, Modifiers

NAMES = (PRIOR, "value_index", "spend_365d")


def moved(size: int = 3_000) -> tuple[Lots, np.ndarray]:
    """Treating moves whoever has a high index, in orders and in staying; with the chance of leaving without lots."""
    random = np.random.default_rng(0)
    index, treated, risk = random.uniform(0, 100, size), random.random(size) < 0.5, random.beta(3, 7, size)
    factor = np.exp((index / 100 - 0.5) * treated)
    values = np.column_stack([risk, index, random.lognormal(8, 1, size)]).astype(np.float32)
    lots = Lots(
        np.asfortranarray(values),
        NAMES,
        treated,
        (random.random(size) < risk / factor).astype(float),
        random.poisson(3 * factor).astype(float),
        np.full(size, np.datetime64("2024-01-01")),
        np.arange(size),
    )
    return lots, risk


def fitted() -> Modifiers:
    return Modifiers.fit(*moved())


def test_each_column_has_the_scale_that_suits_it() -> None:
    assert [term.scale for term in fitted().terms] == ["odds", "plain", "log"]


def test_it_names_what_makes_the_effect_larger() -> None:
    slopes = fitted().slopes()
    assert slopes["value_index"][0] > 3 * slopes["value_index"][1]
    assert abs(slopes["spend_365d"][0]) < 2 * slopes["spend_365d"][1]


def test_columns_that_say_nothing_new_change_nothing() -> None:
    lots, risk = moved()
    more = (np.full(3_000, 7.0), np.full(3_000, np.nan), lots.values[:, 1] * 2)
    values = np.asfortranarray(np.column_stack([lots.values, *more]).astype(np.float32))
    wider = replace(lots, values=values, names=(*NAMES, "constant", "unknown", "strength_index"))
    assert Modifiers.fit(wider, risk) == Modifiers.fit(lots, risk)


def test_what_is_unknown_counts_as_usual() -> None:
    found = fitted()
    usual = [term.usual for term in found.terms]
    unknown = found.shift(np.full((1, 3), np.nan, dtype=np.float32), NAMES)
    assert unknown[0] == pytest.approx(found.shift(np.array([usual], dtype=np.float32), NAMES)[0], abs=1e-6)


def test_the_extreme_counts_no_further() -> None:
    found = fitted()
    spend = np.exp(found.terms[2].centre + np.array([FURTHEST, 50.0]) * found.terms[2].spread) - 1
    rows = np.column_stack([np.full(2, 0.3), np.full(2, 50.0), spend]).astype(np.float32)
    assert np.diff(found.shift(rows, NAMES)[0]) == pytest.approx(0, abs=1e-5)


def test_who_is_unusual_is_less_sure() -> None:
    rows = np.array([[0.3, 50, 3_000], [0.3, 100, 3_000]], dtype=np.float32)
    error = fitted().shift(rows, NAMES)[1]
    assert 0 < error[0] < error[1]


def test_what_was_changed_is_refused(tmp_path: Path) -> None:
    found = fitted()
    found.save(tmp_path)
    assert Modifiers.load(tmp_path) == found
    (tmp_path / "bundle.json").write_text(
        (tmp_path / "bundle.json").read_text(encoding="utf-8").replace(str(found.same), "1.0"), encoding="utf-8"
    )
    with pytest.raises(ModelProblem, match=r"bundle\.json"):
        Modifiers.load(tmp_path)


def test_lots_that_move_nobody_leave_slopes_of_nothing() -> None:
    found = replace(fitted(), same=1.0, mean=(0.1, 0.0, 0.0, 0.0))
    rows = np.random.default_rng(3).uniform(0.1, 0.9, (5, 3)).astype(np.float32)
    assert found.shift(rows, NAMES)[0] == pytest.approx(np.full(5, 0.1))
