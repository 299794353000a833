"""What an export decides: states, plays, pushes and movement, on a small supplier with order lines alone."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from features.engine.plan import Matrix
from models.decision.accounts import LEAST_TIMES_USUAL
from models.decision.guards import violations
from models.decision.plays import PLAYS
from models.explanation.reasons import Reason
from models.stored import Model
from pipeline.config import Config
from pipeline.export.places import gains_file
from pipeline.export.store import PredictionStore
from pipeline.scoring import decision_rows, play_rows, relationships
from pipeline.scoring.score import score
from tests.pipeline.supplier import END

pytestmark = pytest.mark.slow
BEFORE = END - timedelta(days=61)


@pytest.fixture
def config(unscored: Config) -> Config:
    return unscored


def exported(config: Config, cutoff: date) -> pd.DataFrame:
    score(config, cutoff)
    rows = PredictionStore(config.runs / "predictions" / "small").read(cutoff).to_pandas()
    return rows[rows["status"] == "eligible"]


def test_states_and_plays_of_everybody_scored(config: Config) -> None:
    rows = exported(config, END)
    assert rows["state"].notna().all()
    assert rows["play_status"].notna().all()
    assert (rows["play"].notna() == rows["play_status"].isin(["act", "holdout"])).all()
    assert rows[["what_we_see", "what_to_do", "what_not_to_do"]].notna().all(axis=None)
    assert (rows["play_profit_low"] <= rows["play_profit"]).all() or rows["play"].isna().any()


def test_each_play_names_the_days_it_is_left_to_work(config: Config) -> None:
    rows = exported(config, END)
    named = rows.dropna(subset=["play_cooldown_days"])
    assert (rows["play"].notna() == rows["play_cooldown_days"].notna()).all() and named["play"].nunique() > 1
    configured = named["play"].map(lambda code: getattr(config.plays.play, code).cooldown_days)
    assert (named["play_cooldown_days"] == configured).all() and configured.nunique() > 1


def test_profit_is_what_a_play_keeps_less_what_it_costs_to_the_cent(config: Config) -> None:
    rows = exported(config, END)
    rows = rows[rows["play"].isin([code for code, play in PLAYS.items() if play.aim == "keep"])]
    accepts = rows["play"].map(lambda code: getattr(config.plays.play, code).acceptance)
    unpaid = (rows["play"] == "recover") & (rows["churn_probability"] < 0.27)
    assert not rows.loc[unpaid, "what_to_do"].str.contains("at a cost to us").any()
    accepts = accepts.mask(unpaid, config.plays.play.recover.acceptance_unpaid)
    kept = rows["churn_probability"] * accepts * rows["expected_margin"]
    assert len(rows) > 10
    rounded = 0.01 + 1e-6 * rows["expected_margin"]
    assert ((rows["play_cost"] + rows["play_profit"] - kept).abs() <= rounded).all()
    recovered = rows[(rows["play"] == "recover") & (rows["play_status"] == "act") & ~unpaid]
    assert recovered["what_to_do"].str.contains("of up to .*5% of its expected margin").all() and len(recovered)


def test_what_models_have_said_of_the_date_itself_they_are_not_asked_again(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, cutoffs, ask = 0, set[date](), relationships.probabilities

    def counted(model: Model, matrix: Matrix) -> npt.NDArray[np.float64]:
        nonlocal asked
        asked += 1
        cutoffs.update(matrix.cutoffs)
        return ask(model, matrix)

    monkeypatch.setattr(relationships, "probabilities", counted)
    exported(config, END)
    assert END not in cutoffs and asked == len(cutoffs) * len(config.training.targets)


def test_whom_nothing_brought_back_is_left_in_peace_and_told_so_in_words(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play_rows, "tries_since_order", lambda store, matrix: np.full(len(matrix.values), 3))
    rows = exported(config, END)
    gone = rows[rows["state"] == "drifting"]
    assert len(gone) and (gone["play_status"] == "not_worth_it").all() and gone["play"].isna().all()
    assert gone["what_to_do"].str.startswith("Enough was done here since its last order").all()


def test_a_drifting_customer_is_never_told_that_nothing_is_out_of_the_ordinary(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decision_rows, "seen", lambda advice, *_: [[] for _ in advice.situations])
    rows = exported(config, END)
    drifting, quiet = rows["state"] == "drifting", rows["what_we_see"] == "Nothing out of the ordinary."
    assert drifting.any() and not (drifting & quiet).any()
    assert (
        rows.loc[drifting & ~rows["what_we_see"].str.startswith("Stopped buying"), "what_we_see"]
        .str.contains(r"^The chance of leaving.* \d+%")
        .all()
    )


def test_key_accounts_carry_what_the_configuration_says_and_nobody_serves_them_at_low_cost(config: Config) -> None:
    rows = exported(config, END)
    assert rows["share_of_margin"].sum() == pytest.approx(1, abs=1e-4)
    assert rows["share_of_margin"].to_numpy() == pytest.approx(
        (rows["expected_margin"] / rows["expected_margin"].sum()).to_numpy(), abs=1e-5
    )
    key = rows["key_account"].astype(bool)
    least = max(config.plays.key_account_share, LEAST_TIMES_USUAL / len(rows))
    assert key.equals(rows["share_of_margin"] >= least) and key.any() and not key.all()
    told = rows["why_it_matters"].fillna("") + rows["what_to_do"]
    assert not told[key].str.contains("low cost").any() and told[~key].str.contains("low cost").any()
    assert told[key].str.contains("answers for").all() and not told[~key].str.contains("answers for").any()


def test_order_lines_alone_assert_no_captive(config: Config) -> None:
    rows = exported(config, END)
    assert not (rows["state"] == "captive").any()
    assert not (rows["previous_state"] == "captive").any()


def test_no_exported_play_breaks_a_guard(config: Config) -> None:
    rows = exported(config, END)
    for row in rows[rows["play"].notna()].itertuples():
        situations = {row.state, *(flag for flag in ("prospective_partner", "captive_drifting") if getattr(row, flag))}
        situations -= {"transactional"} if row.prospective_partner and row.play == "pilot_together" else set()
        situations |= {"captive"} if row.captive_possible else set()
        gives = getattr(config.plays.play, row.play).incentive_share
        assert violations(row.play, frozenset(situations), incentive_share=gives) == ()
        assert row.play in PLAYS


def test_no_exported_play_wakes_a_sleeping_dog(config: Config) -> None:
    rows = exported(config, END)
    play = rows["play"].mode()[0]
    dogs = rows[rows["play"] == play]["customer_id"]
    gains_file(config).parent.mkdir(parents=True)
    told = pd.DataFrame({"customer_id": dogs, "play": play, "day": pd.Timestamp(END), "avoid": True})
    told.to_parquet(gains_file(config))
    again = exported(config, END).set_index("customer_id")
    assert dogs.size > 0
    assert not (again.loc[dogs, "play"] == play).any()
    assert again["churn_probability"].equals(rows.set_index("customer_id")["churn_probability"])


def test_pushes_add_up_to_the_log_odds(config: Config) -> None:
    rows = exported(config, END)
    pushes = rows[[name for name in rows if name.startswith("push_")]].sum(axis=1)
    chance = rows["churn_probability"].astype(float)
    assert np.allclose(pushes, np.log(chance / (1 - chance)), atol=2e-3)


def test_the_first_export_has_no_movement_and_the_next_one_has(config: Config) -> None:
    first = exported(config, BEFORE)
    assert first["moved_since"].isna().all()
    assert first["churn_change"].isna().all()
    rows = exported(config, END).set_index("customer_id")
    both = rows[rows["churn_change"].notna()]
    assert set(both.index) == set(rows.index) & set(first["customer_id"])
    assert (both["moved_since"] == BEFORE).all()
    then = first.set_index("customer_id").loc[both.index, "churn_probability"]
    assert np.allclose(both["churn_change"], both["churn_probability"] - then, atol=2e-6)
    assert np.allclose(both["churn_change_of_data"] + both["churn_change_of_model"], both["churn_change"], atol=1e-9)
    assert np.allclose(both["churn_change_of_model"], 0, atol=2e-6), "the model is the same"
    assert (both["moved_by"].map(len) > 0).any()


def test_an_export_between_two_makes_the_later_one_new(config: Config) -> None:
    exported(config, END)
    assert score(config, END).written == "unchanged"
    exported(config, BEFORE)
    assert score(config, END).written == "written"
    assert score(config, END).written == "unchanged"


def test_buying_nowhere_is_told_first_and_once() -> None:
    reasons = (
        Reason("days_since_last_order", "raises", 1.0, "Last order 147 days ago."),
        Reason("days_since_purchase_anywhere", "raises", 0.5, "No purchase for 121 days."),
    )
    said = [reason.text for reason in reasons]
    assert decision_rows._first("Buys nowhere.", said, reasons) == ["Buys nowhere.", "Last order 147 days ago."]
    assert decision_rows._first("", said, reasons) == said
