"""The page holds what the export holds, whole and inert, and its file allows itself nothing."""

import base64
import hashlib
import html
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decision.recommend import ACT, HOLDOUT
from models.explanation.language import ENGLISH, Language
from pipeline.config import load_config
from pipeline.export import facts
from pipeline.report.page import document, words
from pipeline.report.page.customers import in_script, most_urgent
from pipeline.report.page.document import PARTS, SCRIPTS, STYLE, TEMPLATE, Numbers, write_page
from pipeline.report.page.portfolio import portfolio
from pipeline.standing.margins import Margins
from pipeline.translation import wanted
from tests.pipeline.prediction_rows import CUTOFF, prediction, predictions
from tests.pipeline.report.page_rows import FACTS, MARKUP, crowd, full

DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


def page(folder: Path, table: pa.Table, language: Language = ENGLISH, **more: Any) -> str:
    file = folder / "predictions.html"
    write_page(table, file, CUTOFF, more.pop("facts", FACTS), language, **more)
    return file.read_text(encoding="utf-8")


def data(content: str) -> Any:
    found = DATA.search(content)
    assert found is not None
    return json.loads(found[1])


def names(content: str) -> list[str]:
    held = data(content)
    return [held["strings"][number] for number in held["columns"]["customer_id"]["values"]]


def test_the_page_holds_every_customer_most_urgent_first(tmp_path: Path) -> None:
    table = predictions(full(2), full(0), prediction("n", None), full(1))
    assert names(page(tmp_path, table)) == ["Customer 00000", "Customer 00001", "Customer 00002", "n"]


def test_where_nothing_is_to_be_done_the_page_does_not_ask_by_what(tmp_path: Path) -> None:
    held, acting = full(0, play_status="holdout", act_now=False), full(0, play_status="act", act_now=True)
    assert "approach" not in data(page(tmp_path, predictions(held)))["columns"]
    assert "approach" in data(page(tmp_path, predictions(acting)))["columns"]


def test_the_same_rows_in_any_order_make_the_same_bytes(tmp_path: Path) -> None:
    table = crowd()
    assert page(tmp_path, table) == page(tmp_path, table.take(list(reversed(range(table.num_rows)))))


def test_a_page_that_lists_some_says_so_and_counts_all(tmp_path: Path) -> None:
    content = page(tmp_path, predictions(*map(full, range(9))), most=4)
    assert names(content) == [f"Customer {number:05d}" for number in range(4)]
    assert 'class="notice">This page holds the first 4 customers of 9.' in content
    assert "<strong>9</strong>" in content
    assert 'class="notice">This page' not in page(tmp_path, predictions(*map(full, range(9))), most=9)


def test_where_amounts_are_unknown_the_likeliest_to_leave_are_urgent() -> None:
    table = predictions(prediction("n", None), prediction("b", 0.2, 2), prediction("a", 0.9, 1))
    assert most_urgent(table, 2).column("customer_id").to_pylist() == ["a", "b"]


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5))
def test_no_text_gets_out_of_the_script_it_stands_in(content: object) -> None:
    written = in_script(content)
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == content


@pytest.mark.parametrize("text", MARKUP)
def test_hostile_text_is_data_and_nothing_else(tmp_path: Path, text: str) -> None:
    content = page(tmp_path, predictions(full(0, customer_id=text, reasons=[text])), facts={"Supplier": text})
    assert names(content) == [text]
    assert content.count("<script") == content.count("</script>") == 2
    assert "<img" not in content and "<!--" not in content


def test_the_policy_allows_its_own_style_and_script_and_nothing_else(tmp_path: Path) -> None:
    content = page(tmp_path, crowd())
    found = re.search(r'http-equiv="Content-Security-Policy" content="(.*?)"', content)
    assert found is not None
    policy = dict(part.split(" ", 1) for part in html.unescape(found[1]).split("; "))
    assert policy["default-src"] == "'none'"
    for tag in ("style", "script"):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", content, re.DOTALL)
        digests = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in inside]
        assert policy[f"{tag}-src"] == " ".join(f"'sha256-{digest}'" for digest in digests)


def test_the_parts_reach_for_nothing_outside_and_parse_no_markup() -> None:
    forbidden = re.compile(
        r"\b(eval|Function|innerHTML|outerHTML|insertAdjacentHTML|fetch|import|url)\(|@import|document.write"
    )
    assert forbidden.search("node.innerHTML = x".replace(" = ", "("))
    for name in (*SCRIPTS, STYLE, TEMPLATE):
        text = (PARTS / name).read_text()
        assert not forbidden.search(text), name
        assert re.findall(r"https?://[^\"' ]+", text) in ([], ["http://www.w3.org/2000/svg"]), name


def test_the_portfolio_agrees_with_counting_row_by_row() -> None:
    table = crowd()
    rows, found = table.to_pylist(), portfolio(table)
    acting = [row for row in rows if row["play_status"] == ACT]
    assert found.statuses == Counter(row["status"] for row in rows)
    assert found.leaving == pytest.approx(sum(row["churn_probability"] or 0 for row in rows))
    assert {key: group.count for key, group in found.states.items()} == Counter(
        row["state"] for row in rows if row["state"]
    )
    assert found.moved == Counter((row["previous_state"], row["state"]) for row in rows if row["state"])
    assert {key: group.count for key, group in found.plays.items()} == Counter(row["play"] for row in acting)
    assert found.to_act.profit == pytest.approx(sum(row["play_profit"] for row in acting))
    assert found.held_out == Counter(row["play"] for row in rows if row["play_status"] == HOLDOUT)


def test_a_page_of_nobody_and_of_bare_rows_can_be_written(tmp_path: Path) -> None:
    for rows in ([], [prediction("n", None)], [prediction("a")]):
        content = page(tmp_path, predictions(*rows))
        assert "<h1>" in content and "<noscript>" in content


def test_every_word_is_asked_for_and_every_word_asked_for_is_there() -> None:
    text = "\n".join((PARTS / name).read_text() for name in (TEMPLATE, *SCRIPTS))
    asked = set(re.findall(r'(?:say|section)\("(\w+)"', text))
    asked |= set(re.findall(r'(?:neighbour|button)\("(\w+)"', text))
    asked |= set(re.findall(r'"(\w+)"', re.findall(r"{% for key in \((.*?)\) %}", text)[0]))
    assert asked == set(words.WORDS)


OWN = Margins(np.zeros(1), 0.12, own=True)
LOUD = Language("loud", ENGLISH.grammar, {text: f"!{text}" for text in wanted()})
"""A language in which every text we know of begins with a mark."""


def test_everything_people_see_is_translated(tmp_path: Path) -> None:
    told = facts.facts(load_config("demo"), "points", date(2024, 1, 1), OWN, LOUD)
    content = page(tmp_path, crowd(), LOUD, facts=told)
    body = re.sub(r"<(style|script)\b.*?</\1>", "", content[content.index("<body") :], flags=re.DOTALL)
    seen = [html.unescape(text).strip() for text in re.findall(r">([^<]+)<", body)]
    ours = [text for text in seen if re.search("[a-z]", text) and text not in told.values()]
    assert [text for text in ours if "!" not in text and "points" not in text and "acme" not in text] == []
    held = data(content)
    assert all(text.startswith("!") for text in held["words"].values())
    assert all(column.get("heading", "!").startswith("!") for column in held["columns"].values())
    assert all(word.startswith("!") for column in held["columns"].values() for word in column.get("words", []))


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1234.6, "EUR", "€1,235"),
        (-5.0, "USD", "-$5"),
        (1234.6, "points", "1,235 points"),
        (None, "EUR", "–"),
        (7.0, "", "7"),
    ],
)
def test_amounts_carry_their_currency(amount: float | None, currency: str, text: str) -> None:
    assert Numbers(ENGLISH, currency).money(amount) == text


def test_scripts_are_put_together_in_a_scope_of_their_own() -> None:
    script = document._script()
    assert script.startswith('"use strict";\n(() => {') and script.endswith("})();")


def test_the_head_names_every_table_that_any_row_rests_on_once_and_in_order(tmp_path: Path) -> None:
    levels = ["order lines, contracts", "order lines only", "order lines, interactions"]
    table = predictions(*(full(number, evidence_level=level) for number, level in enumerate(levels)))
    content = page(tmp_path, table)
    assert "Order lines, interactions, contracts" in content[: content.index("<script")]
    assert "Order lines, contracts" in data(content)["strings"]
    alone = predictions(full(0, evidence_level="order lines only"))
    assert "Order lines only" in page(tmp_path, alone)
