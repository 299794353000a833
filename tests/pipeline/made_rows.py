"""Datasets made by hand: monthly cutoffs of customers whose habit decides the outcome, with no history behind."""

from datetime import date

import numpy as np
from scipy.special import expit

from models.churn import silence
from models.evaluation.comparison import compare
from models.evaluation.tested_rows import MODEL, UNCALIBRATED, TestRows
from models.split import split
from models.target import OutcomeWindow
from pipeline.config import Config, load_config
from pipeline.evaluation.checks import TestedModel
from pipeline.matrices.dataset import Dataset
from pipeline.matrices.tasks import Task
from pipeline.training.fallback import recipe

NAMES = (
    "days_since_last_order",
    "order_days_90d",
    "order_days_365d",
    "tenure_days",
    "expected_order_days",
    "probability_silent",
    "spend_365d",
    "order_days_ever",
    "gap_median",
)
TASK = Task(silence(), OutcomeWindow(0, 60))


def settings(**training: object) -> Config:
    """The shipped configuration with few trees, few redraws and one thread."""
    config = load_config("demo")
    quick = {"bootstrap_repetitions": 40, "threads": 1, "min_eligible": 10, "min_events": 5, "test_cutoffs": 2}
    boosting = config.training.boosting.model_copy(update={"rounds": 40, "learning_rate": 0.1})
    changed = config.training.model_copy(update={**quick, "boosting": boosting, **training})
    return config.model_copy(update={"training": changed})


def made(customers: int = 200, months: int = 26, *, turns_after: int | None = None) -> Dataset:
    """Rows by customer, then cutoff. After `turns_after` months what meant leaving means staying."""
    random = np.random.default_rng(11)
    rows = customers * months
    customer = np.repeat(np.arange(customers, dtype=np.int32), months)
    month = np.tile(np.arange(months), customers)
    habit = random.normal(size=rows) * 0.7 + np.repeat(random.normal(size=customers), months)
    drive = -1.2 * habit
    if turns_after is not None:
        drive = np.where(month >= turns_after, -drive, drive)
    label = (random.random(rows) < expit(drive - 1)).astype(np.float32)
    pace = np.exp(habit)
    columns = {
        "days_since_last_order": 20 / pace * random.gamma(2, 0.5, rows),
        "order_days_90d": random.poisson(3 * pace),
        "order_days_365d": random.poisson(12 * pace),
        "tenure_days": 100 + month * 30.0,
        "expected_order_days": 2 * pace * random.gamma(9, 1 / 9, rows),
        "probability_silent": expit(-habit + random.normal(0, 0.3, rows)),
        "spend_365d": np.repeat(random.gamma(1.0, 4000, customers), months),
        "order_days_ever": 3 + month,
        "gap_median": 30 / pace,
    }
    values = np.column_stack([columns[name] for name in NAMES]).astype(np.float32)
    cutoff = (np.datetime64("2022-01", "M") + month).astype("datetime64[D]")
    ids = np.array([f"customer {number:03d}" for number in customer], dtype=object)
    closes = cutoff + np.timedelta64(TASK.window.days_to_maturity, "D")
    return Dataset(ids, customer, cutoff, NAMES, np.asfortranarray(values), label, closes)


def parts(data: Dataset, config: Config) -> tuple[Dataset, Dataset]:
    """What is learned from, and what is tested on."""
    cutoffs: tuple[date, ...] = tuple(day.item() for day in np.unique(data.cutoff))
    found = split(cutoffs, TASK.window, test=config.training.test_cutoffs)
    return data.at(found.train), data.at(found.test)


def tried(data: Dataset, config: Config) -> TestedModel:
    """A boosted model, tested."""
    past, later = parts(data, config)
    refit = recipe(None, TASK, "churn", config)
    model = refit(past)
    chance = model.probability(later.values, later.names)
    scores = {MODEL: chance, UNCALIBRATED: model.uncalibrated(later.values, later.names)}
    rows = TestRows(later.customer, later.cutoff, later.label.astype(float), scores, ())
    overall = compare(rows, draws=40, seed=1, workers=1, confidence=0.95)
    return TestedModel(
        model, past, later, data, rows, overall, dict.fromkeys(NAMES, 1.0), refit, np.full(len(later), 0.3)
    )
