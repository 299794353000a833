"""One frozen tree of settings: a user's file laid over `configs/default.toml`."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from features.errors import UsageProblem
from features.history import TABLES
from pipeline.settings.decision import Plays, States
from pipeline.settings.filters import Section
from pipeline.settings.history import EveryTable
from pipeline.settings.monitor import Monitor
from pipeline.settings.problems import first_problem
from pipeline.settings.tables import CUSTOMER_IDS, NAME, HistorySettings
from pipeline.settings.training import (
    Churn,
    Partnership,
    Population,
    Profit,
    Promotion,
    Scoring,
    Storage,
    Time,
    Training,
)

CONFIGS = Path(__file__).resolve().parents[1] / "configs"
DEFAULT = CONFIGS / "default.toml"
PATHS = (*(("history", table, "path") for table in (*TABLES, CUSTOMER_IDS)), ("storage", "folder"))
VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^{}]*))?\}")

Tree = dict[str, Any]


class Config(Section):
    """All settings of one supplier. Values, never expressions."""

    name: str = Field(pattern=f"^{NAME.pattern}$")
    history: HistorySettings
    population: Population
    time: Time
    churn: Churn
    partnership: Partnership
    training: Training
    promotion: Promotion
    profit: Profit
    states: States
    plays: Plays
    scoring: Scoring
    monitor: Monitor
    storage: Storage

    @property
    def runs(self) -> Path:
        """The folder for everything this configuration produces."""
        return Path(self.storage.folder)


def load_config(path: str | Path) -> Config:
    """Read a configuration.

    Settings the file leaves out come from the file it `extends`, then from `configs/default.toml`; what a table leaves
    out comes from `[history.every_table]`. `${VARIABLE}` and `${VARIABLE:-default}` are
    replaced in paths only. A relative path is relative to the file that states it; a relative value of a
    variable is relative to the working directory.

    Args:
        path: a TOML file, or the bare name of one in `configs/` ("demo").

    Raises:
        UsageProblem: the file is missing or not TOML, a key is unknown, a value is not what it should be, or a
            variable is not set.
    """
    file = _find(path)
    tree = _for_every_table(_layered(_with_paths(_read(DEFAULT), DEFAULT), _extended(file)))
    tree.setdefault("name", file.stem)
    try:
        return Config.model_validate(tree)
    except ValidationError as error:
        raise first_problem(error, tree, Config, file) from None


def _find(path: str | Path) -> Path:
    file = Path(path)
    if not file.exists() and not file.suffix and file.name == str(path):
        file = CONFIGS / f"{path}.toml"
    if file.is_file():
        return file.resolve()
    ready = ", ".join(sorted(each.stem for each in CONFIGS.glob("*.toml") if each != DEFAULT))
    raise UsageProblem(
        "There is no such configuration.",
        where=str(path),
        got="no such file",
        expected=f"a TOML file, or the name of a ready one: {ready}",
        todo="check the path given with --config or in the environment variable MOORINGS_CONFIG",
    )


def _read(file: Path) -> Tree:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageProblem(
            "The configuration cannot be read.",
            where=str(file),
            got=str(error),
            expected="a readable TOML file in UTF-8",
            todo="correct the line named; text needs quotes, dates do not",
        ) from None


def _extended(file: Path, above: tuple[Path, ...] = ()) -> Tree:
    """The settings of a file laid over those of the file it extends: one in the same folder, all but its name.

    Two configurations of one name would overwrite each other's models.
    """
    tree = _with_paths(_read(file), file)
    if "extends" not in tree:
        return tree
    name, seen = tree.pop("extends"), (*above, file)
    below = file.parent / str(name)
    if not isinstance(name, str) or Path(name).name != name or below in seen or not below.is_file():
        raise UsageProblem(
            "The configuration to extend cannot be used.",
            where=f"{file}, extends",
            got=repr(name) + (", which extends this one" if below in seen else ""),
            expected="the name of another TOML file in the same folder",
            todo="correct the name; settings that several files share belong into one that extends nothing",
        )
    return _layered({key: value for key, value in _extended(below, seen).items() if key != "name"}, tree)


def _for_every_table(tree: Tree) -> Tree:
    """The tree with the settings for every table laid below those of each."""
    history = tree["history"]
    shared = history.get("every_table") if isinstance(history, dict) else None
    if not isinstance(shared, dict):
        return tree
    known = {key: value for key, value in shared.items() if key in EveryTable.model_fields}
    named = (*TABLES, CUSTOMER_IDS)
    tables = {name: _layered(known, history[name]) for name in named if isinstance(history.get(name), dict)}
    return tree | {"history": history | tables}


def _layered(below: Tree, above: Tree) -> Tree:
    """`above` laid over `below`: tables are merged key by key, every other value replaces the one below."""
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _layered(merged[key], value) if both else value
    return merged


def _with_paths(tree: Tree, file: Path) -> Tree:
    """The tree with the settings named in `PATHS` expanded and made absolute."""
    for *sections, key in PATHS:
        table: Any = tree
        for section in sections:
            table = table.get(section) if isinstance(table, dict) else None
        if isinstance(table, dict) and isinstance(table.get(key), str):
            table[key] = _absolute(table[key], file, ".".join((*sections, key)))
    return tree


def _absolute(text: str, file: Path, setting: str) -> str:
    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match["name"]) or None
        if found is None and match["default"] is None:
            raise UsageProblem(
                f"The environment variable {match['name']} is not set.",
                where=f"{file}, {setting}",
                got=text,
                expected=f"{match['name']} set to a path, or a default: ${{{match['name']}:-some/path}}",
                todo=f"export {match['name']}, or write a default into the setting",
            )
        if found is None:
            return str(match["default"])
        return str(Path.cwd() / found) if match.start() == 0 else found

    return os.path.normpath(file.parent / VARIABLE.sub(value, text)) if text else text
