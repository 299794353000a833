"""How many partners the tables there are would tell of, and which of them makes them too few."""

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import supplier

from features.engine.store import LineStore
from models.outcome_tables import outcome_tables
from pipeline.config import Config, load_config
from pipeline.profile.partner_warnings import partner_warnings
from pipeline.profile.partners import MOST_CUTOFFS, Partners, Without, partners_seen
from pipeline.profile.profile import profile
from pipeline.sources.history import read_history
from pipeline.training.train import train

CONTRACTS = """
[history.contracts]
path = "{folder}/contracts.parquet"
[history.contracts.columns]
contract_id = "number"
customer_id = "customer"
signed_on = "signed"
starts_on = "starts"
ends_on = "ends"
"""


def few_contracts(folder: Path, customers: int = 5) -> Config:
    """A supplier of whose customers a few have contracts, which nobody renews."""
    config = supplier.configured(folder, supplier.lines(120), targets=("churn", "partnership"))
    days = [supplier.START + timedelta(days=10)] * customers
    names = [f"customer {number:04d}" for number in range(customers)]
    table = pa.table(
        {"number": names, "customer": names, "signed": days, "starts": days, "ends": [date(2030, 1, 1)] * customers}
    )
    pq.write_table(table, folder / "contracts.parquet")
    file = folder / "small.toml"
    file.write_text(f"{file.read_text()}{CONTRACTS.format(folder=folder)}")
    return load_config(file) if config else config


def seen(config: Config) -> Partners:
    history = read_history(config).history
    store = LineStore.from_history(history)
    found = partners_seen(store, outcome_tables(history, store), config)
    assert found is not None
    return found


def test_what_a_table_changes_is_what_there_would_be_if_it_were_not_configured(tmp_path: Path) -> None:
    found = seen(few_contracts(tmp_path))
    (without,) = found.without
    plain = seen(supplier.configured(tmp_path / "plain", supplier.lines(120), targets=("churn", "partnership")))
    assert (without.tables, without.partners) == (("contracts",), plain.partners)
    assert 5 / 120 <= without.covers < 6 / 120, "of the customers who ever bought"
    assert (found.labels, found.cutoffs) == (plain.labels, plain.cutoffs)
    assert found.partners < plain.partners and len(found.cutoffs) == MOST_CUTOFFS
    assert plain.without == ()


@pytest.mark.parametrize("targets", [("churn",), ("churn", "partnership")])
def test_who_does_not_ask_for_partners_is_told_nothing(tmp_path: Path, targets: tuple[str, ...]) -> None:
    config = supplier.configured(tmp_path, supplier.lines(60), targets=targets)
    assert (profile(config).partners is None) == (targets == ("churn",))


def found(partners: int, *without: Without) -> Partners:
    return Partners(180, (date(2024, 1, 1),), 1000, partners, {}, without)


def one(partners: int, *tables: str) -> Without:
    return Without(tables, partners, 0.05)


TOLD = [
    (found(100, one(300, "contracts")), None),
    (found(5, one(120, "contracts")), "[history.contracts], with rows of 5% of the customers, 12.0% would be"),
    (
        found(5, one(5, "contracts"), one(6, "investments"), one(120, "contracts", "investments")),
        "[history.contracts] and",
    ),
    (found(5, one(60, "contracts"), one(200, "investments")), "[history.investments]"),
    (found(5, one(20, "contracts")), "[history.contracts], with rows of 5% of the customers, 2.0% would be"),
    (found(500, one(200, "wallet")), "Without [history.wallet]"),
    (found(5, one(6, "contracts")), "No single table makes it so"),
    (found(5), "[partnership] acts_needed"),
    (found(0, one(0, "contracts")), "No single table makes it so"),
]


@pytest.mark.parametrize(("partners", "told"), TOLD)
def test_the_table_that_makes_partners_too_few_or_too_many_is_named(partners: Partners, told: str | None) -> None:
    sentences = [*partner_warnings(partners, load_config("demo"))]
    assert [told in sentence for sentence in sentences] == ([] if told is None else [True])


def test_profile_and_training_name_the_table_beforehand(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    config = supplier.quick(few_contracts(tmp_path))
    low = config.partnership.model_copy(update={"low_base_rate": 0.08, "high_base_rate": 1.0})
    config = config.model_copy(update={"partnership": low})
    told = profile(config)
    assert any("[history.contracts]" in sentence for sentence in told.warnings)
    assert "without contracts" in told.text() and told.summary()["partners"] is not None
    outcome = train(config)
    assert any("[history.contracts]" in sentence for sentence in outcome.warnings)
    assert "[history.contracts]" in caplog.text.split("churn: AUC")[0]
