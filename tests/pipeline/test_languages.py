"""People read the language of the configuration, and nobody writes English past the translations."""

import re
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from features.catalogue import FEATURES
from features.errors import UsageProblem
from models.explanation.language import ENGLISH, Language
from models.explanation.wording import DIRECTIONS, said, sentence
from pipeline.config import CONFIGS, load_config
from pipeline.contract.predictions import FIELDS
from pipeline.export import facts
from pipeline.export.export import NAMES, Edition, export_newest
from pipeline.export.store import PredictionStore
from pipeline.languages import language
from pipeline.report.page import words as page_words
from pipeline.report.page.document import PARTS, SCRIPTS, TEMPLATE
from pipeline.scoring.at_cutoff import _warn_of_english
from pipeline.standing.margins import Margins
from pipeline.translation import wanted
from tests.pipeline.prediction_rows import CUTOFF, prediction, predictions

CHINESE = language("zh_CN")
DOUBTFUL = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

#, fuzzy
msgid "a"
msgstr "甲"

msgid "b"
msgstr "乙"
"""


def test_doubtful_translations_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "zh_CN.po").write_text(DOUBTFUL, encoding="utf-8")
    monkeypatch.setattr("pipeline.languages.TEXTS", tmp_path)
    found = language.__wrapped__("zh_CN")
    assert (found.text("a"), found.text("b")) == ("a", "乙")


SAYINGS = {
    "orders_90d": (2, 5, "近 90 天仅 2 笔订单；同类客户通常为 5。"),
    "days_since_last_order": (80, 12, "已有 80 天未下单；同类客户通常为 12。"),
    "spend_365d": (12_345, 8_000, "近 365 天采购额 12,345；同类客户通常为 8,000。"),
    "spend_rank_365d": (0.1, 0.5, "近 365 天采购额仅高于 10% 的活跃客户。"),
    "wallet_share_change_92d": (-0.25, 0.001, "我方钱包份额下降（近 92 天变化 -25 个百分点）；同类客户通常为 0。"),
    "overdue_ratio": (304, 1, "未下单时长为平时下单间隔的 20 倍以上；同类客户通常为 1.0。"),
    "overdue_to_longest": (14.4, 1, "未下单时长为近两年最长停单的 14 倍；同类客户通常为 1.0。"),
    "overdue_to_ninth_decile": (0.01, 1, "未下单时长不到其很少超过的停单时长的 0.1 倍；同类客户通常为 1.0。"),
    "half_year_months_with_order": (6, 3, "近 6 个月每月都下单；同类客户通常为 3。"),
    "share_of_months_with_order": (1, 0.5, "近一年合作月份全部下过单；同类客户通常为 50%。"),
    "longest_run_of_silent_months": (0, 2, "近一年每月都下单；同类客户通常为 2。"),
    "share_of_order_days_in_season": (0, 0.5, "全年下单日中无一落在接下来的时节；同类客户通常为 50%。"),
    "discount_dependence_365d": (0, 1, "采购额完全没有用于九折及以下的商品；同类客户通常为 100%。"),
    "expected_order_days_if_alive": (0.01, 2.4, "计入停单影响，预测期内预计不会下单；同类客户通常为 2.4。"),
    "order_days_halving_15d": (0.01, 0.5, "近期活跃度折合 0 个下单日（15 天前的折半计）；同类客户通常为 0.5。"),
    "contacts_365d": (0, 4, "近 365 天没有联系；同类客户通常为 4。"),
}


@pytest.mark.parametrize("name", SAYINGS)
def test_chinese_sentences(name: str) -> None:
    value, usual, expected = SAYINGS[name]
    feature = next(feature for feature in FEATURES if feature.name == name)
    assert sentence(feature, value, usual, CHINESE) == expected


TRANSLATED = [feature for feature in FEATURES if CHINESE.knows(feature.high) and CHINESE.knows(feature.low)]
"""What is missing is told once, by `test_translation.py`."""
WRONG = {
    "English letters or signs": r"[A-Za-z{};:()]|[,.](?!\d)",
    "only nothing": r"仅[^\d]{0,8}0(?![.\d])",
    "digits that stick to characters": r"[\u4e00-\u9fff][\d+-]|[\d%][\u4e00-\u9fff]",
    "spaces in vain": r"^ |  | [，。；（）]|[，。；（）] ",
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(("value", "usual"), [(1.0, 40.0), (40.0, 1.0), (0.0, 0.4), (0.4, 0.0), (0.0, 1e6)])
def test_every_feature_reads_as_one_chinese_sentence(value: float, usual: float, wrong: str) -> None:
    told = {feature.name: sentence(feature, value, usual, CHINESE) for feature in TRANSLATED}
    assert {name: text for name, text in told.items() if re.search(WRONG[wrong], text)} == {}
    assert all(text.endswith("。") for text in told.values() if text)


def test_no_two_phrases_read_the_same_in_chinese() -> None:
    phrases = {text for feature in TRANSLATED for text in (feature.high, feature.low)}
    assert len({CHINESE.text(phrase) for phrase in phrases}) == len(phrases)


OWN = Margins(np.zeros(1), 0.12, own=True)
LOUD = Language("loud", ENGLISH.grammar, {text: f"!{text}" for text in wanted()})
"""A language in which every text we know of begins with a mark: what lacks it was never declared."""


def test_everything_people_see_in_a_workbook_is_translated(tmp_path: Path) -> None:
    row = {"evidence_level": "order lines, contracts", "peer_group": "region", "partnership_reasons": ["x"]}
    store = PredictionStore(tmp_path / "predictions")
    store.write(predictions(prediction("a", 0.9, 1, **row), prediction("b", None)), CUTOFF)
    told = facts.facts(load_config("demo"), "EUR", date(2024, 1, 1), OWN, LOUD)
    exported = export_newest(store, tmp_path / "export", Edition(LOUD, facts=told))
    book = openpyxl.load_workbook(exported.folder / NAMES[2])
    rows = list(book["!customers"].iter_rows(values_only=True))
    first = dict(zip(rows[0], rows[1], strict=True))
    about = [cells for cells in book["!about"].iter_rows(values_only=True) if any(cells)]
    assert [cell for cell in rows[0] if not cell.startswith("!")] == []
    assert [first[f"!{name}"] for name in ("Status", "Peer group", "Evidence level")] == [
        "!eligible", "!region", "!order lines, !contracts"
    ]  # fmt: skip
    assert [text for label, text in about if not label.startswith("!")] == []
    ours = [text for label, text in about if label not in ("!As of", "!Supplier", "!Currency")]
    assert [text for text in ours if not text.startswith("!")] == []
    assert len(about) >= len(FIELDS) and book.properties.title == "!Moorings predictions"


@pytest.mark.parametrize(("kind", "direction"), DIRECTIONS)
def test_every_sentence_is_translated(kind: str, direction: str) -> None:
    assert said(kind, direction, "No orders.", LOUD).startswith("!")
    loud = [sentence(feature, value, 0.5, LOUD) for feature in FEATURES for value in (0.0, 1.0)]
    assert [text for text in loud if text and not text.startswith("!!")] == []


def test_what_is_said_in_english_for_want_of_a_translation_is_named(caplog: pytest.LogCaptureFixture) -> None:
    one, other = FEATURES[:2]
    spoken = Language("zh_CN", ENGLISH.grammar, dict.fromkeys((one.high, one.low, other.high), "言"))
    _warn_of_english(spoken, (one, other))
    assert f"no translation into zh_CN of what is said of {other.name}: it stays English" in caplog.text
    caplog.clear()
    _warn_of_english(spoken, (one,))
    _warn_of_english(ENGLISH, FEATURES)
    assert not caplog.records


def test_names_and_codes_of_other_formats_stay_english(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path / "predictions")
    store.write(predictions(prediction("a")), CUTOFF)
    plain, chinese = (export_newest(store, tmp_path / each.name, Edition(each)) for each in (ENGLISH, CHINESE))
    same = {name for name in NAMES if plain.digests[name] == chinese.digests[name]}
    assert same == {name for name in NAMES if not name.endswith(("xlsx", "html"))}


def test_chinese_headings_fit_into_two_lines(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path / "predictions")
    store.write(predictions(prediction("a")), CUTOFF)
    exported = export_newest(store, tmp_path / "export", Edition(CHINESE))
    sheet = openpyxl.load_workbook(exported.folder / NAMES[2]).worksheets[0]
    groups = sheet.column_dimensions.values()
    width = {place: group.width for group in groups for place in range(group.min, group.max + 1)}
    lines = {cell.value: 2 * len(cell.value) / width[cell.column] for cell in sheet[1]}
    assert {title: needed for title, needed in lines.items() if needed > 2} == {}


def test_another_language_writes_the_workbook_anew(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path / "predictions")
    store.write(predictions(prediction("a")), CUTOFF)
    first = export_newest(store, tmp_path / "export", Edition())
    assert export_newest(store, tmp_path / "export", Edition(CHINESE)).digests != first.digests


def test_an_unknown_language_is_refused_with_those_there_are(tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    file.write_text('extends = "demo.toml"\n[scoring]\nlanguage = "de"\n')
    (tmp_path / "demo.toml").write_text((CONFIGS / "demo.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(UsageProblem, match=r"scoring\.language(.|\n)*'de'(.|\n)*en, zh_CN"):
        load_config(file)


def test_chinese_sentences_of_the_page_keep_its_own_punctuation() -> None:
    told = [CHINESE.text(text) for text in page_words.texts()]
    assert [text for text in told if re.search(r"[\u4e00-\u9fff]\s*:|:\s*[\u4e00-\u9fff]", text)] == []
    asked = "".join((PARTS / name).read_text(encoding="utf-8") for name in (TEMPLATE, *SCRIPTS))
    assert re.findall(r"say\([^()]*\)\s*(?:\}\}|\})\s*:", asked) == []
