"""Products to speak of: in words and codes, silent about whom a play is withheld from, nothing new for who is held."""

from datetime import date, timedelta
from itertools import chain

import pyarrow as pa
import pytest

from features.engine.plan import Matrix, Population, build
from features.engine.store import LineStore
from features.history import History
from models.assortment.left_out import LOOK_BACK_DAYS
from models.decision.recommend import ACT, HOLDOUT, NEVER_CONTACT
from pipeline.config import Config, load_config
from pipeline.export.store import PredictionStore
from pipeline.languages import language
from pipeline.scoring.score import score
from pipeline.scoring.talk_rows import HERE, talk_columns, texts
from pipeline.sources.product_names import Products
from tests.pipeline.supplier import END

CUTOFF = date(2024, 6, 1)
Bought = tuple[str, int, str | None]
"""Customer, days before the cutoff, product."""
TASTE: list[Bought] = [(who, days, item) for who in "abcdefg" for days in (200, 150, 60) for item in ("p1", "p2", "p3")]
LATELY: list[Bought] = [(who, days, item) for who in "abcdef" for days in (40, 30, 20) for item in ("p1", "new")]
QUIET: list[Bought] = [("z", days, "p1") for days in (300, 250, 200, 150)]
USED_TO_BUY = "Used to buy {}: in two years on 4 of 4 days with an order, last on 2024-01-03."
LEFT_OUT = "Left out p1: in two years bought on 5 of 5 days with an order until 2024-04-02, not on the 3 after that."
MIGHT_TRY = (
    "Has never bought new: of the 6 customers whose purchases are most like its own, 6 bought it in the last 90 days."
)


def store_of(bought: list[Bought]) -> tuple[LineStore, Products]:
    columns = {
        "customer_id": pa.array([each[0] for each in bought]).dictionary_encode(),
        "order_id": pa.array([f"{each[0]}{each[1]}" for each in bought]).dictionary_encode(),
        "ordered_on": pa.array([CUTOFF - timedelta(days=each[1]) for each in bought], pa.date32()),
        "product_id": pa.array([each[2] for each in bought], pa.string()).dictionary_encode(),
    }
    history = History(pa.table(columns))
    products = Products.of(history.order_lines)
    assert products is not None
    return LineStore.from_history(history), products


def matrix_of(store: LineStore) -> Matrix:
    return build(store, (CUTOFF,), (), horizon_days=90, population=Population(3, 365))


def told(
    bought: list[Bought],
    *,
    states: dict[str, str] | None = None,
    statuses: dict[str, str] | None = None,
    possible: str = "",
    complains: str = "",
    count: int = 3,
    spoken: str = "en",
) -> dict[str, list[str]]:
    """The sentences by customer."""
    store, products = store_of(bought)
    settings = load_config("demo")
    config = settings.model_copy(
        update={
            "time": settings.time.model_copy(update={"horizon_days": 90}),
            "scoring": settings.scoring.model_copy(update={"products_to_talk_about": count}),
        }
    )
    decided = {
        "state": [(states or {}).get(who, "transactional") for who in store.customer_ids],
        "play_status": [(statuses or {}).get(who, ACT) for who in store.customer_ids],
        "captive_possible": [who == possible for who in store.customer_ids],
        "complaint_since": [CUTOFF if who == complains else None for who in store.customer_ids],
    }
    found = talk_columns(store, products, matrix_of(store), decided, config, language(spoken))
    return dict(zip(store.customer_ids, found.get("to_talk_about", [None] * store.customers), strict=True))


MORE: list[Bought] = [("g", 90, "p1"), ("g", 75, "p1"), ("g", 50, "p2"), ("g", 45, "p2"), ("g", 40, "p2")]


def test_what_was_left_out_comes_before_what_might_be_tried() -> None:
    assert told([*TASTE, *LATELY, *MORE])["g"] == [LEFT_OUT, MIGHT_TRY]


@pytest.mark.parametrize(
    ("states", "possible"),
    [({"g": "drifting"}, ""), ({"g": "captive"}, ""), ({}, "g")],
    ids=["drifting", "captive", "possibly captive"],
)
def test_nothing_new_is_suggested_to_who_drifts_or_is_held(states: dict[str, str], possible: str) -> None:
    assert told([*TASTE, *LATELY, *MORE], states=states, possible=possible)["g"] == [LEFT_OUT]


def test_nothing_new_is_suggested_to_who_waits_for_a_complaint_to_be_settled() -> None:
    assert told([*TASTE, *LATELY, *MORE], complains="g")["g"] == [LEFT_OUT]


@pytest.mark.parametrize("status", [HOLDOUT, NEVER_CONTACT])
def test_nothing_is_said_of_whom_a_play_is_withheld_from(status: str) -> None:
    found = told([*TASTE, *LATELY, *MORE], statuses={"g": status})
    assert found["g"] == [] and told([*TASTE, *LATELY, *MORE])["g"]


def test_of_who_has_fallen_silent_it_is_said_what_it_used_to_buy() -> None:
    assert LOOK_BACK_DAYS == 730, "two years, as the sentences say"
    assert told([*TASTE, *LATELY, *QUIET])["z"] == [USED_TO_BUY.format("p1")]


def test_what_nobody_buys_any_more_is_not_asked_about_unless_nobody_else_ever_did() -> None:
    old: list[Bought] = [("z", days, "old") for days in (300, 250, 200, 150)]
    assert told([*TASTE, *LATELY, *old])["z"] == [USED_TO_BUY.format("old")]
    assert told([*TASTE, *LATELY, *old, ("a", 150, "old")])["z"] == []
    assert told([*TASTE, *LATELY, *old, ("a", 731, "old")])["z"] != []


def test_a_product_without_a_name_is_none() -> None:
    nameless = [(who, days, None if item == "new" else item) for who, days, item in [*TASTE, *LATELY]]
    assert all("None" not in said for said in chain.from_iterable(told(nameless).values()))


def test_none_of_each_kind_leaves_the_columns_empty() -> None:
    assert set(told([*TASTE, *LATELY, *MORE], count=0).values()) == {None}


def test_a_long_name_is_shortened_and_grammar_leaves_names_alone() -> None:
    long = "1 boxes of " + "x" * 80
    renamed = [(who, days, long if item == "p1" else item) for who, days, item in [*TASTE, *LATELY, *MORE]]
    assert (
        told(renamed)["g"][0].startswith("Left out 1 boxes of xxx")
        and "…: in two years bought on 5" in told(renamed)["g"][0]
    )


def test_every_sentence_names_its_product() -> None:
    assert all(HERE in text for text in texts())


def test_sentences_are_chinese_where_that_is_asked_for() -> None:
    assert told([*TASTE, *LATELY, *MORE], spoken="zh_CN")["g"][0] == (
        "近期未购买 p1：近两年内，截至 2024-04-02 的 5 个下单日中有 5 个购买，此后 3 个下单日均未购买。"
    )


@pytest.mark.slow
def test_an_export_says_what_to_speak_of(unscored: Config) -> None:
    score(unscored, END)
    rows = PredictionStore(unscored.runs / "predictions" / "small").read(END).to_pandas()
    scored = rows[rows["status"] == "eligible"]
    said = scored["to_talk_about"].map(len) > 0
    assert said.mean() > 0.2 and rows.loc[rows["status"] != "eligible", "to_talk_about"].isna().all()
    assert not said[scored["play_status"].isin([HOLDOUT, NEVER_CONTACT])].any()
    codes = scored["left_out_product_codes"].map(list) + scored["suggested_product_codes"].map(list)
    for sentences, named in zip(scored["to_talk_about"], codes, strict=True):
        assert all(name in sentence for sentence, name in zip(sentences, named, strict=True))
    assert not (scored["suggested_product_codes"].map(len) > 0)[scored["state"].isin(["drifting", "captive"])].any()
