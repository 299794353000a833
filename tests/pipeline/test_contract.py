"""The export contract says what is exported, and cannot change without its version."""

from dataclasses import replace
from pathlib import Path

import jsonschema
import pyarrow as pa
import pytest

from features.engine.plan import STATUS
from features.errors import UsageProblem
from pipeline.contract import generate as contract
from pipeline.contract.generate import COMMAND, check, committed, generate
from pipeline.contract.predictions import FIELDS, SCHEMA, Field
from pipeline.contract.schema import allowed, changed, schema
from pipeline.contract.version import EXPORT_VERSION
from tests.pipeline.prediction_rows import prediction, predictions

NEW = Field("next_call", pa.string(), "text", 10, "what to do")


def change(name: str, **parts: object) -> tuple[Field, ...]:
    return tuple(replace(field, **parts) if field.name == name else field for field in FIELDS)


def without(name: str) -> tuple[Field, ...]:
    return tuple(field for field in FIELDS if field.name != name)


def test_the_committed_contract_is_that_of_the_code() -> None:
    found = committed()
    assert found is not None
    check(found, schema())  # says which version a change of the columns needs
    assert found == schema(), f"the contract is out of date: {COMMAND}"


CHANGES = [
    ((*FIELDS, NEW), "minor", "next_call is new"),
    (without("churn_rank"), "major", "churn_rank is gone"),
    (change("churn_rank", type=pa.int64()), "major", "churn_rank was"),
    (change("churn_rank", least=0), "major", "churn_rank was"),
    (change("status", given=False), "major", "status was"),
    (change("status", words=(*STATUS, "paused")), "major", "status was"),
    (change("churn_rank", meaning="1 = first"), "words", "churn_rank is described otherwise"),
    ((*without("churn_rank"), NEW), "major", "churn_rank is gone"),
    (FIELDS[::-1], "none", None),
]


@pytest.mark.parametrize(("fields", "kind", "text"), CHANGES)
def test_what_a_change_means_to_readers(fields: tuple[Field, ...], kind: str, text: str | None) -> None:
    found, texts = changed(schema(), schema(fields))
    assert found == kind
    assert any(each.startswith(text) for each in texts) if text else texts == []


@pytest.mark.parametrize(
    ("kind", "versions"),
    [("none", {"1.4"}), ("words", {"1.4"}), ("minor", {"1.5"}), ("major", {"2.0"})],
)
def test_each_change_takes_one_step_of_the_version(kind: str, versions: set[str]) -> None:
    tried = ("1.3", "1.4", "1.5", "1.6", "2.0", "2.1", "3.0")
    assert {version for version in tried if allowed(kind, "1.4", version)} == versions  # type: ignore[arg-type]


def test_a_change_without_a_version_is_refused_and_says_which_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    major, minor = EXPORT_VERSION.split(".")
    following = f"{major}.{int(minor) + 1}"
    before = generate(tmp_path).read_text()
    monkeypatch.setattr(contract, "schema", lambda: schema((*FIELDS, NEW)))
    with pytest.raises(UsageProblem, match=rf'next_call is new(.|\n)*set EXPORT_VERSION = "{following}", then'):
        generate(tmp_path)
    assert (tmp_path / "predictions-v1.json").read_text() == before
    monkeypatch.setattr(contract, "schema", lambda: schema((*FIELDS, NEW), following))
    generate(tmp_path)
    assert (committed(tmp_path) or {})["version"] == following


def test_rows_keep_the_contract_and_broken_ones_do_not() -> None:
    rule = jsonschema.Draft202012Validator(schema())
    full = {"evidence_level": "order lines only", "input_fingerprint": "0" * 64}
    (row,) = predictions(prediction("a", **full)).to_pylist()
    assert not list(rule.iter_errors(row | {"cutoff": str(row["cutoff"])}))
    for broken in ({"status": "gone"}, {"status": None}, {"churn_decile": 11}, {"churn_probability": 1.5}):
        assert list(rule.iter_errors(row | {"cutoff": str(row["cutoff"])} | broken))


def test_the_contract_names_the_statuses_of_the_engine_and_every_column() -> None:
    found = schema()["properties"]
    assert found["status"]["enum"] == list(STATUS)
    assert list(found) == SCHEMA.names
