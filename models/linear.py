"""A baseline that can be kept and scored with: a straight line through a few features to log-odds, as data.

log-odds = intercept + sum of weight * (scaled feature - centre) / spread. It offers what a `Propensity` does, and is
what a supplier with few customers is scored by: boosting has too little to learn from there (Tamaddoni et al. 2016).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from features.errors import ModelProblem
from models.bundle import write_files
from models.calibration import Array
from models.fit_settings import Scope
from models.logistic import Scale, Term, logistic
from models.reference import Reference

Values = npt.NDArray[np.float32]
KIND = "linear"
NOT_KNOWN: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class Linear:
    """A fitted line called `title`; `reference` says what is usual of its features, `scope` what it speaks of."""

    title: str
    intercept: float
    terms: tuple[Term, ...]
    reference: Reference
    scope: Scope

    @property
    def names(self) -> tuple[str, ...]:
        """Its features, in order."""
        return tuple(term.feature for term in self.terms)

    @classmethod
    def fit(
        cls,
        title: str,
        scales: Mapping[str, Scale],
        values: Values,
        names: Sequence[str],
        label: npt.ArrayLike,
        cutoff: npt.NDArray[np.datetime64],
        *,
        scope: Scope,
        directions: Mapping[str, int] = NOT_KNOWN,
    ) -> Linear:
        """Fit by maximum likelihood with an L2 penalty, on the rows whose label is known.

        Args:
            title: what the baseline is called.
            scales: its features, with the scale each is put on.
            values: (n, features), NaN being null.
            names: of the columns.
            label: (n,) 0, 1, or NaN where unknown.
            cutoff: (n,) days.
            scope: what it speaks of; fingerprints are those of the columns, in their order.
            directions: by feature, 1 where more of it can only make the label likelier, -1 where less likely. Features
                that go together would otherwise take opposite signs, and reasons would say the opposite of the truth.

        Raises:
            ModelProblem: there are no rows of one of the classes.

        Source: Hosmer & Lemeshow 2000; penalty as in Hoerl & Kennard 1970.
        """
        labels = np.asarray(label, dtype=np.float64)
        known = ~np.isnan(labels)
        _check(labels[known], title)
        places = [list(names).index(name) for name in scales]
        rows = values[:, places][known]  # columns first: all columns of the rows would be a copy of the matrix
        terms = [Term.of(name, scale, rows[:, place]) for place, (name, scale) in enumerate(scales.items())]
        intercept, weights = logistic(
            _standard(terms, rows), labels[known], [directions.get(name, 0) for name in scales]
        )
        days = cutoff[known]
        return cls(
            title,
            intercept,
            tuple(replace(term, weight=float(weight)) for term, weight in zip(terms, weights, strict=True)),
            Reference.of(rows[days == days.max()]),
            _filled(scope, days, labels[known], places),
        )

    def contributions(self, values: Values, names: Sequence[str] | None = None) -> Array:
        """What each feature adds to the log-odds, (n, features + 1); the last column is the same for all."""
        rows = self._chosen(values, names)
        parts = _standard(self.terms, rows) * np.array([term.weight for term in self.terms])
        return np.column_stack([parts, np.full(len(rows), self.intercept)])

    def probability(self, values: Values, names: Sequence[str] | None = None) -> Array:
        """Probability (n,) of rows (n, columns); `names` are those of the columns, by default its own.

        Raises:
            ModelProblem: one of its features is not among the columns.
        """
        return np.asarray(special.expit(self.contributions(values, names).sum(axis=1)))

    def uncalibrated(self, values: Values, names: Sequence[str] | None = None) -> Array:
        """The same as `probability`: maximum likelihood is calibrated on what it was fitted to, and nothing follows."""
        return self.probability(values, names)

    def interval(self, probability: npt.ArrayLike) -> tuple[Array, Array]:
        """Unknown (n,) each: no later cutoff has measured how far the level moves."""
        unknown = np.full(np.asarray(probability).size, np.nan)
        return unknown, unknown

    def importance(self) -> dict[str, float]:
        """Share of each feature in the sum of absolute weights."""
        whole = sum(abs(term.weight) for term in self.terms) or 1.0
        return {term.feature: abs(term.weight) / whole for term in self.terms}

    def parameters(self) -> dict[str, object]:
        """What describes it in a run."""
        weights: dict[str, object] = {f"linear.{term.feature}": term.weight for term in self.terms}
        return weights | {"linear.intercept": self.intercept}

    def save(self, folder: Path) -> str:
        """Write the files of a model into `folder`, without trees; returns the digest of the whole."""
        return write_files(folder, "", {"kind": KIND, **asdict(self)})

    @classmethod
    def restored(cls, bundle: Mapping[str, Any]) -> Linear:
        """The line from its stored form."""
        stored = bundle["reference"]
        reference = Reference(
            stored["rows"], tuple(map(tuple, stored["quantiles"])), tuple(stored["nulls"]), tuple(stored["groups"])
        )
        scope: dict[str, Any] = {
            name: tuple(part) if isinstance(part, list) else part for name, part in bundle["scope"].items()
        }
        terms = tuple(Term(**term) for term in bundle["terms"])
        return cls(bundle["title"], bundle["intercept"], terms, reference, Scope(**scope))

    def _chosen(self, values: Values, names: Sequence[str] | None) -> Values:
        given = list(self.names if names is None else names)
        missing = [name for name in self.names if name not in given]
        if missing or values.shape[1] != len(given):
            raise ModelProblem(
                "The columns are not those of the model.",
                where="models/linear",
                got=f"{values.shape[1]} columns, without {', '.join(missing) or 'names'}",
                expected=", ".join(self.names),
                todo="build the matrix from the model's own feature names",
            )
        return values[:, [given.index(name) for name in self.names]]


def _standard(terms: Sequence[Term], rows: Values) -> Array:
    """The features of the terms, standardised (n, terms)."""
    return np.column_stack([term.standard(rows[:, place]) for place, term in enumerate(terms)])


def _check(label: Array, title: str) -> None:
    ones = int(label.sum())
    if not 0 < ones < label.size:
        raise ModelProblem(
            "There is too little to learn from.",
            where=f"baseline {title}, training rows",
            got=f"{ones:,} of {label.size:,} rows are 1",
            expected="rows of both outcomes",
            todo="use a longer history, or change [time] horizon_days or [population]",
        )


def _filled(scope: Scope, days: npt.NDArray[np.datetime64], label: Array, places: Sequence[int]) -> Scope:
    return replace(
        scope,
        fingerprints=tuple(scope.fingerprints[place] for place in places) if scope.fingerprints else (),
        cutoffs=tuple(str(day) for day in np.unique(days.astype("datetime64[D]"))),
        rows=int(label.size),
        base_rate=float(label.mean()),
        versions=(f"numpy {np.__version__}",),
    )
