"""Outcomes come back: what lots allow to say is said, what they do not is refused, and nothing later leaks in."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from models.decision.uplift import Uplift
from pipeline.cli import main
from pipeline.config import Config, load_config
from pipeline.contract.predictions import SCHEMA
from pipeline.export.store import PredictionStore
from pipeline.languages import language
from pipeline.outcomes.files import keep
from pipeline.outcomes.findings import Finding
from pipeline.outcomes.outcomes import Outcomes, outcomes
from pipeline.outcomes.page import page
from pipeline.process.run_id import run_id
from tests.pipeline.prediction_rows import prediction
from tests.pipeline.still_english import still_english
from tests.pipeline.supplier import START, configured, lines

CUSTOMERS = 420
TREATMENTS = """
[training.boosting]
rounds = 40
[history.treatments]
path = "{folder}/treatments.parquet"
[history.treatments.columns]
customer_id = "customer"
treated_on = "day"
play = "play"
holdout = "held"
cost = "cost"
"""
Chosen = Callable[[int, float], bool | None]


def day(number: int) -> date:
    return START + timedelta(days=number)


def actions(table: pa.Table) -> pa.Table:
    """By lot; with the large buyers held out; with the lots of the first; with nobody held out; and one still open."""
    spend = table.to_pandas().groupby("customer")["amount"].sum()
    large = spend.rank(pct=True)
    lot = np.random.default_rng(3).random(CUSTOMERS) < 0.5
    plans: tuple[tuple[str, int, Chosen], ...] = (
        ("call", 500, lambda number, size: bool(lot[number])),
        ("visit", 520, lambda number, size: size > 0.6),
        ("sample", 530, lambda number, size: bool(lot[number])),
        ("gift", 540, lambda number, size: False if number % 2 else None),
        ("letter", 880, lambda number, size: bool(lot[number])),
    )
    rows = [
        {"customer": customer, "day": day(start), "play": play, "held": held, "cost": 0.0 if held else 40.0}
        for play, start, chosen in plans
        for number, customer in enumerate(spend.index)
        if (held := chosen(number, large[customer])) is not None
    ]
    return pa.Table.from_pylist(rows)


def promised(config: Config, cutoff: date, chance: float) -> None:
    """Predictions of a past date: the same chance for everybody, customers dealt into two deciles."""
    rows = [
        prediction(f"customer {number:04d}", chance, number + 1, cutoff=cutoff, churn_decile=1 + number % 2)
        for number in range(CUSTOMERS)
    ]
    PredictionStore(config.runs / "predictions" / config.name).write(pa.Table.from_pylist(rows, schema=SCHEMA), cutoff)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("outcomes")
    table = lines(CUSTOMERS, leaves=0.6)
    configured(folder, table)
    pq.write_table(actions(table), folder / "treatments.parquet")
    with (folder / "small.toml").open("a") as file:
        file.write(TREATMENTS.format(folder=folder))
    config = load_config(folder / "small.toml")
    promised(config, day(600), 0.9)
    promised(config, day(890), 0.1)
    return config


@pytest.fixture(scope="module")
def found(config: Config) -> Outcomes:
    return outcomes(config)


def campaign(found: Outcomes, play: str) -> Finding:
    return next(each for each in found.actions.campaigns if each.play == play)


def test_lots_allow_to_speak_of_an_effect(found: Outcomes) -> None:
    call = campaign(found, "call")
    assert (call.verdict, call.why) == ("effect", "")
    # orders do not depend on the calls: no effect, whatever one looks at
    for interval in (call.compared.churn, call.compared.adjusted, call.compared.spend, call.compared.margin):
        assert interval.low < 0 < interval.high
    assert call.compared.adjusted.high - call.compared.adjusted.low < call.compared.churn.high - call.compared.churn.low
    assert call.cost == 40
    assert call.compared.saved.high == float("inf")
    assert 0 < call.compared.detectable < call.left_held.value
    assert call.needed.leavers > call.needed.points > call.treated


def test_those_held_out_who_were_not_drawn_by_lot_are_found(found: Outcomes) -> None:
    visit = campaign(found, "visit")
    assert visit.verdict == "association"
    assert "not drawn by lot" in visit.why
    assert visit.balance is not None
    assert any("spend" in gap.feature for gap in visit.balance.broken)
    assert "compared" not in visit.summary()


def test_lots_of_an_earlier_play_tell_nothing_of_a_later_one(found: Outcomes) -> None:
    sample = campaign(found, "sample")
    assert sample.verdict == "association"
    assert f"treatment by call {day(500)} (without exception)" in sample.why
    # of the first, it is what followed
    assert campaign(found, "call").meanwhile[f"sample {day(530)}"] == (1.0, 0.0)
    treated, held = campaign(found, "call").meanwhile[f"visit {day(520)}"]
    assert treated == pytest.approx(held, abs=0.15)


def test_without_hold_outs_there_is_no_effect(found: Outcomes) -> None:
    gift = campaign(found, "gift")
    assert (gift.verdict, gift.held, gift.beside) == ("association", 0, "left alone")
    assert "nobody was held out" in gift.why
    assert gift.treated > 50 < gift.left_held.value * 1_000
    assert "compared" not in gift.summary()


def test_an_open_outcome_is_named_and_not_counted(found: Outcomes) -> None:
    letter = campaign(found, "letter")
    assert (letter.verdict, letter.treated) == ("immature", 0)
    assert str(day(940)) in letter.why


def test_a_play_counts_only_campaigns_whose_lots_hold(found: Outcomes) -> None:
    assert [play.play for play in found.actions.plays] == ["call"]
    assert found.actions.plays[0].treated == campaign(found, "call").treated


def test_everybody_of_a_campaign_is_counted_once(config: Config, found: Outcomes) -> None:
    call = campaign(found, "call")
    assert call.treated + call.held + sum(call.left_out.values()) == len(called(config))
    assert call.left_out["not eligible"] > 0


def test_promises_are_held_against_what_came(found: Outcomes) -> None:
    assert [(tier.cutoff, tier.value) for tier in found.tiers.rows] == [(str(day(600)), "1"), (str(day(600)), "2")]
    assert all(tier.off and tier.promised == pytest.approx(0.9) for tier in found.tiers.rows)
    assert found.tiers.immature == {"churn": (str(day(890)),)}


def treatments_file(config: Config) -> Path:
    assert config.history.treatments is not None
    return Path(config.history.treatments.path)


def called(config: Config) -> pd.DataFrame:
    """Everybody in the campaign of calls, treated or held out."""
    table = pq.read_table(treatments_file(config)).to_pandas()
    return table[table["play"] == "call"]


def plainly(config: Config, start: int) -> pd.DataFrame:
    """Who left after a day, and what was spent in the 60 days from it, by a plain look at the lines."""
    table = pq.read_table(Path(config.history.order_lines.path)).to_pandas()
    since = (pd.to_datetime(table["day"]) - pd.Timestamp(day(start))).dt.days
    later = table[(since >= 0) & (since < 60)].groupby("customer")["amount"].sum()
    before = (
        table[since < 0].assign(since=since).groupby("customer").agg(days=("day", "nunique"), last=("since", "max"))
    )
    eligible = before[(before["days"] >= 3) & (before["last"] >= -365)].index
    return pd.DataFrame({"spent": later.reindex(eligible).fillna(0), "left": ~eligible.isin(later.index)})


def test_a_plain_look_at_the_lines_finds_the_same_shares_and_spend(config: Config, found: Outcomes) -> None:
    rows, told = plainly(config, 500), called(config)
    ours = rows[rows.index.isin(told[~told["held"]]["customer"])]
    call = campaign(found, "call")
    assert call.treated == len(ours)
    assert call.left.value == pytest.approx(ours["left"].mean())
    assert call.spent == pytest.approx(ours["spent"].mean())


def test_what_happens_after_the_first_day_does_not_change_what_was_known_before(
    config: Config, tmp_path: Path, found: Outcomes
) -> None:
    # poison: from the first day of the visit campaign on, the customers held out buy ten times as much
    table = pq.read_table(Path(config.history.order_lines.path))
    late = pc.greater_equal(table.column("day"), pa.scalar(day(520)))
    amount = pc.if_else(late, pc.multiply(table.column("amount"), 10.0), table.column("amount"))
    again = outcomes(poisoned(config, tmp_path, table.set_column(3, "amount", amount)))
    for play in ("call", "visit"):
        before, after = campaign(found, play).balance, campaign(again, play).balance
        assert before == after
    assert campaign(again, "visit").spent > 5 * campaign(found, "visit").spent


def poisoned(config: Config, folder: Path, table: pa.Table) -> Config:
    """The same supplier with other order lines."""
    configured(folder, table)
    (folder / "treatments.parquet").write_bytes(treatments_file(config).read_bytes())
    with (folder / "small.toml").open("a") as file:
        file.write(TREATMENTS.format(folder=folder))
    return load_config(folder / "small.toml")


def test_a_past_date_knows_nothing_of_what_came_later(config: Config) -> None:
    early = outcomes(config, day(550))
    assert {each.play: each.verdict for each in early.actions.campaigns} == dict.fromkeys(
        ("call", "visit", "sample", "gift"), "immature"
    )
    assert early.tiers.rows == ()


def test_the_page_and_the_files_say_the_same(config: Config, found: Outcomes) -> None:
    kept = keep(found, config)
    written = (kept.folder / "outcomes.md").read_text(encoding="utf-8")
    assert written.endswith(f"\n\nRun {run_id()}.\n")
    assert "association only, no effect: nobody was held out" in written
    assert f"| call {day(500)} |" in written
    assert "immature" not in written
    assert f"its outcome is not known before {day(940)}" in written
    assert kept.text().count("association only") == 3
    assert set(kept.files) <= {path.name for path in kept.folder.iterdir()}


def test_in_chinese_nothing_but_names_stays_english(config: Config, found: Outcomes) -> None:
    kept = keep(found, config.model_copy(update={"scoring": config.scoring.model_copy(update={"language": "zh_CN"})}))
    text, _, run = (kept.folder / "outcomes.md").read_text(encoding="utf-8").partition("运行编号")
    assert still_english(text) <= {"small", "EUR", "call", "visit", "sample", "gift", "letter"}
    assert run.strip().startswith(run_id())
    assert "对照组不是随机抽取的" in text


def test_too_few_lots_teach_no_model(found: Outcomes) -> None:
    assert [each.play for each in found.actions.whom] == ["call"]
    assert "it takes 100 customers" in found.actions.whom[0].verdict()
    assert found.actions.gain.empty


@pytest.mark.slow
def test_enough_lots_teach_a_model_that_is_kept_with_its_picture(
    config: Config, found: Outcomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.outcomes.uplift.LEAST_OF_A_KIND", 20)
    learned = outcomes(config)
    kept = keep(learned, config)
    assert {"qini_call.png", "model_call"} <= set(kept.files)
    # nothing is to be found where orders do not depend on calls
    assert not learned.actions.whom[0].better
    again = Uplift.load(kept.folder / "model_call")
    assert again.together.names == learned.actions.whom[0].names
    gains = pd.read_parquet(kept.folder / "gains.parquet")
    assert gains["customer_id"].is_unique
    written = (kept.folder / "outcomes.md").read_text(encoding="utf-8")
    counted = f"of {len(gains):,} customers today {gains['advised'].sum():,} can be counted on to gain by it"
    assert counted in written
    assert f"and {gains['harmed'].sum():,} are likelier to be driven away" in written
    assert f"| call {day(500)} | sample {day(530)} | 100.0% | 0.0% |" in written
    assert "![Qini curve: call](qini_call.png)" in written
    said = page(learned, config.name, config.time.horizon_days, "", "r", language("zh_CN"))
    names = {"small", "call", "visit", "sample", "gift", "letter", "Qini"}
    labels = {"share", "of", "customers", "treated", "saved", "picked", "blindly", "ranked", "by"}
    assert still_english(said) <= names | labels | {"expected", "gain", "risk"}
    assert gains["gain"].is_monotonic_decreasing
    assert (gains["harmed"] == (gains["gain"] < 0)).all()
    assert (gains["advised"] == (gains["counted_gain"] > 0)).all()
    assert (gains["counted_gain"] <= gains["gain"]).all()
    # lots of 400 customers are too few to leave in peace whoever is not counted on
    assert (gains["avoid"] == gains["harmed"]).all()
    assert gains["day"].unique().tolist() == [pd.Timestamp(learned.as_of)]


@pytest.mark.slow
def test_the_command_prints_one_document(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(config.history.order_lines.path).parent / "small.toml"
    assert main(["outcomes", "--config", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {each["verdict"] for each in told["campaigns"]} == {"effect", "association", "immature"}
    assert told["plays"][0]["needed"]["points"] > 0
