"""A Propensity: boosted trees on top of known log-odds, then calibration. Data with `probability` and `contributions`.

raw log-odds = offset (from named features) + trees; probability = sigmoid(slope * raw + intercept).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
from scipy import special

from features.errors import ModelProblem
from models.bundle import read_files, write_files
from models.calibration import Array, Calibration, fit_platt
from models.offset import Offset
from models.reference import Reference

Values = npt.NDArray[np.float32]
FEWEST_OF_A_CLASS = 20
"""Fewer rows of either class than this teach nothing that would hold next month."""
LEAST_LEAVES = 20
"""Leaves are kept small enough that a tree could make this many of the rows there are."""


@dataclass(frozen=True)
class FitSettings:
    """How trees are grown. `threads` changes the time it takes, never the model.

    `offset` names features that are themselves probabilities of the target: boosting starts from the mean of
    their log-odds. `refit` grows the final trees on the calibration slices too, keeping the calibration.
    """

    rounds: int = 200
    learning_rate: float = 0.03
    num_leaves: int = 15
    max_depth: int = 6
    min_data_in_leaf: int = 50
    feature_fraction: float = 0.5
    bagging_fraction: float = 0.7
    lambda_l2: float = 5.0
    extra_trees: bool = True
    offset: tuple[str, ...] = ()
    refit: bool = True
    seed: int = 1
    threads: int = field(default=1, compare=False)

    def parameters(self, rows: int) -> dict[str, object]:
        """LightGBM's parameters for this many training rows."""
        own = {"offset", "rounds", "refit", "threads"}
        grown = {name: value for name, value in asdict(self).items() if name not in own}
        smallest = min(self.min_data_in_leaf, max(1, rows // LEAST_LEAVES))
        return {**grown, "min_data_in_leaf": smallest, "bagging_freq": 1, "num_threads": self.threads, **STEADY}


STEADY: dict[str, object] = {"objective": "binary", "deterministic": True, "force_row_wise": True, "verbosity": -1}


@dataclass(frozen=True)
class Scope:
    """What a model speaks of: the target, whom, from when to when. Compared before it scores anything.

    `fingerprints` (features,) are those of the feature definitions, in the order of the columns.
    """

    target: str = ""
    horizon_days: int = 0
    gap_days: int = 0
    min_order_days: int = 0
    activity_days: int = 0
    fingerprints: tuple[str, ...] = ()
    cutoffs: tuple[str, ...] = ()
    rows: int = 0
    base_rate: float = 0.0
    versions: tuple[str, ...] = ()


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
    def fit(
        cls,
        values: Values,
        names: Sequence[str],
        label: npt.NDArray[np.floating[Any]],
        cutoff: npt.NDArray[np.datetime64],
        *,
        settings: FitSettings = FitSettings(),
        calibrate: npt.ArrayLike = (),
        scope: Scope = Scope(),
    ) -> Propensity:
        """Fit on rows with a label; rows of the cutoffs in `calibrate` fit the calibration.

        Args:
            values: (n, features), NaN being null.
            names: of the columns.
            label: (n,) 0, 1, or NaN where unknown; such rows are left out.
            cutoff: (n,) days.
            settings: how trees are grown.
            calibrate: cutoffs, later than all others, kept from the trees until `settings.refit`.
            scope: what the model speaks of; cutoffs, rows, base rate and versions are filled in here.

        Raises:
            ModelProblem: fewer than 20 rows of either class.
        """
        known = ~np.isnan(label)
        late = known & np.isin(cutoff, np.asarray(calibrate, dtype="datetime64[D]"))
        early = known & ~late
        _check(label[early], scope.target)
        offset = Offset.fit(settings.offset, names, values[early], label[early])
        trees = grow(values[early], names, label[early], offset.log_odds(values[early]), settings)
        latest = known & (cutoff == cutoff[known].max())
        model = cls(tuple(names), trees, offset, Calibration(), Reference.of(values[latest]), settings, scope)
        calibration = fit_platt(model.raw(values[late]), label[late])
        if settings.refit and late.any():
            trees = grow(values[known], names, label[known], offset.log_odds(values[known]), settings)
        filled = _filled(scope, cutoff[known], label[known])
        return replace(model, trees=trees, calibration=calibration, scope=filled)

    @cached_property
    def booster(self) -> lightgbm.Booster:
        """The trees, parsed."""
        try:
            return lightgbm.Booster(model_str=self.trees)
        except (lightgbm.basic.LightGBMError, ValueError) as error:
            raise ModelProblem(
                "The trees of the model cannot be read.",
                where="booster.txt",
                got=str(error),
                expected="trees written by moorings train",
                todo="train again: moorings train",
            ) from error

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

    def contributions(self, values: Values, names: Sequence[str] | None = None) -> Array:
        """What each feature adds to the calibrated log-odds, (n, features + 1); the last column is the same for all.

        Rows sum to the log-odds of `probability`. Source: Lundberg et al. 2020 (TreeSHAP).
        """
        _check_columns(self.names, values, names)
        if not len(values):
            return np.zeros((0, len(self.names) + 1))
        predict = self.booster.predict
        trees = predict(values, pred_contrib=True, num_threads=self.settings.threads)
        parts = (np.asarray(trees, dtype=np.float64) + self.offset.contributions(values)) * self.calibration.slope
        parts[:, -1] += self.calibration.intercept
        return parts

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
            calibration=_restored(Calibration, bundle["calibration"]),
            reference=_restored(Reference, bundle["reference"]),
            settings=replace(_restored(FitSettings, bundle["settings"]), threads=threads),
            scope=_restored(Scope, bundle["scope"]),
        )


def grow(values: Values, names: Sequence[str], label: Array, offset: Array, settings: FitSettings) -> str:
    """Boosted trees on top of `offset` (n,), as text without the parameters, which hold the number of threads."""
    data = lightgbm.Dataset(values, label, init_score=offset, feature_name=list(names), free_raw_data=True)
    booster = lightgbm.train(settings.parameters(len(label)), data, settings.rounds)
    text = str(booster.model_to_string())
    start, end = text.index("\nparameters:"), text.index("end of parameters")
    return text[:start] + text[end + len("end of parameters") :]


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
        got=f"{values.shape[-1]} columns" + (f", {first[0]!r} in place of {first[1]!r}" if first else ""),
        expected=f"{len(expected)} columns in the order of training",
        todo="build the matrix from the model's own feature names",
    )


def _filled(scope: Scope, cutoff: npt.NDArray[np.datetime64], label: Array) -> Scope:
    cutoffs = tuple(str(day) for day in np.unique(cutoff.astype("datetime64[D]")))
    versions = (f"lightgbm {lightgbm.__version__}", f"numpy {np.__version__}")
    rate = float(label.mean(dtype=np.float64))
    return replace(scope, cutoffs=cutoffs, rows=int(label.size), base_rate=rate, versions=versions)


def _restored(kind: type[Any], stored: dict[str, Any]) -> Any:
    """A dataclass from its JSON form, lists becoming tuples."""
    return kind(**{name: _tuples(value) for name, value in stored.items()})


def _tuples(value: object) -> object:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
