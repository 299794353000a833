"""Licences of the locked packages, read from what is installed: a table, and exit code 1 where one may not be there.

No copyleft in the core: GPL and AGPL are refused, LGPL and the MPL (copyleft of single files, which we do not change)
stand only where a reason is written down below. A package that states no licence is refused until somebody has looked.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements" / "run.lock"
STRONG = re.compile(r"\b(A?GPL|SSPL|EUPL|GNU (Affero )?General Public)", re.IGNORECASE)
WEAK = re.compile(r"\b(LGPL|MPL|EPL|CDDL|Lesser General Public|Mozilla Public)", re.IGNORECASE)
PERMISSIVE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|PSF|Python Software Foundation|ISC|Zlib|CC0|HPND|Unlicense|matplotlib)\b", re.IGNORECASE
)
REASONS = {
    "certifi": "MPL-2.0: root certificates, used as they are",
    "pathspec": "MPL-2.0: patterns of file names for the build, used as it is",
    "tqdm": "MPL-2.0 and MIT: comes with optuna, used as it is",
}
"""Packages of weak copyleft, and why they may be there."""
LOOKED_UP = {
    "huey": "MIT",
    "skops": "MIT",
    "cycler": "BSD-3-Clause",
    "colorama": "BSD-3-Clause",
    "pywin32": "PSF-2.0",
    "waitress": "ZPL-2.1",
}
"""Licences of packages that state none in their metadata, or are locked for another operating system alone."""


@dataclass(frozen=True)
class Licence:
    """A locked package, what it states, and what we hold of it: "permissive", "weak, ..." or "refused"."""

    package: str
    stated: str
    verdict: str


def locked(lock: Path = LOCK) -> list[str]:
    """The names in a lock, ascending."""
    return sorted(re.findall(r"^([a-z0-9-]+)==", lock.read_text(), re.MULTILINE))


def stated(found: PackageMetadata) -> str:
    """The expression of a licence, else its classifiers, else the first line of its text."""
    expression = found.get("License-Expression") or ""
    classifiers = [each.split("::")[-1].strip() for each in found.get_all("Classifier") or [] if "License" in each]
    text = (found.get("License") or "").strip().splitlines()[:1]
    return expression or ", ".join(each for each in classifiers if each != "OSI Approved") or "".join(text)


def judged(package: str, licence: str) -> Licence:
    """The verdict on what a package states."""
    if STRONG.search(licence):
        return Licence(package, licence, "refused: copyleft")
    if WEAK.search(licence):
        return Licence(package, licence, f"weak, {REASONS[package]}" if package in REASONS else "refused: no reason")
    known = PERMISSIVE.search(licence) or LOOKED_UP.get(package) == licence
    return Licence(package, licence, "permissive" if known else "refused: unknown")


def audit(lock: Path = LOCK) -> list[Licence]:
    """Every locked package, by name."""
    found = []
    for package in locked(lock):
        try:
            licence = stated(metadata(package)) or LOOKED_UP.get(package, "")
        except PackageNotFoundError:
            licence = LOOKED_UP.get(package, "")
        found.append(judged(package, licence))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lock", type=Path, default=LOCK)
    found = audit(parser.parse_args().lock)
    print("\n".join(f"{each.package:32}{each.stated[:56]:58}{each.verdict}" for each in found))
    refused = [each for each in found if each.verdict.startswith("refused")]
    print(f"\n{len(found)} packages, {len(refused)} refused")
    return int(bool(refused))


if __name__ == "__main__":
    sys.exit(main())
