"""No copyleft in what a user installs, and every exception with its reason."""

import pytest

from benchmarks.licences import REASONS, audit, judged, locked


def test_no_locked_package_is_refused() -> None:
    assert [each for each in audit() if each.verdict.startswith("refused")] == []


def test_every_reason_is_still_needed() -> None:
    assert {each.package for each in audit() if each.verdict.startswith("weak")} == set(REASONS)
    assert "numpy" in locked()


@pytest.mark.parametrize(
    ("licence", "verdict"),
    [
        ("AGPL-3.0-only", "refused: copyleft"),
        ("GPLv3", "refused: copyleft"),
        ("GNU General Public License v3 (GPLv3)", "refused: copyleft"),
        ("MIT AND GPL-2.0-or-later", "refused: copyleft"),
        ("LGPL-3.0", "refused: no reason"),
        ("GNU Lesser General Public License v3", "refused: no reason"),
        ("", "refused: unknown"),
        ("Proprietary", "refused: unknown"),
        ("MIT", "permissive"),
        ("BSD-3-Clause AND Zlib", "permissive"),
    ],
)
def test_what_may_not_be_there_is_refused(licence: str, verdict: str) -> None:
    assert judged("stranger", licence).verdict == verdict
