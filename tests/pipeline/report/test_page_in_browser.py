"""The page in Chromium, as an analyst has it: from a file, without a network, with a mouse or with keys only.

Everything a page asks for and everything it complains of is kept: one request besides its own file, one line in the
console, or one breach of its policy fails the test.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from models.explanation.language import ENGLISH, Language
from pipeline.languages import language
from pipeline.report.page.document import write_page
from tests.pipeline.prediction_rows import CUTOFF
from tests.pipeline.report.page_rows import FACTS, MARKUP, crowd, many
from tests.pipeline.test_export import HOSTILE

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: it comes with the dev extra"
)
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium"),
]
WIDTHS = {"phone": 360, "desktop": 1360}
TOTAL = 121 + len(MARKUP) + len(HOSTILE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("page"), crowd())


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


def found_text(tab: Any) -> str:
    return tab.locator("#found").inner_text()


def focused(tab: Any) -> str:
    return tab.evaluate("document.activeElement.id || document.activeElement.innerText")


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


def test_it_begins_with_the_most_urgent(browser: Any, file: Path) -> None:
    with opened(browser, file) as tab:
        assert listed(tab)[:2] == ["Customer 00000", "Customer 00001"] and len(listed(tab)) == 50
        assert tab.locator("th.value_at_risk").first.get_attribute("aria-sort") == "descending"


def test_a_search_finds_every_word_in_any_letters(browser: Any, file: Path) -> None:
    with opened(browser, file) as tab:
        tab.get_by_role("searchbox").fill("00042 CUST")
        assert listed(tab) == ["Customer 00042"] and found_text(tab) == f"1 of {TOTAL} customers"
        tab.get_by_role("searchbox").fill("nobody by that name")
        assert tab.locator("#nothing").is_visible() and not tab.locator("#customers").is_visible()
        tab.locator("#clear").click()
        assert found_text(tab) == f"{TOTAL} of {TOTAL} customers" and focused(tab) == "search"


def column(tab: Any, name: str) -> list[Any]:
    """What the rows of the page hold in a column, in their order."""
    rows = tab.locator("#customers tbody tr").evaluate_all("rows => rows.map((row) => Number(row.dataset.row))")
    values = tab.evaluate("name => JSON.parse(document.getElementById('data').textContent).columns[name].values", name)
    return [values[row] for row in rows]


@pytest.mark.parametrize("name", ["churn_probability", "expected_margin", "play_profit", "churn_change"])
def test_every_column_sorts_both_ways_with_the_unknown_last(browser: Any, file: Path, name: str) -> None:
    with opened(browser, file) as tab:
        button = tab.locator(f"#customers [data-sort={name}]")
        button.click()
        assert tab.locator(f"thead th.{name}").get_attribute("aria-sort") == "descending"
        assert column(tab, name) == sorted(column(tab, name), reverse=True)
        button.click()
        assert tab.locator(f"thead th.{name}").get_attribute("aria-sort") == "ascending"
        assert column(tab, name) == sorted(column(tab, name))
        tab.get_by_label("Last page").click()
        assert column(tab, name)[-1] is None
        assert tab.locator("thead th[aria-sort]:not([aria-sort=none])").count() == 1


def test_names_sort_as_people_count(browser: Any, file: Path) -> None:
    with opened(browser, file) as tab:
        tab.locator("[data-sort=customer_id]").click()
        tab.get_by_role("searchbox").fill("Customer")
        assert listed(tab) == [f"Customer {number:05d}" for number in range(50)]
        tab.get_by_label("Next page").click()
        assert listed(tab)[0] == "Customer 00050"


def test_filters_narrow_and_the_portfolio_leads_to_them(browser: Any, file: Path) -> None:
    with opened(browser, file) as tab:
        tab.get_by_label("State", exact=True).select_option(label="Captive")
        assert set(tab.locator("#customers tbody .state .chip.captive").all_inner_texts()) == {"Captive"}
        assert tab.locator("#customers tbody .chip.captive").count() == len(listed(tab))
        tab.locator(".pick", has_text="Recover").click()
        assert set(tab.locator("#customers tbody .play").all_inner_texts()) == {"Recover"}
        assert tab.get_by_label("State", exact=True).input_value() == ""
        tab.get_by_label("Status", exact=True).select_option(label="New")
        assert listed(tab) == []


def test_a_customer_reads_in_words(browser: Any, file: Path) -> None:
    with opened(browser, file) as tab:
        tab.get_by_role("button", name="Customer 00003").click()
        text = tab.get_by_role("dialog").inner_text()
        expected = [
            "Customer 00003", "Transactional", "tenth 4 of 10", "Play: Keep in touch", "Held out", "Saw 3.",
            "It matters.", "Call.", "Wait.", "Expected profit €400, from €100 to €900: assumed, not measured.",
            "Raises: x.",            "Since 2024-04-01", "+8 points: +5 points by what the customer did, +3 points by a new model",
            "Orders fewer.", "Rhythm", "+1.20", "Investment index", "75% known", "They differ.", "Speaks for: z.",
            "Order lines, contracts",
        ]  # fmt: skip
        assert [each for each in expected if each not in text] == []
        assert tab.locator("dialog rect.pushing").count() == 6 and tab.locator("dialog rect.holding").count() == 5


def test_a_customer_that_is_not_scored_says_so(browser: Any, file: Path) -> None:
    with opened(browser, file) as tab:
        tab.get_by_role("searchbox").fill("newcomer")
        tab.get_by_role("button", name="Newcomer").click()
        assert "Not scored: New." in tab.get_by_role("dialog").inner_text()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_all_of_it_goes_by_keyboard(browser: Any, file: Path, width: int) -> None:
    with opened(browser, file, width=width) as tab:
        keys = tab.keyboard
        keys.press("Tab")
        assert focused(tab) == "Skip to the list of customers"
        keys.press("Enter")
        keys.press("Tab")
        assert focused(tab) == "search"
        keys.type("Customer 0001")
        assert listed(tab)[:3] == ["Customer 00001", "Customer 00010", "Customer 00011"]
        for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
            keys.press(key)
        assert focused(tab) == "Customer 00011" and outlined(tab)
        keys.press("Enter")
        assert tab.get_by_role("dialog", name="Customer 00011").is_visible()
        keys.press("Tab")
        keys.press("Tab")
        keys.press("Enter")
        assert tab.get_by_role("dialog", name="Customer 00012").is_visible()
        keys.press("Escape")
        assert not tab.locator("dialog").is_visible() and focused(tab) == "Customer 00012"
        keys.press("/")
        assert focused(tab) == "search"


def outlined(tab: Any) -> bool:
    return tab.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2")


def test_headings_sort_by_keyboard_and_keep_the_focus(browser: Any, file: Path) -> None:
    with opened(browser, file) as tab:
        tab.locator("[data-sort=churn_probability]").focus()
        for way in ("descending", "ascending"):
            tab.keyboard.press("Enter")
            assert tab.locator("thead th.churn_probability").get_attribute("aria-sort") == way
            assert focused(tab).startswith("Churn probability")


def test_a_phone_sorts_by_a_choice(browser: Any, file: Path) -> None:
    with opened(browser, file, width=360) as tab:
        tab.get_by_label("Sort by").select_option(label="Churn probability")
        assert column(tab, "churn_probability") == sorted(column(tab, "churn_probability"), reverse=True)
        tab.get_by_label("Descending").uncheck()
        assert column(tab, "churn_probability") == sorted(column(tab, "churn_probability"))


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
        tab.get_by_label("Sort by").select_option(label="Value at risk")
        tab.get_by_label("Last page").click()
        assert set(MARKUP) - {MARKUP[6]} <= set(
            tab.locator("#customers .open").evaluate_all("all => all.map(e => e.textContent)")
        )
        assert tab.evaluate(OPEN_ALL) == []
        assert tab.evaluate("window.hit") is None
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360


def test_it_prints_what_is_open(browser: Any, file: Path) -> None:
    with opened(browser, file) as tab:
        tab.emulate_media(media="print")
        assert tab.locator("#customers").is_visible() and not tab.locator("#search").is_visible()
        tab.evaluate("document.querySelector('.open').click()")
        assert tab.locator("dialog .details").is_visible() and not tab.locator("#customers").is_visible()


def test_without_scripts_the_portfolio_can_be_read(browser: Any, file: Path) -> None:
    with opened(browser, file, java_script_enabled=False) as tab:
        assert tab.get_by_text("States of the relationship").is_visible()


FLOOR = """(count) => {
  const texts = Array.from({ length: count }, (_, number) => `customer ${number}`);
  const began = performance.now();
  const found = texts.filter((text) => text.includes('9'));
  const place = document.body.appendChild(document.createElement('table'));
  for (const text of found.slice(0, 50)) {
    const row = place.insertRow();
    for (let cell = 0; cell < 10; cell += 1) row.insertCell().append(text);
  }
  place.offsetHeight;
  const took = performance.now() - began;
  place.remove();
  return took;
}"""
SEARCH = """(text) => {
  const box = document.getElementById('search');
  const began = performance.now();
  box.value = text;
  box.dispatchEvent(new Event('input'));
  document.body.offsetHeight;
  return performance.now() - began;
}"""


def test_a_search_among_20_000_takes_little_more_than_any_list_of_fifty(browser: Any, tmp_path: Path) -> None:
    with opened(browser, written(tmp_path, many(20_000))) as tab:
        floor = min(tab.evaluate(FLOOR, 20_000) for _ in range(5))
        taken = min(tab.evaluate(SEARCH, text) for text in ("9", "99", "customer", "07", ""))
        print(f"search {taken:.1f} ms, floor {floor:.1f} ms, {taken / floor:.1f} times")
        assert found_text(tab) == "20,000 of 20,000 customers"
        assert taken < 20 * floor
