"""The survival view beside the fixed horizon: silence by several days, and days to the next order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.engine.expression import Constant
from features.engine.view import HistoryView
from models.fit_settings import Scope
from models.split import mature_cutoffs
from models.survival import PERIODS, Survival
from models.target import Definition, OutcomeView, OutcomeWindow, Target, declare
from pipeline.config import Config
from pipeline.learning.learning import feature_marks, first_and_end, fit_settings, most_slices
from pipeline.matrices.dataset import Dataset, build_dataset
from pipeline.matrices.known_history import KnownHistory
from pipeline.matrices.tasks import Task

Floats = npt.NDArray[np.float64]
DAYS = "days"


def next_order() -> Target:
    """When the next order comes."""

    def next_order(before: HistoryView, after: OutcomeView) -> Definition:
        """Days from the opening of the outcome window to the first order, as far as they have been seen.

        Idea: when somebody orders says more than whether they did by one day.
        Source: Singer & Willett 1993.
        """
        return Definition({DAYS: after.first_order(PERIODS[-1])}, closes=Constant(0.0))

    return declare("churn", next_order)


def survival_columns(known: KnownHistory, present: Dataset, window: OutcomeWindow, config: Config) -> dict[str, Floats]:
    """What a survival model, fitted on what was known before a cutoff, says of the customers eligible then.

    Args:
        known: what was known before the cutoff.
        present: the customers (rows,), with the features of the churn target.
        window: that of the churn target: features speak of its horizon.
        config: the settings.

    Returns:
        `survival_probability_30d` and so on: the chance of no order by then; `survival_median_days` to the next order,
        NaN beyond 180. All (rows,), counted from the end of the gap.

    Raises:
        ModelProblem: too few periods with or without an order.
    """
    model = fit_survival(known, window, config)
    silent = model.silent(present.values)
    columns = {f"survival_probability_{days}d": silent[:, place] for place, days in enumerate(model.periods)}
    return {**columns, "survival_median_days": model.median_days(present.values)}


def fit_survival(known: KnownHistory, window: OutcomeWindow, config: Config) -> Survival:
    """A survival model of everything known, at every cutoff whose first period is over.

    Raises:
        ModelProblem: too few periods with or without an order.
    """
    gap, step = window.gap_days, config.time.cutoff_months
    first, end = first_and_end(known.store)
    shortest = OutcomeWindow(gap, PERIODS[0])
    cutoffs = mature_cutoffs(first, end, shortest, step_months=step, most=most_slices(config))
    past = build_dataset(known.store, cutoffs, Task(next_order(), window), config)
    watched = np.datetime64(end) - past.closes
    return Survival.fit(
        past.values,
        past.names,
        past.acts[DAYS].astype(np.float64),
        watched.astype(np.float64),
        past.cutoff,
        settings=fit_settings(config),
        scope=Scope(
            gap_days=gap,
            min_order_days=config.population.min_order_days,
            activity_days=config.population.activity_days,
            fingerprints=feature_marks(past.names, gap),
        ),
    )
