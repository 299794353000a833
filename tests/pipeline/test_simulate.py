"""The invented supplier: the same seed makes the same files, and its customers behave as they should."""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from features.errors import UsageProblem
from pipeline.cli import main
from pipeline.config import load_config
from pipeline.profile import profile
from pipeline.simulate.customers import draw_customers
from pipeline.simulate.orders import draw_orders, engagement
from pipeline.simulate.supplier import LAST_DAY, MARK, simulate


def digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("*.parquet")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    folder = tmp_path_factory.mktemp("made") / "history"
    simulate(folder)
    return pq.read_table(folder)


def test_the_same_seed_makes_the_same_files(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate(tmp_path / name, customers=60, days=400, seed=seed)
    assert digests(tmp_path / "a") == digests(tmp_path / "b") != digests(tmp_path / "c")


def test_an_earlier_simulation_is_replaced(tmp_path: Path) -> None:
    simulate(tmp_path / "again", customers=30, days=900)
    simulate(tmp_path / "again", customers=60, days=200, seed=3)
    simulate(tmp_path / "once", customers=60, days=200, seed=3)
    assert digests(tmp_path / "again") == digests(tmp_path / "once")


@pytest.mark.parametrize("foreign", ["orders.parquet", "notes.txt"])
def test_what_it_has_not_made_it_does_not_touch(tmp_path: Path, foreign: str) -> None:
    (tmp_path / foreign).write_text("mine")
    for folder in (tmp_path, tmp_path / foreign):
        with pytest.raises(UsageProblem, match="does not overwrite"):
            simulate(folder, customers=10, days=60)
    assert [file.name for file in tmp_path.iterdir()] == [foreign]


def test_customers_in_several_parts_keep_their_own_numbers(tmp_path: Path) -> None:
    simulate(tmp_path / "many", customers=1_100, days=120)
    names = pq.read_table(tmp_path / "many").column("customer").unique().to_pylist()
    numbers = sorted(int(name.rsplit(" ", 1)[1]) for name in names)
    assert len(set(numbers)) == len(names)
    assert numbers[-1] > 1_000


def test_names_are_invented_and_inert(made: pa.Table) -> None:
    assert pc.all(pc.match_substring_regex(made.column("customer"), "^[A-Z][a-z]+ [A-Z][a-z]+ [0-9]{5}$")).as_py()


def test_orders_fall_on_working_days_within_the_history(made: pa.Table) -> None:
    weekday = pc.day_of_week(made.filter(pc.greater(made.column("pieces"), 0)).column("ordered_at"))
    assert pc.max(weekday).as_py() <= 4
    last = pc.max(made.column("ordered_at")).as_py()
    assert np.datetime64(last.date()) <= LAST_DAY


def test_money_and_keys_are_consistent(made: pa.Table) -> None:
    assert pc.all(pc.less_equal(pc.abs(made.column("net")), pc.abs(made.column("list")))).as_py()
    back = pc.less(made.column("pieces"), 0)
    assert pc.all(pc.equal(back, pc.less(made.column("net"), 0))).as_py()
    assert 0.005 < pc.mean(back.cast("float64")).as_py() < 0.05
    orders = made.group_by(["order"]).aggregate([("customer", "count_distinct")])
    assert pc.max(orders.column("customer_count_distinct")).as_py() == 1
    assert made.group_by(["order", "article"]).aggregate([]).num_rows == made.num_rows


def test_those_who_leave_let_go_before(made: pa.Table) -> None:
    """In the last 90 days of a fading customer the orders are fewer than in 90 days half a year earlier."""
    random = np.random.default_rng(5)
    customers = draw_customers(random, 1_000, 1_096, 0)
    calendar = LAST_DAY - np.arange(1_096)[::-1]
    engaged = engagement(customers, 1_096)
    who, day = draw_orders(random, customers, engaged, calendar)
    leaves = (customers.end < 1_096) & (customers.fading > 120) & (customers.end - np.maximum(customers.start, 0) > 400)
    before_end = customers.end[who] - day
    late = ((before_end <= 90) & leaves[who]).sum()
    early = ((before_end > 270) & (before_end <= 360) & leaves[who]).sum()
    assert late < 0.75 * early
    assert (day < customers.end[who]).all()
    assert (day >= customers.start[who] - 1).all()


def test_the_demo_reads_what_the_simulation_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOORINGS_RUNS", str(tmp_path))
    assert main(["simulate", "--config", "demo"]) == 0
    found = profile(load_config("demo"))
    assert found.account.rows_quarantined == 0
    assert found.standing.eligible > 300
    churn = found.targets[0]
    assert 0.1 < (churn.churners or 0) / churn.labels < 0.4
    assert (tmp_path / "demo" / "history" / MARK).is_file()
