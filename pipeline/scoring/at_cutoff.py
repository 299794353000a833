"""A cutoff to be scored: what is known before it, the models that are asked, and the rows they give."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from features.engine.declaration import Feature
from features.engine.plan import Matrix
from features.engine.store import LineStore
from models.explanation.language import Language
from pipeline.config import Config
from pipeline.export.places import store_of
from pipeline.languages import language
from pipeline.matrices.category_losses import category_names
from pipeline.matrices.dataset import snapshot
from pipeline.matrices.feature_choice import scored_features
from pipeline.matrices.tasks import tasks
from pipeline.process.steps import Steps
from pipeline.registry.champion import Champion, tracking_of
from pipeline.scoring.account_rows import account_columns
from pipeline.scoring.decision_rows import Course, decision_columns
from pipeline.scoring.movement_rows import ExportNow, export_before, movement_columns
from pipeline.scoring.relationships import course_dates
from pipeline.scoring.resume import Buckets
from pipeline.scoring.rows import Columns, Scored, prediction_table, score_matrix
from pipeline.scoring.talk_rows import talk_columns
from pipeline.sources.store import StoreReading
from pipeline.standing.index_rows import peer_groups

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CutoffScoring:
    """Everybody known before the cutoff `as_of`, and the champions by kind of target that are asked about them.

    `config`: whose customers; its horizons are those of the models, see `settled_by_model`.
    """

    config: Config
    as_of: date
    found: StoreReading
    champions: Mapping[str, Champion]

    @property
    def store(self) -> LineStore:
        """The order lines known before the cutoff."""
        return self.found.store

    @property
    def language(self) -> Language:
        """Of all that readers of the export are told."""
        return language(self.config.scoring.language)

    def table(self, buckets: Buckets, steps: Steps) -> pa.Table:
        """The rows of everybody known: features of all, predictions by bucket, then what needs everybody.

        Args:
            buckets: what an earlier run had finished, and where this one keeps what it finishes.
            steps: what each step costs is counted here.
        """
        with steps.timed("features"):
            matrices = {kind: self._matrix(kind) for kind in self.champions}
            history = self.found.reading.history
            ids, names = (self.found.reading.renamed, self.found.reading.first_ids), category_names(history.order_lines)
            course = Course(self.store, matrices, names, history.currency, *ids)
            last = {kind: course.at_last(kind) for kind in self.champions}
        with steps.timed("predictions and reasons"):
            scored = {kind: self._scored(kind, matrix, buckets) for kind, matrix in last.items()}
        with steps.timed("states and plays"):
            decided = decision_columns(course, scored, self.config, self.language)
        if "churn" in scored:
            decided |= self._beside_churn(last["churn"], scored["churn"], decided, steps)
        with steps.timed("rows"):
            first = next(iter(last.values()))
            decided |= account_columns(self.store, history, first, self.as_of)
            fingerprint = self.found.reading.fingerprint
            return prediction_table(self.store, first, scored, self.config.scoring, self.as_of, fingerprint, decided)

    def _matrix(self, kind: str) -> Matrix:
        """The features along the course that states are followed on, the cutoff itself last."""
        features = scored_features(self.store, self.champions[kind].model.names)
        _warn_of_english(self.language, features)
        dates, task = course_dates(self.as_of, self.config), tasks(self.config)[kind]
        return snapshot(self.store, dates, task, self.config, features, resumable=True)

    def _scored(self, kind: str, matrix: Matrix, buckets: Buckets) -> Scored:
        """What the champion says of the eligible rows of a matrix at the cutoff."""
        customers = self.store.customer_ids[matrix.customer]
        peers, count = peer_groups(self.store, matrix), self.config.scoring.reasons_per_customer
        return score_matrix(self.champions[kind], matrix, customers, peers, count, buckets, self.language, kind)

    def _beside_churn(self, matrix: Matrix, scored: Scored, decided: Columns, steps: Steps) -> Columns:
        """Products to speak of, and how the probability moved since the export before: what takes a model of churn."""
        with steps.timed("products to speak of"):
            talk = talk_columns(self.store, self.found.products(), matrix, decided, self.config, self.language)
        with steps.timed("movement"):
            renamed = self.found.reading.renamed
            before = export_before(store_of(self.config), self.as_of, tracking_of(self.config), self.config, renamed)
            now = ExportNow(self.store, matrix, scored.probability)
            return talk | movement_columns(now, before, self.config, self.language)


def _warn_of_english(spoken: Language, features: Iterable[Feature]) -> None:
    """Name the features whose reasons stay English: a new one is scored before somebody has translated it."""
    names = [each.name for each in features if not (spoken.knows(each.high) and spoken.knows(each.low))]
    if names:
        logger.warning("no translation into %s of what is said of %s: it stays English", spoken.name, ", ".join(names))
