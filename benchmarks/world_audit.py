"""What the strength audit says of a simulated world, by the very steps of a training run."""

from __future__ import annotations

from models.evaluation.verdict import verdict
from models.outcome_tables import outcome_tables
from pipeline.config import Config
from pipeline.evaluation.audit import Examined, strength_audit
from pipeline.learning.learning import learn
from pipeline.matrices.feature_choice import audited_only
from pipeline.matrices.known_history import OtherTables
from pipeline.matrices.tasks import tasks
from pipeline.sources.store import read_store
from pipeline.training.contest import wide_dataset
from pipeline.training.learnable import split_of


def audit_sentences(config: Config) -> dict[str, dict[str, object]]:
    """By target: the audit's paragraph, and its figures."""
    found = read_store(config)
    other_tables = OtherTables(outcome_tables(found.reading.history, found.store))
    said: dict[str, dict[str, object]] = {}
    for kind, task in tasks(config).items():
        every, parts = wide_dataset(found.store, other_tables, task, config), split_of(found.store, task, config)
        apart = audited_only(every.names, kind, config)
        names = tuple(name for name in every.names if name not in apart)
        later = every.at(parts.test).labelled()
        model = learn(every.at(parts.train).only(names), task, config)
        tested = Examined(names, model.probability(later.only(names).values, names))
        past = every.at(parts.train).cutoff
        audit = strength_audit(every, past, later.cutoff, tested, task, config)
        said[kind] = {"says": verdict(audit, kind), **audit.summary()} if audit else {"says": "no audit"}
    return said
