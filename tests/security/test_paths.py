"""Paths that point outside: in the prediction store, in the registry, in the export, in the configuration."""

import json
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from features.errors import DataProblem, ModelProblem, UsageProblem
from models.bundle import BOOSTER, BUNDLE, DIGESTS, canonical, digest, write_files
from models.stored import load_model
from pipeline.config import load_config
from pipeline.export.expiry import expire
from pipeline.export.export import NAMES, Edition, export_newest
from pipeline.export.store import PredictionStore
from pipeline.process.files import replacing
from tests.pipeline.prediction_rows import CUTOFF, prediction, predictions

SECRET = "Zaunkoenig"


@pytest.fixture
def store(tmp_path: Path) -> PredictionStore:
    found = PredictionStore(tmp_path / "runs" / "predictions" / "acme")
    found.write(predictions(prediction("a")), CUTOFF)
    return found


def test_a_file_of_the_store_that_is_gone_is_named(store: PredictionStore) -> None:
    (file,) = store.folder.rglob("*.parquet")
    file.unlink()
    with pytest.raises(DataProblem, match="not in its folder"):
        store.read(CUTOFF)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file of the right form that is none of the store's."""
    path = tmp_path / "outside.parquet"
    pq.write_table(predictions(prediction(SECRET)).drop_columns(["cutoff"]), path)
    return path


def pointing(store: PredictionStore, path: str) -> None:
    """The log of the store names `path` in place of the file it wrote."""
    for log in (store.folder / "_delta_log").glob("*.json"):
        actions = [json.loads(line) for line in log.read_text().splitlines()]
        for action in actions:
            if "add" in action:
                action["add"]["path"] = path
        log.write_text("\n".join(map(json.dumps, actions)))


@pytest.mark.parametrize("form", ["absolute", "address", "upwards"])
def test_a_log_that_names_a_file_outside_is_refused(store: PredictionStore, outside: Path, form: str) -> None:
    named = {"absolute": str(outside), "address": outside.as_uri(), "upwards": "../../../outside.parquet"}[form]
    pointing(store, named)
    with pytest.raises(DataProblem, match="not in its folder") as caught:
        store.read(CUTOFF)
    assert SECRET not in str(caught.value)


def test_a_file_of_the_store_that_is_a_link_outside_is_refused(store: PredictionStore, outside: Path) -> None:
    (file,) = store.folder.rglob("*.parquet")
    file.unlink()
    file.symlink_to(outside)
    with pytest.raises(DataProblem, match="not in its folder"):
        store.read(CUTOFF)


def test_a_store_behind_a_link_is_read(store: PredictionStore, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").symlink_to(store.folder)
    assert PredictionStore(tmp_path / "elsewhere").read(CUTOFF).num_rows == 1


def test_cleaning_up_follows_no_link(store: PredictionStore, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "old.parquet").write_bytes(b"x")
    os.utime(kept / "old.parquet", (0, 0))
    (store.folder / "link").symlink_to(kept)
    expire(store, load_config("demo").storage)
    assert (kept / "old.parquet").exists()


@pytest.mark.parametrize("name", NAMES)
def test_an_exported_file_that_is_a_link_is_replaced_and_its_target_left_alone(
    store: PredictionStore, tmp_path: Path, name: str
) -> None:
    target = tmp_path / "target"
    target.write_text("untouched")
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / name).symlink_to(target)
    export_newest(store, tmp_path / "export", Edition())
    assert target.read_text() == "untouched"
    assert not (tmp_path / "export" / name).is_symlink()


@pytest.mark.parametrize("name", ["../acme", "a/b", "..", "/etc/acme", "a\\u0000b", ""])
def test_the_name_of_a_supplier_is_no_path(tmp_path: Path, name: str) -> None:
    file = tmp_path / "acme.toml"
    file.write_text(f'name = "{name}"\n[history.order_lines]\npath = "x"\n')
    with pytest.raises(UsageProblem, match="name"):
        load_config(file)


@pytest.mark.parametrize("extended", ["../acme.toml", "/etc/passwd", "a/../b.toml"])
def test_a_configuration_extends_only_its_neighbours(tmp_path: Path, extended: str) -> None:
    (tmp_path / "acme.toml").write_text(f'extends = "{extended}"\n')
    with pytest.raises(UsageProblem, match="extend"):
        load_config(tmp_path / "acme.toml")


def test_a_model_folder_of_links_to_other_files_is_refused_unparsed(tmp_path: Path) -> None:
    write_files(tmp_path / "model", "trees", {"names": []})
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    (tmp_path / "model" / BOOSTER).unlink()
    (tmp_path / "model" / BOOSTER).symlink_to(secret)
    with pytest.raises(ModelProblem, match="damaged or was changed") as caught:
        load_model(tmp_path / "model")
    assert SECRET not in str(caught.value)


def test_digests_that_name_files_elsewhere_reach_no_file(tmp_path: Path) -> None:
    write_files(tmp_path / "model", "trees", {"names": []})
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    listed = {"../secret": digest(secret.read_bytes()), BUNDLE: digest((tmp_path / "model" / BUNDLE).read_bytes())}
    (tmp_path / "model" / DIGESTS).write_bytes(canonical(listed))
    with pytest.raises(ModelProblem, match=r"booster\.txt"):
        load_model(tmp_path / "model")


@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077])
def test_a_written_file_has_the_rights_that_the_umask_leaves(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        with replacing(tmp_path / "file.txt") as draft:
            draft.write_text("x")
    finally:
        os.umask(before)
    assert (tmp_path / "file.txt").stat().st_mode & 0o777 == 0o666 & ~mask
