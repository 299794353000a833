"""What an analyst does with the page: look, search, sort, filter, open a customer; by mouse, or by keys alone.

Each test fails on any request besides the page's own file, and on any line in the console; see `browser.opened`.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.export.test_export import HOSTILE
from tests.pipeline.prediction_rows import prediction, predictions
from tests.pipeline.report.browser import IN_BROWSER, WIDTHS, column, focus_reaches, focused, listed, opened, written
from tests.pipeline.report.page_rows import MARKUP, full, many

pytestmark = IN_BROWSER
TOTAL = 121 + len(MARKUP) + len(HOSTILE)


def found_text(tab: Any) -> str:
    return tab.locator("#found").inner_text()


def test_it_begins_with_those_to_speak_with_and_comes_back_to_them(browser: Any, tmp_path: Path) -> None:
    rows = [full(number, act_now=number == 70, play="recover", play_status="act") for number in range(80)]
    with opened(browser, written(tmp_path, predictions(*rows))) as tab:
        begins = ["Customer 00070", "Customer 00000", "Customer 00001"]
        assert listed(tab)[:3] == begins and len(listed(tab)) == 50
        assert tab.locator("thead th[aria-sort]:not([aria-sort=none])").count() == 0
        button = tab.locator("#customers [data-sort=value_at_risk]")
        button.click()
        assert listed(tab)[:2] == begins[1:]
        button.click()
        button.click()
        assert listed(tab)[:3] == begins, "the third time leads back"
        assert "As the list begins" in tab.locator("#sort option").first.inner_text(timeout=1_000)


def test_a_search_finds_every_word_in_any_letters(browser: Any, file: Path) -> None:
    with opened(browser, file) as tab:
        tab.get_by_role("searchbox").fill("00042 CUST")
        assert listed(tab) == ["Customer 00042"] and found_text(tab) == f"1 of {TOTAL} customers"
        tab.get_by_role("searchbox").fill("nobody by that name")
        assert tab.locator("#nothing").is_visible() and not tab.locator("#customers").is_visible()
        tab.locator("#clear").click()
        assert found_text(tab) == f"{TOTAL} of {TOTAL} customers" and focused(tab) == "search"


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
            "Raises: x.", "Since 2024-04-01",
            "+8 points: +5 points by what the customer did, +3 points by a new model",
            "Orders fewer.", "Rhythm", "+1.20", "Investment index", "75% known", "They differ.", "Speaks for: z.",
            "Order lines, contracts",
        ]  # fmt: skip
        assert [each for each in expected if each not in text] == []
        assert tab.locator("dialog rect.pushing").count() == 6 and tab.locator("dialog rect.holding").count() == 4


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
        focus_reaches(tab, "Customer 00012")
        assert not tab.locator("dialog").is_visible()
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
        taken = max(min(tab.evaluate(SEARCH, text) for _ in range(3)) for text in ("9", "99", "customer", "07", ""))
        print(f"search {taken:.1f} ms, floor {floor:.1f} ms, {taken / floor:.1f} times")
        assert found_text(tab) == "20,000 of 20,000 customers"
        assert taken < 20 * floor


def test_a_customer_goes_by_its_name_and_says_how_it_orders(browser: Any, tmp_path: Path) -> None:
    ordered = {
        "last_order_on": date(2024, 4, 30), "usual_gap_days": 7.5, "order_days_of_year": 52, "spend_of_year": 1_234.0
    }  # fmt: skip
    rows = predictions(
        full(0, customer_id="4711", customer_name="Old Mill", **ordered),
        prediction("815", None, customer_name="815 Newcomers", last_order_on=date(2024, 4, 1)),
        full(1, last_order_on=date(2023, 4, 30)),
    )
    with opened(browser, written(tmp_path, rows)) as tab:
        tab.get_by_role("searchbox").fill("mill")
        assert listed(tab) == ["Old Mill 4711"]
        assert tab.locator("#customers tbody .last_order_on").inner_text() == "2024-04-30"
        tab.get_by_role("button", name="Old Mill").click()
        text = tab.get_by_role("dialog", name="Old Mill").inner_text()
        expected = ["2024-04-30", "1 day before", "7.5 days", "Order days in the last year\n52", "€1,234"]
        assert [each for each in expected if each not in text] == []
        tab.keyboard.press("Escape")
        tab.locator("#clear").click()
        tab.locator("[data-sort=last_order_on]").click()
        assert listed(tab) == ["Old Mill 4711", "815 Newcomers 815", "Customer 00001"]
        tab.get_by_role("button", name="Newcomers").click()
        assert "30 days before" in tab.get_by_role("dialog").inner_text()


def test_what_reads_as_nothing_is_left_out(browser: Any, tmp_path: Path) -> None:
    still = {"churn_change": 0.004, "moved_by": [], "push_rhythm": 0.004, "push_people": -0.005}
    rows = predictions(full(0, **still), full(1, **{**still, "churn_change": -0.02}), full(2, push_people=None))
    with opened(browser, written(tmp_path, rows)) as tab:
        said = []
        for number in range(3):
            tab.get_by_role("button", name=f"Customer 0000{number}").click()
            said.append(tab.get_by_role("dialog").inner_text())
            tab.keyboard.press("Escape")
    assert ["Since 2024-04-01" in text for text in said] == [False, True, True]
    assert ["Rhythm" in text for text in said] == [False, False, True]
    assert ["People" in text for text in said] == [True, True, False]


def test_a_customer_on_paper_stands_on_white_and_its_notes_are_no_larger_than_its_text(
    browser: Any, file: Path
) -> None:
    size = "name => parseFloat(getComputedStyle(document.querySelector(name)).fontSize)"
    with opened(browser, file) as tab:
        tab.get_by_role("button", name="Customer 00003").click()
        tab.emulate_media(media="print")
        shade = "getComputedStyle(document.querySelector('dialog'), '::backdrop').display"
        assert tab.evaluate(shade) == "none"
        text = tab.evaluate(size, "dialog dd")
        assert [tab.evaluate(size, name) < text for name in ("dialog .note", "dialog .label", "dialog small")] == [
            True
        ] * 3
        assert not tab.locator("main").is_visible()


def test_whom_to_call_in_which_order_is_one_click_away(browser: Any, tmp_path: Path) -> None:
    rows = predictions(
        full(0, play="serve_at_low_cost", play_status="act"),
        full(1, play="recover", play_status="holdout"),
        full(2, play="recover", play_status="act"),
        full(3, play="serve_at_low_cost", play_status="act", key_account=True),
        full(4, play="keep_in_touch", play_status="act", key_account=True),
        full(5, play=None, play_status="not_worth_it", key_account=True),
    )
    with opened(browser, written(tmp_path, rows)) as tab:
        tile = tab.locator(".tiles li", has_text="Plays to act on now")
        assert "Call or visit 3" in tile.inner_text()
        tile.get_by_role("button", name="Call or visit").click()
        assert listed(tab) == ["Customer 00002", "Customer 00003", "Customer 00004"]
        tab.get_by_label("Reach by", exact=True).select_option(label="Mail or shop")
        assert listed(tab) == ["Customer 00000"]


@pytest.mark.parametrize("width", [*WIDTHS.values(), 900], ids=[*WIDTHS, "half a desk"])
def test_who_is_held_out_is_marked_wherever_its_play_is_named(browser: Any, tmp_path: Path, width: int) -> None:
    """Where there was no room for the column of the status, a play withheld looked like any other."""
    rows = predictions(
        full(0, play="recover", play_status="holdout", act_now=False),
        full(1, play="recover", play_status="act"),
    )
    with opened(browser, written(tmp_path, rows), width=width) as tab:
        shown = [row.lower() for row in tab.locator("#customers tbody tr").all_inner_texts()]
        assert ["recover" in row for row in shown] == [True, True]
        assert sorted(row.count("held out") for row in shown) == [0, 1]


def test_whoever_looks_after_customers_finds_their_own(browser: Any, tmp_path: Path) -> None:
    owners = ["Öz, Bea", None, "Ann <b>&", "Öz, Bea"]
    rows = predictions(*(full(number, account_manager=owner) for number, owner in enumerate(owners)))
    with opened(browser, written(tmp_path, rows)) as tab:
        choice = tab.get_by_label("Account manager", exact=True)
        assert choice.locator("option").all_inner_texts()[1:] == ["Ann <b>&", "Öz, Bea"]
        choice.select_option(label="Öz, Bea")
        assert listed(tab) == ["Customer 00000", "Customer 00003"]
        tab.get_by_role("button", name="Customer 00003").click()
        assert "Account manager: Öz, Bea" in tab.get_by_role("dialog").inner_text()
        tab.keyboard.press("Escape")
        tab.locator("#clear").click()
        tab.get_by_role("searchbox").fill("ann")
        assert listed(tab) == ["Customer 00002"]


def test_where_nobody_is_said_to_look_after_customers_there_is_no_such_filter(browser: Any, file: Path) -> None:
    with opened(browser, file) as tab:
        assert tab.get_by_label("Account manager", exact=True).count() == 0
