"""What a run is told by: every setting of the sections logged, and of the history nothing that may name a customer."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from models.linear import Linear
from pipeline.config import Config, load_config
from pipeline.settings.flat import SECTIONS, flat
from pipeline.training.run_parameters import run_parameters

SECRET = "Alder Joinery"
HOSTILE = f"""
[history]
currency = "EUR"
[history.order_lines]
path = "{SECRET}.parquet"
duplicates = "drop"
duplicate_key = ["{SECRET}"]
newest_by = "{SECRET}"
filters = [{{name = "{SECRET}", keep = [{{column = "{SECRET}", equals = "{SECRET}"}}]}}]
[history.order_lines.columns]
customer_id = "{SECRET}"
ordered_on = "{SECRET}"
net_amount = {{multiply = ["{SECRET}", "{SECRET} 2"]}}
[history.order_lines.returns]
how = "remove"
when = [{{column = "{SECRET}", prefix = "{SECRET}"}}]
[history.order_lines.not_products]
values = ["{SECRET}", "{SECRET} 2"]
[history.interactions]
path = "{SECRET}.csv"
[history.interactions.columns]
customer_id = "{SECRET}"
happened_on = "{SECRET}"
kind = "{SECRET}"
[history.interactions.values.kind]
"{SECRET}" = "visit"
[plays]
never_contact = ["{SECRET}"]
[storage]
folder = "{SECRET}"
[training.tuning]
trials = 3
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "acme.toml").write_text(HOSTILE, encoding="utf-8")
    return load_config(tmp_path / "acme.toml")


@pytest.fixture
def told(config: Config) -> dict[str, object]:
    return run_parameters(config, Told())


class Told(Linear):
    """A model of three features that tells nothing of itself."""

    names = ("a", "b", "c")  # type: ignore[assignment]

    def __init__(self) -> None:
        pass

    def parameters(self) -> dict[str, object]:
        return {}


def leaves(section: BaseModel, prefix: str) -> set[str]:
    """Every setting of a section by its path, found by the settings themselves."""
    found: set[str] = set()
    for name in type(section).model_fields:
        value = getattr(section, name)
        found |= leaves(value, f"{prefix}{name}.") if isinstance(value, BaseModel) else {f"{prefix}{name}"}
    return found


@pytest.mark.parametrize("section", sorted(SECTIONS))
def test_no_setting_of_a_section_is_left_out(told: dict[str, object], config: Config, section: str) -> None:
    assert leaves(getattr(config, section), f"{section}.") <= told.keys()


def test_nothing_of_the_suppliers_own_words_is_told(told: dict[str, object]) -> None:
    assert "Alder" not in str(told)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("training.tuning.trials", 3),
        ("training.families_left_out.partnership", ["strength"]),
        ("promotion.auc_loss", 0.01),
        ("features.count", 3),
        ("history.currency", "EUR"),
        ("history.order_lines.duplicates", "drop"),
        ("history.order_lines.duplicate_key.count", 1),
        ("history.order_lines.newest_by", True),
        ("history.interactions.newest_by", False),
        ("history.interactions.values.kind.count", 1),
        ("history.order_lines.filters.count", 1),
        ("history.order_lines.returns.how", "remove"),
        ("history.order_lines.returns.when.count", 1),
        ("history.order_lines.not_products.how", "keep_amount"),
        ("history.order_lines.not_products.values.count", 2),
        ("history.order_lines.columns", "customer_id ordered_on net_amount"),
        ("history.interactions.duplicates", "quarantine"),
        ("history.interactions.columns", "customer_id happened_on kind"),
    ],
)
def test_what_is_told(told: dict[str, object], name: str, value: object) -> None:
    assert told[name] == value


def test_a_tree_is_told_by_the_paths_of_its_leaves() -> None:
    assert flat({"a": {"b": {"c": 1}, "d": []}, "e": None}) == {"a.b.c": 1, "a.d": [], "e": None}
