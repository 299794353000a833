"""Settings: layering, paths, and what is refused."""

import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from features.errors import UsageProblem
from features.history import OPTIONAL_TABLES
from models.churn import ChurnThresholds
from models.decision.standing import StateThresholds
from models.fit_settings import FitSettings
from models.partnership import PartnershipThresholds
from pipeline.config import CONFIGS, DEFAULT, Config, load_config
from pipeline.settings.problems import first_problem
from pipeline.settings.tables import CUSTOMER_IDS

MAPPED = '\n[history.order_lines]\npath = "x.csv"\n[history.order_lines.columns]\ncustomer_id = "a"\nordered_on = "b"\n'
READY = {
    "iowa": (90, 180, 0),
    "iowa_wallet": (90, 180, 0),
    "online_retail": (90, 180, 0),
    "cdnow": (180, 180, 0),
    "grocery": (90, 180, 0),
    "demo": (90, 180, 14),
    "world": (90, 180, 14),
}


def written(folder: Path, text: str) -> Path:
    file = folder / "acme.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(("name", "expected"), READY.items())
def test_ready_configurations_state_horizons_and_gap(name: str, expected: tuple[int, int, int]) -> None:
    config = load_config(name)
    assert (config.time.horizon_days, config.partnership.horizon_days, config.time.gap_days) == expected
    assert (config.population.min_order_days, config.population.activity_days) == (3, 365)


def test_every_ready_configuration_is_tested() -> None:
    assert {file.stem for file in CONFIGS.glob("*.toml")} - {"default"} == set(READY)


def test_what_a_file_leaves_out_comes_from_the_default(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, MAPPED + "[time]\nhorizon_days = 30\n"))
    assert (config.time.horizon_days, config.time.gap_days, config.name) == (30, 14, "acme")


def test_the_default_states_every_setting_with_a_comment() -> None:
    tree = tomllib.loads(DEFAULT.read_text(encoding="utf-8"))
    shared = tree["history"]["every_table"]
    tree["history"]["order_lines"] |= shared
    optional = {CUSTOMER_IDS, *(table.name for table in OPTIONAL_TABLES)}
    assert_covers(Config, tree, but={"name", "path", "columns", *optional})
    text = DEFAULT.read_text(encoding="utf-8").splitlines()
    assert all(f"# [history.{name}.columns]" in text for name in optional)
    settings = [line for line in text if " = " in line and not line.startswith("#")]
    assert all("#" in line for line in settings)


@pytest.mark.parametrize(
    ("section", "record"),
    [
        (("churn",), ChurnThresholds),
        (("partnership",), PartnershipThresholds),
        (("states",), StateThresholds),
        (("training", "boosting"), FitSettings),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_the_models_assume_is_what_the_default_states(section: tuple[str, ...], record: type) -> None:
    stated = tomllib.loads(DEFAULT.read_text(encoding="utf-8"))
    for name in section:
        stated = stated[name]
    assumed = asdict(record())
    shared = assumed.keys() & stated.keys()
    assert shared
    assert {name: assumed[name] for name in shared} == {name: stated[name] for name in shared}


def assert_covers(model: type, tree: dict, but: set[str]) -> None:
    for name, field in model.model_fields.items():
        if name in but:
            continue
        assert name in tree, name
        if isinstance(tree[name], dict) and hasattr(field.annotation, "model_fields"):
            assert_covers(field.annotation, tree[name], but)


def test_who_adds_a_play_is_told_where_its_settings_go() -> None:
    tree = tomllib.loads(DEFAULT.read_text(encoding="utf-8")) | {"name": "x"}
    tree["history"]["order_lines"] |= tree["history"].pop("every_table") | {
        "path": "x.csv",
        "columns": {"customer_id": "a", "ordered_on": "b"},
    }
    del tree["plays"]["play"]["recover"]
    with pytest.raises(ValidationError) as error:
        Config.model_validate(tree)
    told = first_problem(error.value, tree, Config, Path("acme.toml"))
    assert told.where == "acme.toml, plays.play.recover"
    assert "state it in configs/default.toml" in told.todo


PROBLEMS = [
    ("[time]\ngap_day = 3", "There is no setting 'gap_day' in [time]. did you mean 'gap_days'?"),
    ("horizon_days = 3", "There is no setting 'horizon_days'. did you mean 'time.horizon_days'?"),
    ('[time]\ngap_days = "3"', "time.gap_days got: '3' expected: a valid integer"),
    ("[time]\ngap_days = -1", "time.gap_days got: -1 expected: greater than or equal to 0"),
    ("history = 3", "history got: 3"),
    ('name = "A b"', "name got: 'A b'"),
    ('[history]\nlast_day = "yesterday"', "history.last_day got: 'yesterday' expected: a valid date"),
    ("[storage]\nfolder = 3", "storage.folder got: 3 expected: a valid string"),
    ('[storage]\nfolder = "${MOORINGS_NOT_SET}/x"', "MOORINGS_NOT_SET is not set ${MOORINGS_NOT_SET:-some/path}"),
    (
        "[plays.play.serve_at_low_cost]\nincentive_share = 0.02",
        "plays.play.serve_at_low_cost.incentive_share got: 0.02 expected: 0: no measure of this play",
    ),
    (
        '[churn]\ntarget = "gone"',
        "churn.target got: 'gone' expected: one of the definitions of churn: silence, own_rhythm",
    ),
    ("x = [", "cannot be read line"),
    ("[time]\ngap_days = 1\ngap_days = 2", "cannot be read"),
]


@pytest.mark.parametrize(("text", "words"), PROBLEMS)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, words: str) -> None:
    body = text + MAPPED if text.count("[") == 0 or text == "x = [" else MAPPED + text
    file = written(tmp_path, MAPPED if text == "history = 3" else body)
    if text == "history = 3":
        file.write_text(text)
    with pytest.raises(UsageProblem) as problem:
        load_config(file)
    message = " ".join(str(problem.value).split())
    assert all(word in message for word in words.split(" ")), message
    assert str(file) in message


LINES = [
    ('filters = [{name = "n", keep = [{column = "x", equal = 3}]}]', "filters[1].keep[1]", "'equals'"),
    ('filters = [{name = "n", keep = [{column = "x", range = {fro = 3}}]}]', "filters[1].keep[1].range", "'from'"),
    ('filters = [{name = "n", keep = [{column = "x"}]}]', "filters[1].keep[1]", "exactly one test"),
    ('filters = [{name = "n"}]', "filters[1]", "either under `keep` or under `exclude`"),
    ('duplicates = "maybe"', "history.order_lines.duplicates", "'quarantine', 'drop' or 'keep'"),
    ('units = ["1 kg"]', "history.order_lines.units[1]", "without digits"),
    ('decimal = ","\nthousands = ","', "history.order_lines", "the same sign"),
    ('filters = [{name = "n", keep = [TEST]}, {name = "n", keep = [TEST]}]', "history.order_lines", "same name"),
]  # fmt: skip


@pytest.mark.parametrize(("setting", "where", "words"), LINES)
def test_a_wrong_mapping_is_named_by_its_place(tmp_path: Path, setting: str, where: str, words: str) -> None:
    text = MAPPED.replace('path = "x.csv"', f'path = "x.csv"\n{setting}').replace(
        "TEST", '{column = "x", is_null = true}'
    )
    with pytest.raises(UsageProblem) as problem:
        load_config(written(tmp_path, text))
    assert where in problem.value.where
    assert words in str(problem.value)


def test_a_missing_setting_without_default_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match=r"A setting is missing[^$]*order_lines"):
        load_config(written(tmp_path, ""))


def test_an_unknown_configuration_lists_the_ready_ones() -> None:
    with pytest.raises(UsageProblem, match="cdnow, demo, grocery, iowa, iowa_wallet, online_retail, world"):
        load_config("nobody")


PATHS = [
    ("lines.csv", {}, "{here}/lines.csv"),
    ("../lines.csv", {}, "{above}/lines.csv"),
    ("/data/lines.csv", {}, "/data/lines.csv"),
    ("${SUPPLIER:-data}/lines.csv", {}, "{here}/data/lines.csv"),
    ("${SUPPLIER:-data}/lines.csv", {"SUPPLIER": ""}, "{here}/data/lines.csv"),
    ("${SUPPLIER:-data}/lines.csv", {"SUPPLIER": "/srv"}, "/srv/lines.csv"),
    ("${SUPPLIER}/lines.csv", {"SUPPLIER": "mine"}, "{work}/mine/lines.csv"),
    ("in/${SUPPLIER}.csv", {"SUPPLIER": "mine"}, "{here}/in/mine.csv"),
    ("$SUPPLIER/lines.csv", {"SUPPLIER": "/srv"}, "{here}/$SUPPLIER/lines.csv"),
]


@pytest.mark.parametrize(("path", "environment", "expected"), PATHS)
def test_paths_are_relative_to_the_file_and_variables_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, environment: dict[str, str], expected: str
) -> None:
    (here := tmp_path / "here").mkdir()
    (work := tmp_path / "work").mkdir()
    monkeypatch.chdir(work)
    monkeypatch.delenv("SUPPLIER", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    config = load_config(written(here, MAPPED.replace("x.csv", path)))
    assert config.history.order_lines.path == expected.format(here=here, above=tmp_path, work=work)


def test_variables_are_replaced_in_paths_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPLIER", "x")
    config = load_config(written(tmp_path, MAPPED.replace('"a"', '"${SUPPLIER}"')))
    assert config.history.order_lines.columns.customer_id == "${SUPPLIER}"


def test_a_configuration_cannot_be_changed(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, MAPPED))
    with pytest.raises(ValueError, match="frozen"):
        config.time.gap_days = 3


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30))
def test_any_unknown_key_is_a_usage_problem(tmp_path_factory: pytest.TempPathFactory, key: str) -> None:
    known = {"gap_days", "horizon_days", "cutoff_months", "look_back_months"}
    quoted = '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
    file = written(tmp_path_factory.mktemp("config"), f"{MAPPED}[time]\n{quoted} = 3\n")
    if key not in known:
        with pytest.raises(UsageProblem):
            load_config(file)
