from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.report.browser import CHROMIUM, written
from tests.pipeline.report.page_rows import crowd


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    reason = "playwright is not installed: it comes with the dev extra"
    with pytest.importorskip("playwright.sync_api", reason=reason).sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("page"), crowd())
