"""A Propensity: boosted trees on top of known log-odds, then calibration. Data with `probability` and `contributions`.

raw log-odds = offset (from named features) + trees; probability = sigmoid(calibration of raw).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import special

from features.errors import ModelProblem
from models.bundle import read_files, write_files
from models.calibration import Array, Calibration, fit_steady
from models.fit_settings import FitSettings, Scope
from models.held_out import trials
from models.offset import Offset
from models.origins import rolling_origins
from models.reference import Reference
from models.trees import GROWN_BY, Booster, Lesson, Values, parsed

if TYPE_CHECKING:
    from models.explanation.leaf_tables import LeafTables

__all__ = ["FitSettings", "Propensity", "Scope"]
FEWEST_OF_A_CLASS = 20
"""Fewer rows of either class than this teach nothing that would hold next month."""


@dataclass(frozen=True)
class Propensity:
    """A fitted model: feature `names` in order, tree text, offset, calibration, what is usual, and its scope."""

    names: tuple[str, ...]
    trees: str
    offset: Offset
    calibration: Calibration
    reference: Reference
    settings: FitSettings
    scope: Scope

    @classmethod
    def fit(  # noqa: PLR0913 - one argument for each thing known of the rows
        cls,
        values: Values,
        names: Sequence[str],
        label: npt.ArrayLike,
        cutoff: npt.NDArray[np.datetime64],
        *,
        settings: FitSettings,
        scope: Scope,
        calibrate: npt.ArrayLike = (),
        customer: npt.ArrayLike | None = None,
        weight: npt.ArrayLike | None = None,
        grown: Callable[[], object] = lambda: None,
    ) -> Propensity:
        """Fit on all rows with a label, after calibrating on trial models that did not know the rows they judge.

        Args:
            values: (n, features), NaN being null.
            names: of the columns.
            label: (n,) 0, 1, or NaN where unknown; such rows are left out.
            cutoff: (n,) days.
            settings: how trees are grown.
            scope: what the model speaks of; cutoffs, rows, base rate and versions are filled in here.
            calibrate: the cutoffs that the calibration is fitted on; without any, probabilities stay as they are.
            customer: who each row belongs to, (n,): trial models are split by it, see `held_out.trials`.
            weight: what each row counts in growing the trees, (n,); once by default.
            grown: told of every tree, those of trial models included.

        Raises:
            ModelProblem: fewer than 20 rows of either class.
        """
        labels = np.asarray(label, dtype=np.float64)
        known = ~np.isnan(labels)
        _check(labels[known], scope.target)
        rows = values if known.all() else values[known]  # copied once, and only where there is something to leave out
        weights = (np.ones(known.size) if weight is None else np.asarray(weight, dtype=np.float64))[known]
        base_rate = float(np.average(labels[known], weights=weights))
        offset = Offset.fit(settings.offset, names, rows, base_rate)
        lesson = Lesson(rows, tuple(names), labels[known], offset.log_odds(rows), weights, grown)
        days, who = cutoff[known], None if customer is None else np.asarray(customer)[known]
        late = np.isin(days, np.asarray(calibrate, dtype="datetime64[D]"))
        settings = lesson.patient(rolling_origins(days, scope.gap_days + scope.horizon_days, number=1), settings)
        split = trials(days, late, scope.gap_days + scope.horizon_days, who, lesson.label)
        judged = lesson.judge(split, settings)
        usable = ~np.isnan(judged)
        judged, seen, on = judged[usable], lesson.label[usable], days[usable]
        return cls(
            names=tuple(names),
            trees=lesson.grow(settings),
            offset=offset,
            calibration=fit_steady(judged, seen, on, scope.horizon_days, isotonic=settings.isotonic),
            reference=Reference.of(lesson.values[days == days.max()]),
            settings=settings,
            scope=_filled(scope, days, lesson.label),
        )

    @cached_property
    def booster(self) -> Booster:
        """The trees, parsed."""
        return parsed(self.trees)

    def raw(self, values: Values, names: Sequence[str] | None = None) -> Array:
        """Log-odds (n,) before calibration of rows (n, features); `names`, when given, have to be the model's.

        Raises:
            ModelProblem: the columns are not those the model was fitted on, in that order.
        """
        _check_columns(self.names, values, names)
        if not len(values):
            return np.zeros(0)
        trees = self.booster.predict(values, raw_score=True, num_threads=self.settings.threads)
        return np.asarray(trees, dtype=np.float64) + self.offset.log_odds(values)

    def uncalibrated(self, values: Values, names: Sequence[str] | None = None) -> Array:
        """Probability (n,) before calibration; see `raw`."""
        return np.asarray(special.expit(self.raw(values, names)))

    def probability(self, values: Values, names: Sequence[str] | None = None) -> Array:
        """Calibrated probability (n,); see `raw`."""
        return self.calibration.probability(self.raw(values, names))

    def interval(self, probability: npt.ArrayLike) -> tuple[Array, Array]:
        """The range (n,) each around probabilities (n,) of this model at a new cutoff, see `Calibration.interval`."""
        return self.calibration.interval(probability)

    def contributions(self, values: Values, names: Sequence[str] | None = None) -> Array:
        """What each feature adds to the calibrated log-odds, (n, features + 1); the last column is the same for all.

        Rows sum to the log-odds of `probability`. Source: Lundberg et al. 2020 (TreeSHAP).
        """
        _check_columns(self.names, values, names)
        if not len(values):
            return np.zeros((0, len(self.names) + 1))
        raw = self._trees_contributions(values) + self.offset.contributions(values)
        return self.calibration.contributions(raw)

    @cached_property
    def leaf_tables(self) -> LeafTables | None:
        """The trees laid out for contributions, None where only LightGBM itself can give them."""
        from models.explanation.leaf_tables import lay_out  # noqa: PLC0415 - who only predicts needs no compiler

        return lay_out(self.booster.dump_model())

    def _trees_contributions(self, values: Values) -> Array:
        if self.leaf_tables is not None:
            return self.leaf_tables.contributions(values, self.settings.threads)
        parts = self.booster.predict(values, pred_contrib=True, num_threads=self.settings.threads)
        return np.asarray(parts, dtype=np.float64)

    def importance(self) -> dict[str, float]:
        """Share of the loss that splits on each feature took away, by name; the offset is not in it."""
        gain = self.booster.feature_importance("gain")
        return {name: float(value / max(gain.sum(), 1e-12)) for name, value in zip(self.names, gain, strict=True)}

    def save(self, folder: Path) -> str:
        """Write booster.txt, bundle.json and digests.json into `folder`; returns the digest of the whole."""
        parts = {part.name: getattr(self, part.name) for part in fields(self)}
        trees, names = parts.pop("trees"), parts.pop("names")
        bundle: dict[str, Any] = {"names": names, **{name: asdict(part) for name, part in parts.items()}}
        del bundle["settings"]["threads"]
        return write_files(folder, trees, bundle)

    @classmethod
    def load(cls, folder: Path, threads: int = 1) -> Propensity:
        """Read a saved model; digests are checked before a file is parsed.

        Raises:
            ModelProblem: a file is missing, damaged, changed or of another format.
        """
        trees, bundle = read_files(folder)
        return cls(
            names=tuple(bundle["names"]),
            trees=trees,
            offset=_restored(Offset, bundle["offset"]),
            calibration=Calibration.restored(bundle["calibration"]),
            reference=_restored(Reference, bundle["reference"]),
            settings=replace(_restored(FitSettings, bundle["settings"]), threads=threads),
            scope=_restored(Scope, bundle["scope"]),
        )


def _check(label: Array, target: str) -> None:
    ones = int(label.sum())
    if min(ones, label.size - ones) < FEWEST_OF_A_CLASS:
        raise ModelProblem(
            "There is too little to learn from.",
            where=f"target {target or 'label'}, training rows",
            got=f"{ones:,} of {label.size:,} rows are 1, {label.size - ones:,} are 0",
            expected=f"at least {FEWEST_OF_A_CLASS} of each",
            todo="use a longer history, or change [time] horizon_days or [population]",
        )


def _check_columns(expected: tuple[str, ...], values: Values, names: Sequence[str] | None) -> None:
    given = expected if names is None else tuple(names)
    if given == expected and values.ndim == 2 and values.shape[1] == len(expected):
        return
    first = next((pair for pair in zip(given, expected, strict=False) if pair[0] != pair[1]), None)
    raise ModelProblem(
        "The columns are not those of the model.",
        where="models/propensity",
        got=f"{values.shape[-1]} columns, {len(given)} names"
        + (f", {first[0]!r} in place of {first[1]!r}" if first else ""),
        expected=f"{len(expected)} columns in the order of training",
        todo="build the matrix from the model's own feature names",
    )


def _filled(scope: Scope, cutoff: npt.NDArray[np.datetime64], label: Array) -> Scope:
    cutoffs = tuple(str(day) for day in np.unique(cutoff.astype("datetime64[D]")))
    versions = (GROWN_BY, f"numpy {np.__version__}")
    rate = float(label.mean(dtype=np.float64))
    return replace(scope, cutoffs=cutoffs, rows=int(label.size), base_rate=rate, versions=versions)


def _restored(kind: type[Any], stored: dict[str, Any]) -> Any:
    """A dataclass from its JSON form, lists becoming tuples."""
    return kind(**{name: _tuples(value) for name, value in stored.items()})


def _tuples(value: object) -> object:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
