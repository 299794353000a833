"""A model keeps its horizon: scoring and promotion ask it, and never choose another one for it."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from features.errors import ModelProblem
from pipeline.config import Config
from pipeline.evaluation.backtest import backtest
from pipeline.export.places import store_of
from pipeline.learning import horizon
from pipeline.learning.horizon import with_horizon
from pipeline.profile.profile import profile
from pipeline.promotion.promotion import promote
from pipeline.promotion.rollback import rollback
from pipeline.registry import model_horizon
from pipeline.registry.champion import tracking_of
from pipeline.registry.model_horizon import settled_by_model
from pipeline.registry.tracking import CHALLENGER
from pipeline.scoring.score import champions_of, score
from pipeline.training.train import train
from tests.pipeline.contenders import FORCED
from tests.pipeline.supplier import END, START, configured, known_before, lines, quick

pytestmark = pytest.mark.slow
NAME = "small-partnership"


def opened(config: Config) -> Config:
    return quick(
        config.model_copy(update={"partnership": config.partnership.model_copy(update={"horizon_days": "auto"})})
    )


def shortened(patch: pytest.MonkeyPatch) -> None:
    """Horizons of 90 and 60 days, so that 900 days of history are long."""
    for module in (horizon, model_horizon):
        patch.setattr(module, "LONG", 90)
        patch.setattr(module, "SHORT", 60)


def trained(config: Config) -> None:
    with suppress(ModelProblem):  # so few customers may not beat the baselines: what is asked here is the horizon
        train(config)


def horizons(config: Config) -> tuple[int, int]:
    """Days that scoring goes by, and that the champion was trained with."""
    days = settled_by_model(config).partnership.horizon_days
    champion = champions_of(settled_by_model(config))["partnership"]
    assert days != "auto"
    return days, champion.model.scope.horizon_days


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A champion of a short history, and a challenger of the same supplier's long one."""
    folder, targets = tmp_path_factory.mktemp("horizon"), ("partnership",)
    with pytest.MonkeyPatch.context() as patch:
        shortened(patch)
        early = opened(configured(folder, known_before(lines(120), 360), targets=targets))
        trained(early)
        promote(early, overruling=FORCED)
        config = opened(configured(folder, lines(120), targets=targets))
        trained(config)
    return config


def test_a_grown_history_gives_a_challenger_of_the_long_horizon(grown: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    shortened(monkeypatch)
    assert settled_by_model(grown, CHALLENGER).partnership.horizon_days == 90
    run = tracking_of(grown).aliased(NAME, CHALLENGER)
    assert run is not None
    text = tracking_of(grown).artefact(run.run_id, "report.md").read_text(encoding="utf-8")
    assert "a horizon of 90 days was chosen" in text
    told = tracking_of(grown)._client.get_run(run.run_id).data.params
    assert told["partnership.horizon_days"] == "90"
    assert "cutoffs to learn from" in told["partnership.horizon_chosen"]


def test_scoring_keeps_to_the_horizon_of_the_champion(grown: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    shortened(monkeypatch)
    assert horizons(grown) == (60, 60)
    assert score(grown, END).counts["eligible"] > 0
    origin = store_of(grown).origin(END)
    assert origin is not None
    assert origin.facts["Partnership"] == "commitment shown in a horizon of 60 days, from 0 days after the date"


def test_a_champion_of_a_stated_horizon_is_refused_where_it_could_never_be_chosen(grown: Config) -> None:
    """Without the patch 60 days are neither of the two: as where the configuration states another horizon."""
    with pytest.raises(ModelProblem, match=r"horizon_days 60\n +expected: horizon_days 365"):
        horizons(grown)


def test_the_profile_says_which_it_would_be_and_why(grown: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    shortened(monkeypatch)
    found = profile(grown)
    assert (found.targets[0].horizon_days, found.targets[0].chosen[:31]) == (90, "a horizon of 90 days was chosen")
    assert "partnership: a horizon of 90 days was chosen" in found.text()


def test_a_backtest_chooses_once_by_what_its_earliest_cutoff_knew(
    grown: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shortened(monkeypatch)
    early, late = START + timedelta(days=500), END - timedelta(days=60)
    both = backtest(grown, [late, early], tmp_path / "both.csv")
    assert "horizon of 60 days was chosen" in both.notes["partnership"]
    alone = backtest(grown, [late], tmp_path / "late.csv")
    assert "horizon of 90 days was chosen" in alone.notes["partnership"]


def test_a_challenger_of_another_horizon_is_not_compared_and_a_rollback_takes_the_old_one_back(
    grown: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the configuration was changed: the champion cannot answer the new question, so its own test decides."""
    shortened(monkeypatch)
    decision = promote(grown, overruling=FORCED).decisions["partnership"]
    assert decision.moved
    assert decision.compared is None
    assert "horizon_days 60, not horizon_days 90" in decision.note
    assert horizons(grown) == (90, 90)
    rollback(grown)
    assert horizons(grown) == (60, 60)


def test_a_stated_horizon_is_not_overruled_by_the_champion(grown: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    shortened(monkeypatch)
    stated = with_horizon(grown, 75)
    assert settled_by_model(stated) == stated
    with pytest.raises(ModelProblem, match="horizon_days 75"):
        champions_of(stated)
