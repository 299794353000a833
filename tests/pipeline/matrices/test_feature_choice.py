"""Only what the tables allow is built; a family left out is not learned from; what a model needs is built to score."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from features.catalogue import FEATURES
from features.engine.store import LineStore
from features.history import CUSTOMERS, History
from features.table_declaration import ARROW_TYPE
from pipeline.config import Config
from pipeline.matrices.dataset import snapshot
from pipeline.matrices.feature_choice import audited_only, learned_features, scored_features
from pipeline.matrices.known_history import OtherTables
from pipeline.matrices.tasks import tasks
from pipeline.sources.history import read_history
from pipeline.standing.index_rows import index_columns, peer_groups
from pipeline.training.contest import wide_dataset
from tests.pipeline.supplier import END, START, configured, lines

ATTRIBUTES = {"customer_id": "key", "valid_from": "date", "region": "text", "employees": "number"}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return configured(tmp_path_factory.mktemp("choice"), lines(80), targets=("churn", "partnership"))


def supplier_of(config: Config, *, attributes: bool = True) -> LineStore:
    """The small supplier; the first half of its customers in the north, each with as many employees as its number."""
    history = read_history(config).history
    names = sorted(set(history.order_lines.column("customer_id").to_pylist()))
    values = {
        "customer_id": names,
        "valid_from": [START] * len(names),
        "region": ["north" if number < len(names) // 2 else "south" for number in range(len(names))],
        "employees": [float(number) for number in range(len(names))],
    }
    table = pa.table({name: _column(name, column) for name, column in values.items()})
    return LineStore.from_history(History(history.order_lines, "", {"customers": table} if attributes else {}))


def _column(name: str, values: list[object]) -> pa.Array:
    assert CUSTOMERS.by_name[name].kind == ATTRIBUTES[name]
    kind = ARROW_TYPE[CUSTOMERS.by_name[name].kind]
    return pa.array(values, pa.string()).dictionary_encode() if pa.types.is_dictionary(kind) else pa.array(values, kind)


def names(features: tuple[object, ...]) -> set[str]:
    return {feature.name for feature in features}


def test_strength_is_learned_from_for_churn_and_not_for_partnership(config: Config) -> None:
    store = supplier_of(config)
    assert "employees" in names(learned_features(store, "churn", config))
    assert not {f.family for f in learned_features(store, "partnership", config)} & {"strength"}


def test_what_partnership_does_not_learn_from_is_there_to_be_audited(config: Config) -> None:
    store = supplier_of(config)
    task = tasks(config)["partnership"]
    every = wide_dataset(store, OtherTables(), task, config).names
    apart = audited_only(every, "partnership", config)
    assert "employees" in apart
    assert set(every) - set(apart) == names(learned_features(store, "partnership", config))
    assert audited_only(every, "churn", config) == []


def test_the_families_left_out_are_a_setting(config: Config) -> None:
    left_out = config.training.families_left_out.model_copy(update={"churn": ["rhythm"], "partnership": []})
    other = config.model_copy(update={"training": config.training.model_copy(update={"families_left_out": left_out})})
    assert "rhythm" not in {f.family for f in learned_features(supplier_of(config), "churn", other)}
    assert "employees" in names(learned_features(supplier_of(config), "partnership", other))


def test_no_column_that_is_null_for_everybody_is_built(config: Config) -> None:
    store = supplier_of(config, attributes=False)
    matrix = snapshot(store, [END], tasks(config)["churn"], config)
    assert set(matrix.names) == names(learned_features(store, "churn", config)) < names(FEATURES)
    assert not any("employee" in name or name.startswith("wallet") for name in matrix.names)


def test_what_a_model_needs_is_built_though_its_table_is_gone(config: Config) -> None:
    store = supplier_of(config, attributes=False)
    features = scored_features(store, ["employees", "has_customers"])
    matrix = snapshot(store, [END], tasks(config)["churn"], config, features)
    column = {name: matrix.values[:, matrix.names.index(name)] for name in ("employees", "has_customers")}
    assert np.isnan(column["employees"]).all() and (column["has_customers"] == 0).all()


def test_indices_are_given_to_the_eligible_with_their_peers_and_coverage(config: Config) -> None:
    store = supplier_of(config)
    features = scored_features(store, [])
    matrix = snapshot(store, [END], tasks(config)["churn"], config, features)
    found = index_columns(store, matrix)
    eligible = matrix.spine.status == 0
    assert [value is not None for value in found["peer_group"]] == eligible.tolist()
    assert {value for value in found["strength_index_coverage"] if value is not None} == {round(1 / 6, 3)}
    strength = [value for value in found["strength_index"] if value is not None]
    assert min(strength) >= 0 and max(strength) <= 100 and len(set(strength)) > 10
    assert set(found["pressure_index"]) == {None} and set(found["pressure_index_coverage"]) == {None, 0.0}


def test_peers_are_found_by_attributes_as_they_were(config: Config) -> None:
    store = supplier_of(config)
    early = START + timedelta(days=400)
    matrix = snapshot(store, [early], tasks(config)["churn"], config)
    assert set(peer_groups(store, matrix).names) == {"region"}
    assert set(peer_groups(supplier_of(config, attributes=False), matrix).names) == {"everybody"}


def test_an_unknown_family_is_refused_by_name(config: Config, tmp_path: Path) -> None:
    from features.errors import UsageProblem  # noqa: PLC0415
    from pipeline.config import load_config  # noqa: PLC0415

    text = '[history.order_lines]\npath = "x.csv"\n[history.order_lines.columns]\ncustomer_id = "c"\nordered_on = "d"\n'
    (tmp_path / "a.toml").write_text(text + '[training.families_left_out]\nchurn = ["strenght"]\n')
    with pytest.raises(UsageProblem, match="strenght"):
        load_config(tmp_path / "a.toml")
