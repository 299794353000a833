"""Names that would do something where they are shown: the whole corpus through CSV, XLSX, Parquet, HTML, a database."""

import csv
import sqlite3
import tomllib
from collections import Counter
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq

from pipeline.export.database import deliver
from pipeline.export.export import NAMES, Edition, export_newest
from pipeline.export.store import PredictionStore
from tests.pipeline.prediction_rows import CUTOFF, prediction, predictions

CORPUS = Path(__file__).with_name("hostile.toml")
LIVE = set("=+-@\uff1d\uff0b\uff0d\uff20\t\r")


def corpus() -> list[str]:
    """Every text of the corpus, and one of 10,000 letters."""
    texts: list[str] = [text for texts in tomllib.loads(CORPUS.read_text(encoding="utf-8")).values() for text in texts]
    return [*dict.fromkeys(texts), "x" * 10_000]


def test_the_corpus_is_inert_in_every_format(tmp_path: Path) -> None:
    texts = sorted(corpus())
    assert len(texts) > 40
    rows = predictions(*(prediction(text, rank=at + 1, reasons=[text, text]) for at, text in enumerate(texts)))
    store = PredictionStore(tmp_path / "predictions")
    store.write(rows, CUTOFF)
    folder = export_newest(store, tmp_path / "export", Edition()).folder
    table = pq.read_table(folder / NAMES[0])
    assert sorted(table.column("customer_id").to_pylist()) == texts
    with (folder / NAMES[1]).open(newline="", encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    assert len(read) == len(texts)
    for row in read:
        for cell in (row["customer_id"], row["reason_1"], row["reason_2"]):
            assert cell.lstrip()[:1] not in LIVE
            assert not any(ord(sign) < 32 or ord(sign) == 127 for sign in cell)
    sheet = openpyxl.load_workbook(folder / NAMES[2])["customers"]
    cells = [cell for line in sheet.iter_rows(min_row=2) for cell in line if cell.value is not None]
    assert sheet.max_row == len(texts) + 1
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}
    assert not [cell for cell in cells if cell.hyperlink]


class Elements(HTMLParser):
    """What a browser would make of a page: its elements with the names of their attributes, and its comments."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[object] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[tag, tuple(name for name, _ in attrs)] += 1

    def handle_comment(self, data: str) -> None:
        self.found[data] += 1


def elements(texts: list[str], folder: Path) -> Counter[object]:
    """Those of the page of customers, reasons and a supplier with these texts."""
    rows = [prediction(text, rank=at + 1, reasons=[text, text]) for at, text in enumerate(texts)]
    store = PredictionStore(folder / "predictions")
    store.write(predictions(*rows), CUTOFF)
    parser = Elements()
    parser.feed((export_newest(store, folder / "export", Edition()).folder / NAMES[3]).read_text(encoding="utf-8"))
    return parser.found


def test_the_corpus_adds_no_element_to_the_page(tmp_path: Path) -> None:
    harmless = [f"Customer {number}" for number in range(len(corpus()))]
    plain = elements(harmless, tmp_path / "harmless")
    assert elements(corpus(), tmp_path / "hostile") == plain
    assert plain.total() > 50
    unescaped = Elements()  # the mutant: what they would be as markup
    unescaped.feed("".join(corpus()))
    assert unescaped.found.total() > 3


def test_the_corpus_is_a_value_in_a_database(tmp_path: Path) -> None:
    texts = [text for text in corpus() if "\0" not in text]
    address = tmp_path / "there.db"
    rows = predictions(*(prediction(text, rank=at + 1, reasons=[text]) for at, text in enumerate(texts)))
    for _ in range(2):
        deliver(rows, CUTOFF, f"sqlite:///{address}", "acme_predictions")
    with closing(sqlite3.connect(address)) as database:
        found = database.execute("SELECT customer_id FROM acme_predictions").fetchall()
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert sorted(text for (text,) in found) == sorted(texts)
    assert [name for (name,) in tables] == ["acme_predictions"]
