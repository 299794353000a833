"""`moorings features` explains one value down to its rows, and prints the catalogue as Markdown."""

import json
import re
from pathlib import Path

import pyarrow as pa
import pytest

from features.catalogue import FEATURES
from pipeline.cli import main
from tests.pipeline.suppliers import COLUMNS, lines, supplier

ASKED = ["features", "--explain", "spend_365d", "--customer", "C1", "--as-of", "2023-03-01"]


def test_a_value_is_explained_with_the_rows_that_entered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(supplier(tmp_path, lines()))
    assert main([*ASKED, "--config", config, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = found["rows"]
    assert [row["day"] for row in rows] == ["2023-01-02", "2023-01-16", "2023-02-02", "2023-02-16"]
    assert sum(row["amount"] for row in rows) == found["value"]
    assert [(row["order_id"], row["product_id"], row["quantity"]) for row in rows] == ROWS
    assert all(row["counted"] for row in rows) and not any("category" in row for row in rows)


ROWS = [("O1", "P1", 2), ("O5", "P2", 1), ("O9", "P0", 5), ("O13", "P1", 4)]


def test_only_keys_that_the_supplier_has_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a column of orders each day is one, and its made-up name tells nobody anything."""
    columns = COLUMNS.replace('order_id = "Order"\n', "").replace('product_id = "Item"', 'category = "Item"')
    assert main([*ASKED, "--config", str(supplier(tmp_path, lines(), columns=columns)), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert {*rows[0]} == {"day", "counted", "category", "quantity", "amount"} and rows[0]["category"] == "P1"


def test_a_customer_may_be_asked_for_by_the_id_it_had_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ids.csv").write_text("Old,New\nC1,K9\n")
    head = '[history.customer_ids]\npath = "ids.csv"\n[history.customer_ids.columns]\nfrom = "Old"\nto = "New"'
    config = str(supplier(tmp_path, lines(), head=head))
    for name in ("C1", "K9"):
        asked = [part.replace("C1", name) for part in ASKED]
        assert main([*asked, "--config", config]) == 0
        assert capsys.readouterr().out.startswith("spend_365d of K9 at 2023-03-01: 56 ")


def test_the_same_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASKED, "--config", str(supplier(tmp_path, lines()))]) == 0
    text = capsys.readouterr().out
    assert text.startswith("spend_365d of C1 at 2023-03-01: 56 (currency)\n")
    assert "    + 2023-02-16, order_id O13, product_id P1, quantity 4, amount 16.5\n" in text
    assert "cents" not in text and "marked" not in text


def test_rows_that_add_nothing_are_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Products P0, P1 and P2 in turn: the fourth order brings no new one."""
    asked = [part.replace("spend_365d", "products_365d") for part in ASKED]
    assert main([*asked, "--config", str(supplier(tmp_path, lines()))]) == 0
    text = capsys.readouterr().out
    assert [line.strip()[:12] for line in text.splitlines() if "order_id" in line] == [
        *("+ 2023-01-02", "+ 2023-01-16", "+ 2023-02-02", "- 2023-02-16")
    ]
    assert "those marked - lie in the window and add nothing" in text


@pytest.mark.parametrize(
    ("feature", "there", "left_out"),
    [("tenure_days", "2023-01-02", "and 16 later rows"), ("orders_365d", "2023-10-16", "and 8 earlier rows")],
)
def test_the_rows_that_matter_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], feature: str, there: str, left_out: str
) -> None:
    config = str(supplier(tmp_path, lines(1, 20)))
    asked = ["features", "--explain", feature, "--customer", "C0", "--as-of", "2023-11-10"]
    assert main([*asked, "--config", config]) == 0
    text = capsys.readouterr().out
    assert f"    + {there}" in text and left_out in text


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
    ("more", "head", "target", "days"),
    [
        ([], "", "churn", 15),
        (["--target", "partnership"], "", "partnership", 40),
        ([], '[training]\ntargets = ["partnership"]', "partnership", 40),
        ([], '[training.families_left_out]\nchurn = ["risk"]', "partnership", 40),
    ],
    ids=["the first", "asked for", "the only one", "the one that learns from it"],
)
def test_the_horizon_is_that_of_the_target(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], head: str, target: str, days: int
) -> None:
    head = f"[time]\nhorizon_days = 15\n[partnership]\nhorizon_days = 40\n{head}"
    config = str(supplier(tmp_path, lines(), head=head))
    asked = [part.replace("spend_365d", "long_pauses_returned_from") for part in ASKED] + more
    assert main([*asked, "--config", config, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["target"], found["horizon_days"]) == (target, days)
    assert main([*asked, "--config", config]) == 0
    assert f"As the {target} model sees it, with a horizon of {days} days" in capsys.readouterr().out


def test_a_null_says_which_table_is_absent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [part.replace("spend_365d", "contracts_in_force") for part in ASKED]
    config = str(supplier(tmp_path, lines()))
    assert main([*asked, "--config", config, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["missing"] == ["there is no table contracts"]
    assert main([*asked, "--config", config]) == 0
    assert "No value: there is no table contracts." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        ({"spend_365d": "spent_365d"}, 2, r"There is no such feature(.|\n)*did you mean 'spend_365d'"),
        ({"spend_365d": "nope"}, 2, r"There is no such feature(.|\n)*moorings features"),
        ({"C1": "C99"}, 3, r"Nothing is known of this customer(.|\n)*spelling, capitals included"),
        ({"C1": "c1"}, 3, r"Nothing is known of this customer(.|\n)*write it as the order lines do, of the form 'A9'"),
        ({"C1": "late"}, 3, r"Nothing is known of this customer(.|\n)*known on 2023-06-30"),
        ({"C1": ""}, 2, "--customer"),
        ({"2023-03-01": "2022-12-31"}, 3, r"says nothing of 2022-12-31(.|\n)*a date from 2023-01-03 to"),
        (
            {"2023-03-01": "2033-03-01"},
            3,
            r"says nothing of 2033-03-01(.|\n)*order lines from 2023-01-02 to 2023-06-30",
        ),
        ({"--customer": "--target=income --customer"}, 2, r"no such target(.|\n)*churn, partnership"),
    ],
    ids=["feature", "nothing like it", "nobody", "spelling", "later", "left out", "before", "after", "target"],
)
def test_what_cannot_be_explained_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changed: dict[str, str], code: int, message: str
) -> None:
    late = pa.table({"Customer": ["late"], "Order": ["L"], "Date": ["2023-06-30"], "Item": ["P0"], "Pieces": ["1"]})
    table = pa.concat_tables([lines(), late.append_column("Net", pa.array(["1.00"]))])
    asked = [word for part in ASKED for word in changed.get(part, part).split(" ")]
    assert main([*asked, "--config", str(supplier(tmp_path, table))]) == code
    assert re.search(message, capsys.readouterr().err)


def test_markdown_holds_a_row_for_every_feature(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["features", "--markdown"]) == 0
    text = capsys.readouterr().out
    assert all(f"| {feature.name} |" in text for feature in FEATURES)
    assert text.startswith("## rhythm")
    (row,) = (line for line in text.splitlines() if line.startswith("| probability_silent |"))
    for told in ("| [0, 1] |", "churn rises", "| order_lines |"):
        assert told in row


def test_the_catalogue_says_what_a_table_would_unlock(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["features", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["features"]}
    assert rows["contracts_in_force"]["needs"] == "contracts"
    assert rows["products_365d"]["needs"] == "order_lines.product_id"
    assert rows["contracts_in_force"]["high"] == "{value:.0f} contracts in force"
    needing = sum("contracts" in row["needs"] for row in rows.values())
    assert main(["features"]) == 0
    assert f"contracts {needing}," in capsys.readouterr().out.splitlines()[-1]
