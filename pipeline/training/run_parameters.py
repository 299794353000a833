"""What a training run is told by in the tracking database: every setting that shapes the model, as flat names.

Settings of the history say how tables are read. Paths, names of columns and files, filters and codes of the supplier
stay out, since they may name customers: of lists of such it is told how many there are, of a column whether it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from features.history import TABLES
from models.linear import Linear
from models.stored import Model
from pipeline.config import Config
from pipeline.settings.flat import SECTIONS, flat
from pipeline.settings.history import TableSettings

OF_HISTORY = ("time_zone", "currency", "max_quarantined_share", "earliest_day", "last_day", "memory_limit_gb")
OF_A_TABLE = ("format", "date_format", "timestamps_in", "decimal", "thousands", "units", "duplicates", "uppercase")
COUNTED = ("filters", "duplicate_key", "fill_down", "returns.when", "not_products.values", "not_products.prefixes")
"""Lists of a table that may hold the supplier's own words."""
TOLD = ("returns.how", "returns.sign", "returns.same_day", "not_products.how", "not_products.ignore_case")


def run_parameters(config: Config, model: Model) -> dict[str, object]:
    """Settings by flat name, as `training.tuning.trials`, how many features there are, and how the model was grown."""
    sections = {**flat(config.model_dump(include=SECTIONS)), **_history(config), "features.count": len(model.names)}
    if isinstance(model, Linear):
        return {**sections, **model.parameters()}
    grown = {f"trees.{name}": value for name, value in model.settings.parameters(model.scope.rows).items()}
    fitted = model.calibration
    calibration = {"slope": fitted.slope, "intercept": fitted.intercept, "knots": len(fitted.bend.at)}
    calibration = {f"calibration.{name}": value for name, value in calibration.items()}
    return {**sections, **grown, **calibration, "trees.rounds": model.settings.rounds}


def _history(config: Config) -> dict[str, object]:
    found: dict[str, object] = {f"history.{name}": getattr(config.history, name) for name in OF_HISTORY}
    for name in TABLES:
        settings = config.history.table(name)
        if settings is not None:
            found |= {f"history.{name}.{key}": value for key, value in _table(settings)}
    return found


def _table(settings: TableSettings) -> Iterator[tuple[str, object]]:
    """How a table is read, and which columns of the history it gives."""
    tree = flat({name: value for name, value in settings.model_dump().items() if name != "columns"})
    yield "columns", " ".join(settings.mapped)
    yield from ((name, tree[name]) for name in (*OF_A_TABLE, *TOLD) if name in tree)
    for name in COUNTED:
        listed = tree.get(name)
        if isinstance(listed, list):
            yield f"{name}.count", len(listed)
    yield "newest_by", bool(settings.newest_by)
    yield from ((f"values.{name}.count", len(words)) for name, words in settings.meanings.items() if words)
