"""`moorings features` explains one value down to its rows, and prints the catalogue as Markdown."""

import json
from pathlib import Path

import pytest

from features.catalogue import FEATURES
from pipeline.cli import main
from tests.pipeline.suppliers import lines, supplier

ASKED = ["features", "--explain", "spend_365d", "--customer", "C1", "--as-of", "2023-03-01"]


def test_a_value_is_explained_with_the_rows_that_entered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(supplier(tmp_path, lines()))
    assert main([*ASKED, "--config", config, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    spend = found["parts"][0]
    assert [row["day"] for row in spend["rows"]] == ["2023-01-02", "2023-01-16", "2023-02-02", "2023-02-16"]
    assert sum(row["amount"] for row in spend["rows"]) == spend["value"] == found["value"] * 100


def test_the_same_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASKED, "--config", str(supplier(tmp_path, lines()))]) == 0
    text = capsys.readouterr().out
    assert text.startswith("spend_365d of C1 at 2023-03-01") and "2023-02-16, amount" in text


@pytest.mark.parametrize(
    ("feature", "there", "left_out"),
    [("tenure_days", "2023-01-02", "and 8 later rows"), ("orders_365d", "2023-10-16", "and 8 earlier rows")],
)
def test_the_rows_that_matter_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], feature: str, there: str, left_out: str
) -> None:
    config = str(supplier(tmp_path, lines(1, 20)))
    asked = ["features", "--explain", feature, "--customer", "C0", "--as-of", "2023-12-01"]
    assert main([*asked, "--config", config]) == 0
    text = capsys.readouterr().out
    assert f"    {there}" in text and left_out in text


@pytest.mark.parametrize(("churn", "gaps"), [("", 1), ('[churn]\ntarget = "own_rhythm"\nrhythm_most_days = 60', 0)])
def test_the_horizon_is_that_of_the_churn_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], churn: str, gaps: int
) -> None:
    """A pause of 17 days is as long as a horizon of 15, and not as long as one of 60."""
    head = f"[time]\nhorizon_days = 15\n{churn}"
    config = str(supplier(tmp_path, lines(), head=head))
    asked = [part.replace("spend_365d", "long_pauses_returned_from") for part in ASKED]
    assert main([*asked, "--config", config, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["value"] == gaps


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        ({"spend_365d": "spent_365d"}, 2, "There is no such feature"),
        ({"C1": "C9"}, 3, "Nothing is known of this customer"),
        ({"C1": ""}, 2, "--customer"),
    ],
    ids=["feature", "customer", "left out"],
)
def test_what_cannot_be_explained_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changed: dict[str, str], code: int, message: str
) -> None:
    config = str(supplier(tmp_path, lines()))
    assert main([*(changed.get(part, part) for part in ASKED), "--config", config]) == code
    assert message in capsys.readouterr().err


def test_markdown_holds_a_row_for_every_feature(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["features", "--markdown"]) == 0
    text = capsys.readouterr().out
    assert all(f"| {feature.name} |" in text for feature in FEATURES)
    assert text.startswith("## rhythm")
