"""How a text file begins: what stands above the names of the columns, and what it says of the sign between them."""

import gzip
from pathlib import Path

import pytest
from suppliers import configured

from features.errors import DataProblem
from pipeline.sources.header import check_encoding, first_lines, form, looks_like_a_row, separator, two_ends
from pipeline.sources.history import read_history

ROWS = "Customer;Order;Date;Item;Pieces;Net\n" + "".join(f"C{n};O{n};2023-01-02;P;1;1\n" for n in range(9))
ABOVE = "[history.order_lines.csv]\nlines_above = {}\n"
LINES = [
    (b"sep=;\r\n", ";"),
    (b"SEP=,", ","),
    (b"\xef\xbb\xbfsep=|\n", "|"),
    (b"sep=", ""),
    (b"sep;a\n", ""),
    (b"", ""),
    (b"sep=\xa7\r\n", "\ufffd"),
]


@pytest.mark.parametrize(("line", "sign"), LINES)
def test_a_first_line_may_state_the_sign_between_columns(line: bytes, sign: str) -> None:
    assert separator(line) == sign


@pytest.mark.parametrize(
    ("above", "settings"),
    [("sep=;\n", ""), ("\ufeffsep=;\n", ""), ("Orders, 2023\nby month\n\n", ABOVE.format(3)), ("", "")],
    ids=["sep", "sep-with-mark", "title", "nothing"],
)
def test_what_stands_above_the_names_is_no_row(tmp_path: Path, above: str, settings: str) -> None:
    assert read_history(configured(tmp_path, above + ROWS, settings)).account.rows_used == 9


def test_each_file_begins_in_its_own_way(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("sep=;\n" + ROWS, encoding="utf-8")
    with gzip.open(tmp_path / "in" / "b.csv.gz", "wt", encoding="utf-8") as file:
        file.write(ROWS.replace(";", ",").replace("C", "D", 99).replace("Dustomer", "Customer"))
    assert read_history(configured(tmp_path, "", 'path = "in"')).account.rows_used == 18


def test_a_compressed_file_is_looked_at_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress("Größe;Customer\n1;C\n".encode("latin-1")))
    with pytest.raises(DataProblem, match="names of the columns cannot be read"):
        read_history(configured(tmp_path, "", 'path = "a.csv.gz"'))


@pytest.mark.parametrize(
    ("line", "got", "todo"),
    [
        ("Größe\n".encode("latin-1"), "the byte 0xf6 at place 3", "windows-1252"),
        ("Net\n".encode("utf-16"), "a text in UTF-16, or no text", '"utf-16"'),
        ("Net\n".encode("utf-16-be"), "a text in UTF-16, or no text", '"utf-16"'),
    ],
    ids=["latin-1", "utf-16 with its mark", "utf-16 without"],
)
def test_names_in_another_encoding_are_refused_unless_it_is_stated(line: bytes, got: str, todo: str) -> None:
    with pytest.raises(DataProblem, match="names of the columns cannot be read") as problem:
        check_encoding(Path("a.csv"), line, "utf-8", "history.order_lines")
    assert got in problem.value.got and todo in problem.value.todo
    check_encoding(Path("a.csv"), line, "latin-1", "history.order_lines")


@pytest.mark.parametrize("name", ["a.csv.gz", "A.CSV.GZ"])
def test_a_compressed_file_may_have_a_name_in_capitals(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(b"Customer\r\nC1\nC2\n"))
    assert first_lines(tmp_path / name, 2) == [b"Customer\r\n", b"C1\n"]
    assert "1 with CR LF and 2 with LF alone" in two_ends([tmp_path / name])


@pytest.mark.parametrize("name", ["b.csv.gz", "B.CSV.GZ", "B.Csv.gz"])
def test_a_compressed_file_is_read_and_none_of_a_folder_is_left_out_for_its_capitals(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "in" / name).write_bytes(gzip.compress(ROWS.replace("C", "D", 99).replace("D", "C", 1).encode()))
    for path, rows in (("in", 18), (f"in/{name}", 9)):
        assert read_history(configured(tmp_path, "", f'path = "{path}"')).account.rows_used == rows


def test_a_last_line_without_an_end_ends_in_no_other_way(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"Customer\r\nC1")
    assert two_ends([tmp_path / "a.csv"]) == ""


def test_lines_that_cannot_be_decoded_say_so(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(ROWS.encode() + "Müller;O;2023-01-02;P;1;1\n".encode("latin-1"))
    with pytest.raises(DataProblem) as problem:
        read_history(configured(tmp_path, "", 'path = "a.csv"'))
    assert "1 the line is no text in the encoding stated" in problem.value.got
    assert 'encoding says how the text is written, such as "windows-1252"' in problem.value.todo


@pytest.mark.parametrize(
    ("names", "row"),
    [(["Customer", "Net 2023"], False), (["C1", "2023-01-02"], True), (["C1", "12,50"], True), (["-", "a"], False)],
)
def test_a_row_is_told_from_names_by_its_numbers(names: list[str], row: bool) -> None:
    assert looks_like_a_row(names) is row


def test_a_form_shows_no_letter_and_no_digit() -> None:
    assert form("Müller 31.12.2024") == "aaaaaa 99.99.9999"


@pytest.mark.parametrize("turn", [1, 5000, 70000], ids=["below the names", "in the midst", "far down"])
def test_lines_that_end_in_two_ways_are_named(tmp_path: Path, turn: int) -> None:
    rows = [f"C{n % 99};O{n};2023-01-02;P;1;1".encode() for n in range(2 * turn)]
    names = b"Customer;Order;Date;Item;Pieces;Net"
    ends = [b"\r\n"] * turn + [b"\n"] * (turn + 1)
    (tmp_path / "a.csv").write_bytes(b"".join(line + end for line, end in zip([names, *rows], ends, strict=True)))
    with pytest.raises(DataProblem) as problem:
        read_history(configured(tmp_path, "", 'path = "a.csv"'))
    assert f"a.csv ends its lines in two ways, {turn:,} with CR LF and {turn + 1:,} with LF" in problem.value.got
    assert f"line {turn + 1:,} unlike" in problem.value.got
    assert "tr -d" in problem.value.todo
