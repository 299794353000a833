"""What a tested model rests on: families and groups of features, by how far its AUC falls without them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from features.catalogue import FAMILY_OF
from models.evaluation.interval import Interval
from models.evaluation.permutation import named_groups, permutation_importance
from models.stored import Model
from pipeline.config import Config
from pipeline.matrices.dataset import Dataset
from pipeline.process.progress import stage

MOST_DEALT = 3_000
"""Rows that permutation importance is measured on; more change no order."""


@stage("permutation importance")
def permuted(
    model: Model, later: Dataset, importance: Mapping[str, float], config: Config
) -> tuple[dict[str, Interval], dict[str, Interval]]:
    """Falls in AUC by family and by group of features that say the same.

    Args:
        model: asked again and again.
        later: labelled rows of the test cutoffs.
        importance: by feature; a group is called after its most important one.
        config: the seed.
    """
    shown = np.linspace(0, len(later) - 1, min(len(later), MOST_DEALT)).astype(np.int64)
    part = later.take(np.isin(np.arange(len(later)), shown)).only(model.names)
    families: dict[str, list[int]] = {}
    for column, name in enumerate(model.names):
        families.setdefault(FAMILY_OF.get(name, "undeclared"), []).append(column)
    groups = named_groups(model.reference.groups, model.names, importance)

    def fall(columns: dict[str, list[int]]) -> dict[str, Interval]:
        return permutation_importance(
            model.probability,
            part.values,
            part.label.astype(np.float64),
            part.cutoff,
            columns,
            seed=config.training.seed,
        )

    return fall(families), fall(groups)
