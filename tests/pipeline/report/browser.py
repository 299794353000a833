"""A page in Chromium, from a file and without a network, with all that it asks for or complains of."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from models.explanation.language import ENGLISH, Language
from pipeline.report.page.document import write_page
from tests.pipeline.prediction_rows import CUTOFF
from tests.pipeline.report.page_rows import FACTS

CHROMIUM = shutil.which("chromium")
IN_BROWSER = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium"),
]
"""The marks of a module whose tests drive a browser."""
WIDTHS = {"phone": 360, "desktop": 1360}


def written(folder: Path, table: pa.Table, chosen: Language = ENGLISH) -> Path:
    write_page(table, folder / "predictions.html", CUTOFF, FACTS, chosen)
    return folder / "predictions.html"


@contextmanager
def watched(browser: Any, file: Path, found: list[str], **more: Any) -> Iterator[Any]:
    """The page, opened; what it asks for or complains of goes into `found`."""
    context = browser.new_context(viewport={"width": more.pop("width", 1360), "height": 800}, **more)
    context.add_init_script("addEventListener('securitypolicyviolation', (e) => console.error('policy', e.blockedURI))")
    tab = context.new_page()
    tab.set_default_timeout(5_000)
    tab.on("request", lambda request: found.append(request.url) if request.url != file.as_uri() else None)
    tab.on("console", lambda line: found.append(line.text))
    tab.on("pageerror", lambda error: found.append(str(error)))
    tab.goto(file.as_uri())
    yield tab
    tab.wait_for_timeout(50)
    context.close()


@contextmanager
def opened(browser: Any, file: Path, **more: Any) -> Iterator[Any]:
    """The page, opened; fails where it asked for anything or complained of anything."""
    found: list[str] = []
    with watched(browser, file, found, reduced_motion="reduce", **more) as tab:
        yield tab
    assert found == []


def listed(tab: Any) -> list[str]:
    return tab.locator("#customers .open").all_inner_texts()


def focused(tab: Any) -> str:
    return tab.evaluate("document.activeElement.id || document.activeElement.innerText")


def focus_reaches(tab: Any, button: str) -> None:
    """Fail unless the focus comes to the button of that name: what follows a dialog's end is told a moment later."""
    from playwright.sync_api import expect  # noqa: PLC0415 - optional, see the fixture `browser`

    expect(tab.get_by_role("button", name=button, exact=True)).to_be_focused()


def column(tab: Any, name: str) -> list[Any]:
    """What the rows of the page hold in a column, in their order."""
    rows = tab.locator("#customers tbody tr").evaluate_all("rows => rows.map((row) => Number(row.dataset.row))")
    values = tab.evaluate("name => JSON.parse(document.getElementById('data').textContent).columns[name].values", name)
    return [values[row] for row in rows]
