"""The horizon of partnership where the configuration leaves it open: a year, or half of one where history is short.

New products and agreements take longer to show than silence, so a year is the better question; but its labels mature a
year later, and of a short history nothing would be left to learn from. Where models are trained, the history known then
decides; whatever is done with a model afterwards asks that model, see `pipeline.registry.model_horizon`.

One dated example, gap 14 days, three test cutoffs a month apart, a history that ends with 2024-12-31. At 365 days the
latest mature cutoff is 2023-12-19, the first one tested on 2023-10-19, and what is learned from has closed by then: up
to 2022-09-19. Calibration looks at the 365 days before that. So a history from 2021-09-19 or later on is too short.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from models.explanation.sentence import NOTHING, Sentence
from models.split import mature_cutoffs, split
from models.target import OutcomeWindow
from pipeline.config import Config
from pipeline.settings.training import AUTO

LONG, SHORT = 365, 180
"""Days: what an open horizon can become."""
SAID = {
    "chosen": "a horizon of {days} days was chosen: {why}",
    "enough": "{length:,} days of history leave {learned} cutoffs to learn from and {tested} to test on",
    "too few": "{length:,} days of history are too few for {long}, which takes about {needed:,}",
}


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return list(SAID.values())


@dataclass(frozen=True)
class Horizon:
    """The `days` of partnership's outcome window, and why they were chosen; "" where the configuration states them."""

    days: int
    why: Sentence = NOTHING

    def note(self) -> Sentence:
        """What to say of it; nothing where there was nothing to choose."""
        return Sentence(SAID["chosen"], days=self.days, why=self.why) if self.why else NOTHING


def chosen_horizon(config: Config, first: date, end: date) -> Horizon:
    """The horizon for a history whose first day is `first` and that is known up to `end`, the day after its last.

    A number in the configuration always wins. Nothing but the two days is looked at.
    """
    stated = config.partnership.horizon_days
    if stated != AUTO:
        return Horizon(stated)
    learned, tested = _parts(config, first, end)
    length = (end - first).days
    if _enough(config, learned, tested):
        why = Sentence(SAID["enough"], length=length, learned=len(learned), tested=len(tested))
        return Horizon(LONG, why)
    return Horizon(SHORT, Sentence(SAID["too few"], length=length, long=LONG, needed=_needed(config)))


def with_horizon(config: Config, days: int) -> Config:
    """The configuration with a stated horizon of partnership."""
    return config.model_copy(update={"partnership": config.partnership.model_copy(update={"horizon_days": days})})


def settled(config: Config, first: date, end: date) -> Config:
    """The configuration with its horizon of partnership stated, chosen by `chosen_horizon` where it was open."""
    return with_horizon(config, chosen_horizon(config, first, end).days)


def _parts(config: Config, first: date, end: date) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """The cutoffs learned from and tested on at the long horizon, by the rules that training has."""
    window, step = OutcomeWindow(config.time.gap_days, LONG), config.time.cutoff_months
    most = config.time.look_back_months // step
    found = split(
        mature_cutoffs(first, end, window, step_months=step, most=most), window, test=config.training.test_cutoffs
    )
    return found.train, found.test


def _enough(config: Config, learned: tuple[date, ...], tested: tuple[date, ...]) -> bool:
    """Whether all test cutoffs are there, and those learned from span the days that calibration is fitted on."""
    whole = timedelta(days=config.training.calibration_days)
    return len(tested) == config.training.test_cutoffs and bool(learned) and learned[-1] - learned[0] >= whole


def _needed(config: Config) -> int:
    """Days of history from which on the long horizon is chosen, to a month or so."""
    tested = 31 * config.time.cutoff_months * config.training.test_cutoffs
    return 2 * (config.time.gap_days + LONG) + tested + config.training.calibration_days
