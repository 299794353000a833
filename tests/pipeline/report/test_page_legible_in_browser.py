"""The page can be read at the width of a phone and of a desk, in bright light and in the dark, and on paper."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.languages import language
from tests.pipeline.report.browser import IN_BROWSER, WIDTHS, opened, written
from tests.pipeline.report.page_rows import crowd

pytestmark = IN_BROWSER


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("name", ["en", "zh_CN"])
def test_it_reads_at_every_width_in_every_language(browser: Any, tmp_path: Path, width: int, name: str) -> None:
    with opened(browser, written(tmp_path, crowd(), language(name)), width=width) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.evaluate("document.documentElement.lang") == name.replace("_", "-")
        assert both_ways_dull(tab) == []
        tab.locator("#customers .open").first.click()
        assert tab.locator("dialog").evaluate("each => each.scrollWidth <= each.clientWidth")
        assert both_ways_dull(tab) == []


def both_ways_dull(tab: Any) -> list[str]:
    """What can hardly be read in bright light or in the dark."""
    found = []
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        found += dull(tab)
    return found


def dull(tab: Any) -> list[str]:
    """Texts whose contrast to what lies behind them is less than 4.5 to 1 (WCAG 2.2, level AA)."""
    return tab.evaluate(
        """() => {
          const parse = (text) => text.match(/[\\d.]+/g).map(Number);
          const light = ([red, green, blue]) => [red, green, blue]
            .map((part) => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
            .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
          const behind = (node) => {
            for (; node; node = node.parentElement) {
              const colour = parse(getComputedStyle(node).backgroundColor);
              if (colour.length === 3 || colour[3] === 1) return colour;
            }
            return [255, 255, 255];
          };
          const texts = [...document.querySelectorAll('body *')].filter((node) => node.checkVisibility()
            && !node.closest(':disabled')
            && [...node.childNodes].some((each) => each.nodeType === 3 && each.data.trim()));
          return texts.filter((node) => {
            const both = [light(parse(getComputedStyle(node).color)), light(behind(node))];
            const [dark, bright] = both.sort((a, b) => a - b);
            return (bright + 0.05) / (dark + 0.05) < 4.5;
          }).map((node) => node.outerHTML.slice(0, 80));
        }"""
    )


def test_it_prints_what_is_open(browser: Any, file: Path) -> None:
    with opened(browser, file) as tab:
        tab.emulate_media(media="print")
        assert tab.locator("#customers").is_visible() and not tab.locator("#search").is_visible()
        tab.evaluate("document.querySelector('.open').click()")
        assert tab.locator("dialog .details").is_visible() and not tab.locator("#customers").is_visible()
