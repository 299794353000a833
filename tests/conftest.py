"""What tests of every layer share: the real data, where it is; and no test left out in silence, where that is asked."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")  # what is right does not depend on who else uses the processor
CHECKOUT = Path(__file__).resolve().parents[1]
NO_DATA = "no real data in"
MAY_SKIP = (NO_DATA, "the long form:", "a network of one's own cannot be had")
"""How the reasons begin for which a test may be left out everywhere: data that is not ours to give, `make fuzz`, and a
right that a container may lack."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With MOORINGS_SKIPS=refused, as in continuous integration, a test that lacks a program fails."""
    report = yield
    if report.skipped and os.environ.get("MOORINGS_SKIPS") == "refused":
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if not reason.removeprefix("Skipped: ").startswith(MAY_SKIP):
            report.outcome, report.longrepr = "failed", f"skipped, which is refused here: {reason}"
    return report


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real histories named by MOORINGS_DATA (default ../shared/data beside the checkout)."""
    folder = Path(os.environ.get("MOORINGS_DATA") or CHECKOUT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"{NO_DATA} {folder}: set MOORINGS_DATA to its folder")
    return folder.resolve()
