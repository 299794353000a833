"""What changes an effect: a level and one slope a column, on the log-odds of staying, with how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from features.indices import INDICES
from models.bundle import read_files, write_files
from models.decision.belief import Belief
from models.decision.evidence import Evidence
from models.decision.lots import PRIOR, Lots, Values
from models.evaluation.tally import Array
from models.logistic import Scale, Term

FURTHEST = 4.0
"""Standard deviations beyond which a column counts no further: a line fitted on the many is no guide to the extreme."""
REDUNDANT = 1e-4
"""Standard deviations that must be left of a column when those before it are taken out."""
EVEN = frozenset(index.name for index in INDICES)
KIND = "effect modifiers"


@dataclass(frozen=True)
class Modifiers:
    """The effect of an action as a line through standardised `terms`: `mean` (k,) and `covariance` (k, k), level first.

    Columns that never vary, or follow from those before them, have no term. `same` is the weight given to one and the
    same effect on everybody, see `Belief`.
    """

    terms: tuple[Term, ...]
    mean: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    same: float

    @classmethod
    def fit(cls, lots: Lots, leaving: Array) -> Modifiers:
        """Fit to lots, given the chance of `leaving` (n,) that was expected whatever the lot.

        Orders count beside leaving: they are many where leaving is one bit, so they show who is moved long before
        leaving does (as a surrogate, Athey, Chetty, Imbens & Kang 2019); leaving says what that is worth.
        """
        every = [_term(name, lots.values[:, place]) for place, name in enumerate(lots.names)]
        terms = _independent(every, _standard(every, lots.values, lots.names))
        belief = Belief.after(Evidence.of(lots, _standard(terms, lots.values, lots.names), leaving))
        rows = tuple(tuple(row) for row in belief.covariance.tolist())
        return cls(tuple(terms), tuple(belief.mean.tolist()), rows, belief.same)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, in order."""
        return tuple(term.feature for term in self.terms)

    def shift(self, values: Values, names: Sequence[str]) -> tuple[Array, Array]:
        """By how much treating lowers the log-odds of leaving of each customer (n,), and its standard error (n,)."""
        columns = np.column_stack([np.ones(len(values)), _standard(self.terms, values, names)])
        variance = np.einsum("ij,jk,ik->i", columns, np.array(self.covariance), columns)
        return columns @ np.array(self.mean), np.sqrt(np.maximum(variance, 0.0))

    def slopes(self) -> dict[str, tuple[float, float]]:
        """Per column: what one standard deviation more of it adds to the shift, and the standard error."""
        errors = np.sqrt(np.diag(np.array(self.covariance)))
        return {name: (self.mean[at], float(errors[at])) for at, name in enumerate(self.names, start=1)}

    def save(self, folder: Path) -> None:
        """Write the files of a model into `folder`, without trees."""
        write_files(folder, "", {"kind": KIND, **asdict(self)})

    @classmethod
    def load(cls, folder: Path) -> Modifiers:
        """Read what was saved; digests are checked before anything is parsed.

        Raises:
            ModelProblem: a file is missing, damaged, changed or of another format.
        """
        _, stored = read_files(folder)
        terms: Sequence[dict[str, Any]] = stored["terms"]
        rows = tuple(tuple(row) for row in stored["covariance"])
        return cls(tuple(Term(**term) for term in terms), tuple(stored["mean"]), rows, stored["same"])


def _term(name: str, column: Values) -> Term:
    scale: Scale = "odds" if name == PRIOR else "plain" if name in EVEN else "log"
    return Term.of(name, scale, column)


def _standard(terms: Sequence[Term], values: Values, names: Sequence[str]) -> Array:
    """The standardised columns (n, terms) of values (n, names)."""
    found = np.empty((len(values), len(terms)))
    for place, term in enumerate(terms):
        found[:, place] = term.standard(values[:, list(names).index(term.feature)])
    return np.clip(found, -FURTHEST, FURTHEST)


def _independent(terms: Sequence[Term], standard: Array) -> list[Term]:
    """The terms whose columns (n, terms) say something that the ones before do not."""
    basis = np.ones((len(standard), 1)) / np.sqrt(len(standard))
    kept = []
    for term, column in zip(terms, standard.T, strict=True):
        rest = column - basis @ (basis.T @ column)
        size = float(np.linalg.norm(rest))
        if size > REDUNDANT * np.sqrt(len(standard)):
            basis = np.column_stack([basis, rest / size])
            kept.append(term)
    return kept
