"""Where the command `moorings` begins: a Ctrl-C while its parts are still loaded ends it without a word."""

from __future__ import annotations

import sys

from pipeline.process.stopping import without_a_word


def main() -> int:
    """Run the command of the command line, see `pipeline.cli.main`. Returns the exit code."""
    without_a_word()
    from pipeline.cli import main as moorings  # noqa: PLC0415 - half a second, in which somebody may change their mind

    return moorings()


if __name__ == "__main__":
    sys.exit(main())
