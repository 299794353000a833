"""Nothing a page holds runs or reaches out; and what would, is noticed by the tests that use a page."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.report.browser import IN_BROWSER, opened, watched
from tests.pipeline.report.page_rows import MARKUP

pytestmark = IN_BROWSER


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ('<img src="http://127.0.0.1:9/x.png">', "http://127.0.0.1:9/x.png"),
        ("<script>window.hit = 1</script>", "policy inline"),
        ('<p style="color: red">', "policy inline"),
    ],
)
def test_what_breaks_the_policy_is_noticed(browser: Any, tmp_path: Path, file: Path, broken: str, told: str) -> None:
    mutant = tmp_path / "mutant.html"
    mutant.write_text(file.read_text().replace("</main>", f"{broken}</main>"))
    found: list[str] = []
    with watched(browser, mutant, found) as tab:
        assert tab.evaluate("window.hit") is None
    assert any(told in each for each in found)


def test_a_request_is_noticed_where_the_policy_is_gone(browser: Any, tmp_path: Path, file: Path) -> None:
    mutant = tmp_path / "mutant.html"
    text = re.sub(r'<meta http-equiv="Content-Security-Policy".*?>', "", file.read_text())
    mutant.write_text(text.replace("</main>", '<img src="http://127.0.0.1:9/x.png"></main>'))
    found: list[str] = []
    with watched(browser, mutant, found):
        pass
    assert "http://127.0.0.1:9/x.png" in found


OPEN_ALL = """() => {
  const dialog = document.querySelector('dialog');
  return [...document.querySelectorAll('#customers .open')].map((button) => button.dataset.row).filter((row) => {
    document.querySelector(`.open[data-row="${row}"]`).click();
    const wrong = !dialog.open || dialog.scrollWidth > dialog.clientWidth
      || dialog.querySelector('script, img, svg[onload]');
    dialog.close();
    return wrong;
  });
}"""
"""The rows of the page that open wider than the screen, or with more than texts in them."""


def test_hostile_names_are_shown_as_they_are_and_do_nothing(browser: Any, file: Path) -> None:
    with opened(browser, file, width=360) as tab:
        tab.get_by_label("Sort by").select_option(label="Margin at risk")
        tab.get_by_label("Last page").click()
        assert set(MARKUP) - {MARKUP[6]} <= set(
            tab.locator("#customers .open").evaluate_all("all => all.map(e => e.textContent)")
        )
        assert tab.evaluate(OPEN_ALL) == []
        assert tab.evaluate("window.hit") is None
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_scripts_the_portfolio_can_be_read(browser: Any, file: Path) -> None:
    with opened(browser, file, java_script_enabled=False) as tab:
        assert tab.get_by_text("States of the relationship").is_visible()
