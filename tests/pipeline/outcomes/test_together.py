"""Campaigns of a handful each say nothing alone; together they do, where lots hold, and everybody counts once."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config import load_config
from pipeline.outcomes.findings import Finding
from pipeline.outcomes.outcomes import Outcomes, outcomes
from tests.pipeline.outcomes.test_outcomes import CUSTOMERS, TREATMENTS
from tests.pipeline.supplier import START, configured, lines

pytestmark = pytest.mark.slow
CAMPAIGNS = 12
Held = Callable[[int, float], bool]
LOT = np.random.default_rng(5).random(CUSTOMERS)


def by_lot(number: int, size: float) -> bool:
    return bool(LOT[number] < 0.25)


def the_large(number: int, size: float) -> bool:
    return size > 0.75


def found(folder: Path, plays: dict[str, tuple[Held, int]], campaigns: int = CAMPAIGNS) -> Outcomes:
    """What came of campaigns every third day; by play who is held out, and how many customers it is meant for."""
    table = lines(CUSTOMERS, leaves=0.6)
    configured(folder, table)
    size = table.to_pandas().groupby("customer")["amount"].sum().rank(pct=True)
    random = np.random.default_rng(1)
    rows = [
        {
            "customer": size.index[number],
            "day": START + timedelta(days=420 + 3 * campaign),
            "play": play,
            "held": held(int(number), size.iloc[number]),
            "cost": 1.0,
        }
        for play, (held, many) in plays.items()
        for campaign in range(campaigns)
        for number in random.choice(size.size, size=min(many, size.size), replace=False)
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "treatments.parquet")
    with (folder / "small.toml").open("a") as file:
        file.write(TREATMENTS.format(folder=folder))
    return outcomes(load_config(folder / "small.toml"))


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return found(tmp_path_factory.mktemp("together"), {"call": (by_lot, 40), "visit": (the_large, 40)})


def one(of: Outcomes, play: str) -> Finding:
    (finding,) = [each for each in of.actions.campaigns if each.play == play]
    return finding


def test_campaigns_of_a_handful_by_lot_show_an_effect_together(two: Outcomes) -> None:
    call = one(two, "call")
    assert call.verdict == "effect" and call.held >= 20 and call.treated + call.held > 200
    assert call.started == f"{START + timedelta(days=420)} – {START + timedelta(days=420 + 3 * (CAMPAIGNS - 1))}"
    assert [each.play for each in two.actions.plays] == ["call"]
    assert two.actions.plays[0].compared.churn.low < 0 < two.actions.plays[0].compared.churn.high


def test_lots_that_do_not_hold_are_found(two: Outcomes) -> None:
    visit = one(two, "visit")
    assert visit.verdict == "association" and "not drawn by lot" in visit.why
    assert "compared" not in visit.summary() and visit.held > 0


def test_whoever_stays_held_out_counts_once_and_is_no_proof_against_the_lots(tmp_path: Path) -> None:
    call = one(found(tmp_path, {"call": (by_lot, CUSTOMERS)}), "call")
    # later campaigns alone are refused: those held out were held out before as well
    assert call.verdict == "effect" and call.treated + call.held <= CUSTOMERS


def test_new_lots_for_each_campaign_are_judged_one_by_one(tmp_path: Path) -> None:
    anew = np.random.default_rng(9)
    of = found(tmp_path, {"call": (lambda number, size: bool(anew.random() < 0.5), CUSTOMERS)}, campaigns=2)
    assert len([each for each in of.actions.campaigns if each.play == "call"]) == 2


def test_still_too_few_say_so(tmp_path: Path) -> None:
    gift = one(found(tmp_path, {"gift": (by_lot, 6)}), "gift")
    assert gift.verdict == "association" and "it takes 20 of each at least" in gift.why and 0 < gift.held < 20


def test_where_nobody_was_ever_held_out_one_finding_says_what_is_missing(tmp_path: Path) -> None:
    gift = one(found(tmp_path, {"gift": (lambda number, size: False, 30)}, campaigns=3), "gift")
    assert "hold out some" in gift.why and gift.beside == "left alone" and gift.left_held.value > 0


def test_one_small_campaign_stays_what_it_is(tmp_path: Path) -> None:
    gift = one(found(tmp_path, {"gift": (by_lot, 40)}, campaigns=1), "gift")
    assert gift.started == str(START + timedelta(days=420)) and "it takes 20" in gift.why


def test_what_other_plays_did_meanwhile_is_told(two: Outcomes) -> None:
    ((other, (treated, held)),) = one(two, "call").meanwhile.items()
    assert other == "visit" and 0.3 < treated < 1 and 0.3 < held < 1
