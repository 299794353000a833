"""The horizon of partnership that a registered model was trained with: nobody chooses another one for it."""

from __future__ import annotations

from features.engine.store import LineStore
from models.bundle import OutdatedModel
from models.stored import load_model
from pipeline.config import Config
from pipeline.learning.horizon import LONG, SHORT, settled, with_horizon
from pipeline.learning.learning import first_and_end
from pipeline.registry.champion import model_name, tracking_of
from pipeline.registry.tracked import Registered
from pipeline.registry.tracking import CHAMPION
from pipeline.settings.training import AUTO


def settled_by_model(config: Config, alias: str = CHAMPION, store: LineStore | None = None) -> Config:
    """The configuration with its horizon of partnership stated: where it was open, that of a registered model.

    Args:
        config: the settings; a horizon that they state stays.
        alias: which version to ask.
        store: the history that chooses where there is no such version; without one it is the short horizon, which then
            no model speaks of.

    Returns:
        A version of a horizon that is never chosen, or of a format that is not read any more, gives the long one: it
        was trained for something else, and whoever loads it says so.

    Raises:
        ModelProblem: the files of the version are damaged.
    """
    if config.partnership.horizon_days != AUTO:
        return config
    registered = tracking_of(config).aliased(model_name(config, "partnership"), alias)
    if registered is not None:
        return with_horizon(config, _trained_with(registered))
    return with_horizon(config, SHORT) if store is None else settled(config, *first_and_end(store))


def _trained_with(registered: Registered) -> int:
    try:
        days = load_model(registered.folder).scope.horizon_days
    except OutdatedModel:
        return LONG
    return days if days in (LONG, SHORT) else LONG
