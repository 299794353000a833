"""No text is missing in any language, and what is missing, doubtful or no longer said is named."""

import ast
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

from models.explanation.language import GRAMMARS
from pipeline import translation
from pipeline.languages import TEXTS
from pipeline.translation import SAME_IN_ALL, SOURCES, in_step, left_to_do, placeholders, wanted

ROOT = Path(__file__).resolve().parents[2]
HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
FILES = pytest.mark.parametrize(
    "file", [TEXTS / f"{name}.po" for name in GRAMMARS if name != "en"], ids=lambda f: f.stem
)


def catalog(*entries: str) -> Catalog:
    return read_po(io.BytesIO("\n\n".join([HEAD, *entries]).encode()))


@FILES
def test_no_text_is_missing(file: Path) -> None:
    left = list(left_to_do(translation.read(file), wanted()))
    assert not left, "\n".join([f"python -m pipeline.translation, then complete {file.name}:", *left])


@FILES
def test_a_file_of_translations_is_as_the_command_leaves_it(file: Path) -> None:
    content = file.read_text(encoding="utf-8")
    assert in_step(content, wanted()) == content


def test_every_language_has_a_file_and_every_file_a_grammar() -> None:
    assert {file.stem for file in TEXTS.glob("*.po")} == set(GRAMMARS) - {"en"}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("", 'missing, of here: msgid "{n:.0f} orders"'),
        ('msgid "{n:.0f} orders"\nmsgstr ""', 'missing, of here: msgid "{n:.0f} orders"'),
        ('#, fuzzy\nmsgid "{n:.0f} orders"\nmsgstr "{n:.0f} 笔"', 'marked fuzzy: msgid "{n:.0f} orders"'),
        ('msgid "{n:.0f} orders"\nmsgstr "{n:.1f} 笔"', "other placeholders than in English"),
        ('msgid "{n:.0f} orders"\nmsgstr "几笔"', "other placeholders than in English"),
        ('msgid "{n:.0f} orders"\nmsgstr "{n:.0f} orders"', 'still English: msgid "{n:.0f} orders"'),
        ('msgid "{n:.0f} orders"\nmsgstr "{n:.0f} 笔"\n\nmsgid "old"\nmsgstr "旧"', 'no longer said: msgid "old"'),
        (
            'msgid "{n:.0f} orders"\nmsgstr "{n:.0f} 笔"\n\n#~ msgid "old"\n#~ msgstr "旧"',
            'no longer said: msgid "old"',
        ),
    ],
)
def test_what_is_left_to_do_is_named(entry: str, expected: str) -> None:
    found = list(left_to_do(catalog(entry), {"{n:.0f} orders": "here"}))
    assert len(found) == 1 and found[0].startswith(expected)


def test_a_complete_file_leaves_nothing_to_do() -> None:
    entries = ('msgid "{n:.0f} orders"\nmsgstr "{n:.0f} 笔"', 'msgid "{said}."\nmsgstr "{said}."')
    assert not list(left_to_do(catalog(*entries), {"{n:.0f} orders": "here", "{said}.": "here"}))


def test_a_new_text_is_added_empty_an_old_one_dropped_and_the_rest_kept() -> None:
    content = f'# kept\n{HEAD}\n#, fuzzy\nmsgid "a"\nmsgstr "甲"\n\nmsgid "old"\nmsgstr "旧"\n'
    found = in_step(content, {"new": "here", "a": "there"})
    assert found == f'# kept\n{HEAD}\n#. here\nmsgid "new"\nmsgstr ""\n\n#. there\n#, fuzzy\nmsgid "a"\nmsgstr "甲"\n'


def test_placeholders_are_told_apart_by_name_and_format() -> None:
    assert placeholders("{a:.0f} of {b}, {{c}}") == {("a", ".0f", ""), ("b", "", "")}


def test_the_command_says_what_is_left_and_completes_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "zh_CN.po").write_text((TEXTS / "zh_CN.po").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(translation, "TEXTS", tmp_path)
    monkeypatch.setattr(translation, "SOURCES", {"plays": SOURCES["plays"]})
    assert translation.main() == 0
    monkeypatch.setattr(translation, "SOURCES", {"plays": lambda: [*SOURCES["plays"](), "call them"]})
    assert translation.main() == 1
    assert 'zh_CN.po: missing, of plays: msgid "call them"' in capsys.readouterr().out
    assert '#. plays\nmsgid "call them"\nmsgstr ""' in (tmp_path / "zh_CN.po").read_text(encoding="utf-8")


def test_every_module_that_declares_its_texts_is_a_source() -> None:
    declared = {source.__module__ for source in SOURCES.values() if source.__name__ == "texts"}
    assert set(modules_with_texts()) == declared


def test_whatever_is_said_by_its_letters_is_among_the_texts() -> None:
    known = set(wanted())
    loose = [f"{module}: {text}" for module in modules_with_texts() for text in said_by_letters(module)]
    assert not [each for each in loose if each.split(": ", 1)[1] not in known]


def said_by_letters(module: str) -> Iterator[str]:
    """The texts that a module hands to a language as they stand, not by a name of theirs."""
    tree = ast.parse(ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text("utf-8"))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in {"say", "text", "Sentence"} and isinstance(call.args[0], ast.Constant | ast.JoinedStr):
            yield ast.unparse(call.args[0]).strip("'\"")


def modules_with_texts() -> Iterator[str]:
    """The modules that have a function `texts()` without arguments."""
    for room in ("features", "models", "pipeline"):
        for file in (ROOT / room).rglob("*.py"):
            functions = [node for node in ast.parse(file.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]
            if any(node.name == "texts" and not node.args.args for node in functions):
                yield ".".join(file.relative_to(ROOT).with_suffix("").parts)


def test_texts_that_may_stay_english_are_still_said() -> None:
    assert set(wanted()) >= SAME_IN_ALL
