"""The README keeps its word: commands exist, its configuration loads, its feature can be declared as it stands."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from features.engine.declaration import Registry, feature
from features.engine.expression import Expression
from features.engine.view import HistoryView
from pipeline.cli import app
from pipeline.config import load_config

CHECKOUT = Path(__file__).resolve().parents[1]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first fenced block of a language."""
    return README.split(f"```{language}\n")[1].split("```")[0]


def test_every_make_command_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):.* ## ", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"^make ([a-z-]+)", README, re.M)) == {"demo", "test"} <= targets


def test_exactly_the_commands_that_exist_are_listed() -> None:
    listed = re.findall(r"^\| `moorings ([a-z]+)` \|", README, re.M)
    assert listed == [getattr(command.callback, "__name__", "") for command in app.registered_commands]


def test_every_folder_of_the_map_exists() -> None:
    folders = re.findall(r"^\| `([a-z]+)/` \|", README, re.M)
    assert [name for name in folders if name != "runs" and not (CHECKOUT / name).is_dir()] == []


def test_the_configuration_loads(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(block("toml"), encoding="utf-8")
    assert load_config(tmp_path / "acme.toml").name == "acme"


def test_the_feature_can_be_declared_as_it_stands() -> None:
    registry = Registry()
    names = {"feature": partial(feature, registry=registry), "HistoryView": HistoryView, "Expression": Expression}
    exec(block("python"), names)
    assert registry["orders_an_order_day_180d"].unit == "orders a day"


def test_a_scored_customer_is_shown() -> None:
    pasted = README.split("<!-- demo -->")[1].split("<!-- /demo -->")[0]
    assert re.search(
        r"^.+: \d+% likely to stop ordering, .+ at risk\n( +(Raises|Lowers) the risk: .+\.\n)+", pasted, re.M
    )
