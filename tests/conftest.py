"""What tests of every layer share: the real data, where it is."""

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real histories named by MOORINGS_DATA (default ../shared/data beside the checkout)."""
    folder = Path(os.environ.get("MOORINGS_DATA") or CHECKOUT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}: set MOORINGS_DATA to its folder")
    return folder.resolve()
