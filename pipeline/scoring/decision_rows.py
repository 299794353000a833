"""The columns of an export that decide: states along a course of cutoffs, what pushes each customer, and its play."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from features.engine.plan import Matrix
from features.engine.store import EPOCH, LineStore
from models.decision.buying_nowhere import SINCE, buying_nowhere
from models.decision.course import Relationship
from models.decision.drifting import why_drifting
from models.decision.recommend import Advice
from models.decision.repair import open_since
from models.decision.standing import Standing
from models.explanation.language import Language
from models.explanation.reasons import Reason
from pipeline.config import Config
from pipeline.matrices.category_losses import Loss, lost_sentences
from pipeline.scoring.open_complaints import severe_complaints_since
from pipeline.scoring.play_rows import accounts_of, advice_for, play_columns, rules_of, state_columns
from pipeline.scoring.relationships import relationships, thresholds
from pipeline.scoring.rows import Columns, Scored
from pipeline.scoring.trigger_rows import DRIFTING, seen
from pipeline.standing.index_rows import peer_groups
from pipeline.standing.placing import placed
from pipeline.standing.standing_rows import at_cutoff, column

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Course:
    """What is known when a date is decided on: the history, and by kind of target its features at every cutoff.

    `categories` are the names of product categories by their code in the store, where they are known; `currency` is
    that of the amounts, "" where none is stated; `renamed` the id by now for each that a customer had before,
    and `first_ids` the one that its lots are drawn by for each by now.
    """

    store: LineStore
    matrices: Mapping[str, Matrix]
    categories: npt.NDArray[np.object_] | None = None
    currency: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    first_ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def last(self) -> Matrix:
        """The features of the first kind of target at the last cutoff."""
        return self.at_last(next(iter(self.matrices)))

    def at_last(self, kind: str) -> Matrix:
        """The features of a kind of target at the last cutoff."""
        return at_cutoff(self.matrices[kind], len(self.matrices[kind].cutoffs) - 1)


def decision_columns(course: Course, scored: Mapping[str, Scored], config: Config, language: Language) -> Columns:
    """States, plays and pushes, one value a row of the spine at the last cutoff; nothing without a churn model.

    Args:
        course: features along the cutoffs.
        scored: by kind of target, what its model says at the last cutoff.
        config: thresholds, assumptions, campaign.
        language: of the texts.
    """
    if "churn" not in scored:
        return {}
    models = {kind: each.champion.model for kind, each in scored.items()}
    said = {kind: each.probability for kind, each in scored.items()}
    found, now = relationships(course.store, course.matrices, models, config, said)
    matrix = course.at_last("churn")
    eligible = matrix.spine.eligible
    since = severe_complaints_since(course.store, matrix)
    complains, ids = ~np.isnan(since), (course.renamed, course.first_ids)
    advice = advice_for(course.store, matrix, found, now, complains, config, *ids)
    weighed, waiting = accounts_of(course.store, matrix, config), _days(since)
    reasons = (scored["churn"].reasons, scored["partnership"].reasons if "partnership" in scored else ())
    told = _seen(course, advice, found, now, reasons, complains, config, language)
    opened = [[*filter(None, [open_since(day, language)])] for day in waiting]
    sentences = [[*complaint, *said] for complaint, said in zip(opened, told, strict=True)]
    rules = rules_of(config)
    return {
        **state_columns(found, eligible),
        "complaint_since": placed(waiting, eligible, None),
        **play_columns(advice, weighed, sentences, rules, course.currency, eligible, language),
    }


def _seen(
    course: Course,
    advice: Advice,
    found: Relationship,
    now: Standing,
    reasons: tuple[Sequence[tuple[Reason, ...]], Sequence[tuple[Reason, ...]]],
    complains: Flags,
    config: Config,
    language: Language,
) -> list[list[str]]:
    """For each eligible customer what calls for its play: that it buys nowhere first, what it lost last."""
    matrix = course.at_last("churn")
    peers = peer_groups(course.store, matrix)
    told = seen(advice, matrix, now, peers, reasons, thresholds(config), complains, language)
    lost = _lost(course, advice, config, language)
    told = [[*said, *filter(None, [more])] for said, more in zip(told, lost, strict=True)]
    nowhere = buying_nowhere(column(matrix, SINCE), language)
    told = [_first(*each) for each in zip(nowhere, told, reasons[0], strict=True)]
    return [said or why for said, why in zip(told, _why_drifting(advice, found, now, language), strict=True)]


def _days(since: npt.NDArray[np.float64]) -> list[date | None]:
    return [None if np.isnan(day) else EPOCH + timedelta(days=int(day)) for day in since]


def _first(nowhere: str, said: list[str], reasons: Sequence[Reason]) -> list[str]:
    """The sentences of a play after the one that it buys nowhere, which says what a reason of the kind says."""
    again = {reason.text for reason in reasons if reason.code == SINCE}
    return [nowhere, *(each for each in said if each not in again)] if nowhere else said


def _why_drifting(advice: Advice, found: Relationship, now: Standing, language: Language) -> list[list[str]]:
    """For each eligible customer: why it counts as drifting, one sentence; none for all others."""
    asked = zip(advice.situations, now.churn, now.act_above, found.falling, strict=True)
    return [
        [why_drifting(chance, threshold, language, falling=bool(falling))] if DRIFTING & situations else []
        for situations, chance, threshold, falling in asked
    ]


def _lost(course: Course, advice: Advice, config: Config, language: Language) -> list[str]:
    """For each eligible customer that drifts: the category it lost, in words; "" for all others."""
    matrix, found = course.at_last("churn"), [""] * len(advice.situations)
    drifting = np.array([bool(DRIFTING & situations) for situations in advice.situations], dtype=bool)
    if course.categories is None or not drifting.any():
        return found
    customer = matrix.customer[drifting].astype(np.int64)
    loss = Loss(config.churn.category_share, config.time.horizon_days)
    told = lost_sentences(course.store, course.categories, customer, matrix.cutoffs[-1], loss, language)
    for row, text in zip(np.flatnonzero(drifting), told, strict=True):
        found[row] = text
    return found
