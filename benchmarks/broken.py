"""What every broken input of the corpus prints: its name, the exit code and the whole message.

    python -m benchmarks.broken > corpus.txt

The corpus is data, `tests/pipeline/broken/*.toml`; that each ends as it should is a test. Here it can be read.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from pipeline.cli import main as moorings

TESTS = Path(__file__).resolve().parents[1] / "tests" / "pipeline"


def ended(command: list[str], folder: Path) -> tuple[int, str]:
    """Exit code and stderr of a command run in a folder, which is called FOLDER."""
    said, before = io.StringIO(), Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            code = moorings(command)
    finally:
        os.chdir(before)
    return code, said.getvalue().replace(str(folder), "FOLDER")


def main() -> int:
    """Print every case; 1 where one does not end with its exit code."""
    sys.path.insert(0, str(TESTS))  # as the tests have it
    from tests.pipeline.broken_case import FILES, case  # noqa: PLC0415

    codes: Counter[int] = Counter()
    wrong = 0
    for file in FILES:
        found = case(file)
        with tempfile.TemporaryDirectory() as folder:
            code, said = ended(found.laid_out(Path(folder)), Path(folder))
        codes[code] += 1
        wrong += code != found.exit_code
        print(f"{file.stem}: {found.what}: exit {code}\n{said}", flush=True)
    print(f"{codes.total()} broken inputs, by exit code: {dict(sorted(codes.items()))}; {wrong} not as they should")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
