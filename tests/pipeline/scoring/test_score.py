"""Scoring covers every customer once, changes nothing when repeated, and refuses a champion of another meaning."""

import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.engine.store import LineStore
from features.errors import DataProblem, ModelProblem
from features.history import History
from models.bundle import BOOSTER, DIGESTS, canonical, digest
from models.explanation.language import ENGLISH
from pipeline.config import Config
from pipeline.export.store import PredictionStore
from pipeline.languages import language
from pipeline.registry import champion
from pipeline.registry.champion import tracking_of
from pipeline.scoring.outcome import called
from pipeline.scoring.rows import ranked
from pipeline.scoring.score import champions_of, score
from pipeline.sources.history import read_history
from pipeline.sources.history_end import check_date, lateness
from tests.pipeline.supplier import END, configured, lines

pytestmark = pytest.mark.slow
AS_OF = END


@pytest.fixture
def config(unscored: Config) -> Config:
    return unscored


def forget(config: Config) -> None:
    """Take the store away, so that nothing of an earlier scoring can be taken up."""
    shutil.rmtree(config.runs / "predictions")


def rows(config: Config, cutoff: date = AS_OF) -> list[dict[str, object]]:
    return PredictionStore(config.runs / "predictions" / "small").read(cutoff).to_pylist()


def test_every_customer_has_one_row_and_only_eligible_ones_a_probability(config: Config) -> None:
    outcome = score(config, AS_OF)
    known = LineStore.from_history(read_history(config).history).customer_ids
    found = rows(config)
    assert sorted(row["customer_id"] for row in found) == sorted(known)
    assert sum(outcome.counts.values()) == len(known)
    assert outcome.never_bought == 0 and "never bought" not in outcome.text()
    assert outcome.counts["lapsed"] > 0
    for row in found:
        assert (row["churn_probability"] is not None) == (row["status"] == "eligible")
        assert row["partnership_propensity"] is None


def test_again_changes_nothing(config: Config) -> None:
    first = score(config, AS_OF)
    again = score(config, AS_OF)
    assert again.written == "unchanged"
    assert again.exported == first.exported
    assert {**again.summary(), "store": 0} == {**first.summary(), "store": 0}
    assert first.summary()["account"]["optional_tables"] == {}


def test_one_and_two_threads_write_the_same_files(config: Config) -> None:
    first = score(config, AS_OF)
    forget(config)
    single = config.model_copy(update={"training": config.training.model_copy(update={"threads": 1})})
    assert score(single, AS_OF).exported.digests == first.exported.digests


def test_who_never_bought_is_in_no_row_and_is_told(config: Config, tmp_path: Path) -> None:
    whole = pq.read_table(config.history.order_lines.path)
    back = whole.slice(0, 1).to_pylist()[0] | {"customer": "only returns", "amount": -5.0}
    config = configured(tmp_path, pa.concat_tables([whole, pa.Table.from_pylist([back], whole.schema)])).model_copy(
        update={"storage": config.storage}
    )
    for written in ("written", "unchanged"):
        outcome = score(config, AS_OF)
        assert (outcome.written, outcome.never_bought, outcome.summary()["never_bought"]) == (written, 1, 1)
        assert "1 customer has nothing but returns or lines without an amount: who never bought" in outcome.text()
    assert "only returns" not in [row["customer_id"] for row in rows(config)]


def test_a_past_date_uses_nothing_known_later(config: Config, tmp_path: Path) -> None:
    # the same champion over a history that ends at the date: the same rows
    past = AS_OF - timedelta(days=200)
    assert score(config, past).exported.cutoff == past
    before = rows(config, past)
    forget(config)
    table = pq.read_table(config.history.order_lines.path)
    earlier = table.filter(np.array([day < past for day in table.column("day").to_pylist()]))
    cut = configured(tmp_path, earlier)
    cut = cut.model_copy(update={"storage": config.storage})
    assert score(cut, past).written == "written"
    assert rows(config, past) == before


def test_ranks_deciles_and_money_agree(config: Config) -> None:
    score(config, AS_OF)
    scored = sorted((row for row in rows(config) if row["churn_rank"]), key=lambda row: row["churn_rank"])
    assert [row["churn_rank"] for row in scored] == list(range(1, len(scored) + 1))
    chances = [row["churn_probability"] for row in scored]
    assert chances == sorted(chances, reverse=True)
    assert {row["churn_decile"] for row in scored} == set(range(1, 11))
    for row in scored[:20]:
        assert row["value_at_risk"] == pytest.approx(row["churn_probability"] * row["expected_margin"], abs=0.02)


def test_reasons_are_true_of_the_customer(config: Config) -> None:
    score(config, AS_OF)
    scored = [row for row in rows(config) if row["status"] == "eligible"]
    assert np.mean([len(row["reasons"]) > 0 for row in scored]) > 0.95
    assert max(len(row["reasons"]) for row in scored) <= config.scoring.reasons_per_customer
    for row in scored:
        assert all(text.startswith(("Raises the risk: ", "Lowers the risk: ")) for text in row["reasons"])
        assert len(row["reasons"]) == len(row["reason_codes"])


@pytest.mark.parametrize(
    ("as_of", "got"),
    [(date(2020, 1, 1), "order lines from 2021-01"), (END + timedelta(days=60), "order lines from 2021-01")],
    ids=["before the history", "long after its end"],
)
def test_a_date_the_history_says_nothing_of_is_refused_with_its_dates(config: Config, as_of: date, got: str) -> None:
    with pytest.raises(DataProblem, match=got):
        score(config, as_of)


def test_without_a_champion_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="moorings train") as caught:
        score(configured(tmp_path, lines(20)), AS_OF)
    assert caught.value.exit_code == 4
    assert not (tmp_path / "runs").exists()


def test_a_feature_defined_otherwise_is_named(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {**champion.fingerprints(), "tenure_days": "0" * 64}
    changed.pop("orders_90d")
    monkeypatch.setattr(champion, "fingerprints", lambda **_: changed)
    with pytest.raises(ModelProblem, match="changed: tenure_days; gone: orders_90d"):
        score(config, AS_OF)


def test_a_champion_of_another_definition_of_churn_is_refused(config: Config) -> None:
    other = config.model_copy(update={"churn": config.churn.model_copy(update={"target": "partial"})})
    with pytest.raises(ModelProblem, match=r"got: +target silence, definition [0-9a-f]{16}\n"):
        score(other, AS_OF)


def test_a_champion_of_another_horizon_is_refused(config: Config) -> None:
    other = config.model_copy(update={"time": config.time.model_copy(update={"horizon_days": 45})})
    with pytest.raises(ModelProblem, match=r"got: +horizon_days 60\n +expected: horizon_days 45"):
        score(other, AS_OF)


@pytest.mark.parametrize("forged", [False, True], ids=["truncated", "exchanged, with digests that fit"])
def test_a_damaged_champion_is_refused_and_the_export_stays(config: Config, forged: bool) -> None:
    before = score(config, AS_OF).exported
    registered = tracking_of(config).champion("small-churn")
    assert registered is not None
    kept = {name: (registered.folder / name).read_bytes() for name in (BOOSTER, DIGESTS)}
    half = kept[BOOSTER][: len(kept[BOOSTER]) // 2]
    try:
        (registered.folder / BOOSTER).write_bytes(half)
        if forged:
            listed = json.loads(kept[DIGESTS]) | {BOOSTER: digest(half)}
            (registered.folder / DIGESTS).write_bytes(canonical(listed))
        with pytest.raises(ModelProblem, match=r"damaged or was changed|not those that were registered"):
            score(config, AS_OF)
    finally:
        for name, content in kept.items():
            (registered.folder / name).write_bytes(content)
    assert score(config, AS_OF).exported == before


def test_outcome_names_whom_to_call_the_first_that_people_read_anywhere(config: Config) -> None:
    outcome = score(config, AS_OF)
    called_first = [row["customer_id"] for row in outcome.worth_a_call]
    assert len(called_first) == 3
    listed = pq.read_table(outcome.exported.folder / "predictions.parquet")
    assert listed.column("customer_id").to_pylist()[:3] == called_first
    assert listed.column("act_now").to_pylist()[:3] == [True] * 3
    assert all(number in outcome.text() for number in called_first)
    assert replace(outcome, worth_a_call=()).summary()["worth_a_call"] == []


def test_whom_to_call_is_told_in_the_language_of_the_export_and_the_run_in_english(config: Config) -> None:
    outcome = replace(score(config, AS_OF), language=language("zh_CN"))
    first, text = outcome.worth_a_call[0], outcome.text()
    assert f"最值得联系的客户\n  {called(first)}：停止下单的概率为 " in text and "，风险毛利 " in text
    assert "likely to stop" not in text and " customers at " in text and "states: " in text
    unknown = replace(outcome, worth_a_call=({**first, "value_at_risk": None},)).text()
    assert "风险毛利" not in unknown and "停止下单的概率为" in unknown


@pytest.mark.parametrize(("spoken", "said"), [("en", "likely to leave, "), ("zh_CN", "：流失的概率为 ")])
def test_another_definition_of_leaving_is_no_word_about_ordering(config: Config, spoken: str, said: str) -> None:
    outcome = replace(score(config, AS_OF), language=language(spoken), silence=False)
    headline = next(line for line in outcome.text().splitlines() if called(outcome.worth_a_call[0]) in line)
    assert said in headline and "stop ordering" not in headline and "停止下单" not in headline


def test_names_write_over_no_line_of_the_terminal(config: Config) -> None:
    outcome = score(config, AS_OF)
    hostile = {**outcome.worth_a_call[0], "customer_name": "Mill\x1b[2J\r\nAll is well"}
    text = replace(outcome, worth_a_call=(hostile,)).text()
    assert "Mill [2J  All is well (" in text and "\x1b" not in text


@pytest.mark.parametrize(
    ("name", "manager", "expected"),
    [
        ("Old Mill", "Ann", "Old Mill (4711, Ann)"),
        ("Old Mill", None, "Old Mill (4711)"),
        (None, "Ann", "4711 (Ann)"),
        ("47", "", "4711"),
        ("", None, "4711"),
    ],
)
def test_a_customer_is_called_by_its_name_its_number_and_who_looks_after_it(
    name: str | None, manager: str | None, expected: str
) -> None:
    assert called({"customer_id": "4711", "customer_name": name, "account_manager": manager}) == expected


@pytest.mark.parametrize(
    ("probability", "shown"), [(0.99994, "over 99%"), (0.994, "99%"), (0.0, "under 1%"), (0.006, "1%"), (0.42, "42%")]
)
def test_nobody_is_sure_to_go_or_to_stay(probability: float, shown: str) -> None:
    assert ENGLISH.chance(probability) == shown


@pytest.mark.parametrize(
    ("silent", "said"),
    [(0, ""), (3, ""), (4, "4 days without any before 2024-01-17, never more than 3 before"), (20, "20 days")],
)
def test_lines_that_seem_to_be_late_are_told(silent: int, said: str) -> None:
    """Orders every day but for three days of one week."""
    days = [date(2024, 1, 1) + timedelta(days=day) for day in range(12) if day not in (4, 5, 6)]
    column = {"customer_id": pa.array(["c"] * 9), "order_id": pa.array(list("abcdefghi"))}
    texts = {name: values.dictionary_encode() for name, values in column.items()}
    store = LineStore.from_history(History(pa.table(texts | {"ordered_on": pa.array(days)})))
    told = lateness(store, days[-1] + timedelta(days=1 + silent))
    assert said in told and bool(told) is bool(said)


def test_a_trade_with_an_off_season_can_be_scored_in_it() -> None:
    days = [date(2023, 1, 1), date(2023, 1, 11), date(2023, 8, 4), date(2024, 1, 1)]  # 205 days of silence at most
    column = {"customer_id": pa.array(["c"] * 4), "order_id": pa.array(list("abcd"))}
    texts = {name: values.dictionary_encode() for name, values in column.items()}
    store = LineStore.from_history(History(pa.table(texts | {"ordered_on": pa.array(days)})))
    check_date(store, date(2024, 5, 1))
    with pytest.raises(DataProblem, match=r"the last at most 205 days old"):
        check_date(store, date(2025, 1, 1))


def test_equal_probabilities_are_ranked_by_customer() -> None:
    rank, decile = ranked(np.array([0.5, 0.9, 0.5]), np.array(["b", "c", "a"], dtype=object))
    assert rank.tolist() == [3, 1, 2]
    assert decile.tolist() == [10, 4, 7]


def test_ids_that_do_not_meet_are_told_to_people_and_to_programs(
    config: Config, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("pipeline.scoring.score.changed_ids", lambda *_: ("one of old is '007', one of them '7'",))
    outcome = score(config, END)
    assert "note: one of old is '007', one of them '7'" in outcome.text()
    assert outcome.summary()["unmet_ids"] == ["one of old is '007', one of them '7'"]
    assert "one of old is '007'" in caplog.text


def test_a_date_scored_in_hindsight_says_so(config: Config, caplog: pytest.LogCaptureFixture) -> None:
    last = champions_of(config)["churn"].model.scope.cutoffs[-1]
    early, late = score(config, date.fromisoformat(last)), score(config, END)
    assert f"note: {last} is scored in hindsight" in early.text()
    assert early.summary()["hindsight"].startswith(last) and "in hindsight" in caplog.text
    assert late.summary()["hindsight"] == "" and "in hindsight" not in late.text()
