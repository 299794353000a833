"""The command `moorings`: one way in, and one place where problems become messages and exit codes.

Exit codes: 0 done, 1 crash, 2 usage or configuration, 3 the data broke its contract, 4 no usable model or the gate
refused, 5 drift beyond its limit, 6 busy or conflict, 7 nothing to do, 130 interrupted, 143 asked to stop (SIGTERM).
"""

from __future__ import annotations

import inspect
import logging
import re
import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from features.errors import Problem, UsageProblem
from pipeline.commands.backtest import backtest
from pipeline.commands.compare import compare
from pipeline.commands.export import export
from pipeline.commands.features import features
from pipeline.commands.monitor import monitor
from pipeline.commands.options import LogOption
from pipeline.commands.outcomes import outcomes
from pipeline.commands.output import admit, refuse
from pipeline.commands.profile import profile
from pipeline.commands.promote import promote
from pipeline.commands.retrain import retrain
from pipeline.commands.rollback import rollback
from pipeline.commands.score import score
from pipeline.commands.simulate import simulate
from pipeline.commands.train import train
from pipeline.process.guarding import guarded
from pipeline.process.log_lines import follow, say
from pipeline.process.machine import machine_problem
from pipeline.process.stopping import INTERRUPTED, STOPPED, Stopped, stoppable, without_a_word

ADDRESS = re.compile(r"(?<=://)\S+")
"""What follows the scheme of an address: it may hold a password, and is repeated in no message."""

ABOUT = "Which customers are about to leave, which could become partners, what holds each of them, and what to do."


def _flowing(docs: str | None) -> str:
    """Help whose paragraphs fill the width of a terminal; indented lines, the examples, stay as they are."""
    paragraphs = inspect.cleandoc(docs or "").split("\n\n")
    return "\n\n".join(part if part.startswith(" ") else part.replace("\n", " ") for part in paragraphs)


app = typer.Typer(
    name="moorings",
    help=ABOUT,
    epilog="Exit codes: 0 done, 1 crash, 2 usage, 3 data, 4 no usable model, 5 drift, 6 busy, 7 nothing to do.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    simulate, profile, train, promote, rollback, retrain, score, export, backtest, compare, outcomes, monitor, features,
):  # fmt: skip
    app.command(help=_flowing(command.__doc__))(command)


@app.callback()
def _speak(log: LogOption = "text") -> None:
    follow(log)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: what follows `moorings` on the command line; None takes it from there, and works in a process of
            its own, see `pipeline.process.guarding`.

    Returns:
        The exit code.
    """
    if arguments is not None:
        return _run(list(arguments))
    without_a_word()
    given = sys.argv[1:]
    try:
        return guarded(lambda: _run(given))
    except Problem as problem:
        return refuse(problem, as_json="--json" in given)


def _run(given: list[str]) -> int:
    as_json = "--json" in given
    follow("text")
    try:
        with stoppable():
            code = int(app(args=given, prog_name="moorings", standalone_mode=False) or 0)
            if code == INTERRUPTED:  # typer makes it of KeyboardInterrupt
                raise KeyboardInterrupt
            return code
    except Problem as problem:
        return refuse(problem, as_json=as_json)
    except TyperException as error:
        return _misused(error, given, as_json=as_json)
    except (KeyboardInterrupt, typer.Abort):
        say("interrupted (Ctrl-C): run the same command again, what is finished is kept", logging.WARNING)
        return INTERRUPTED
    except Stopped:
        say("stopped on request (SIGTERM): run the same command again, what is finished is kept", logging.WARNING)
        return STOPPED
    except Exception as error:
        refused = machine_problem(error)
        return refuse(refused, as_json=as_json) if refused else admit(error, as_json=as_json)


def _misused(error: TyperException, given: list[str], *, as_json: bool) -> int:
    """A command line that cannot be understood, said like every other problem."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "moorings"
    if not given:
        getattr(error, "show", str)()
        return UsageProblem.exit_code
    problem = UsageProblem(
        ADDRESS.sub("…", error.format_message()),
        where=command,
        got=ADDRESS.sub("…", " ".join(["moorings", *given])),
        expected=context.command.get_usage(context).removeprefix("Usage: ") if context else f"{command} --help",
        todo=f"see {command} --help",
    )
    return refuse(problem, as_json=as_json)


if __name__ == "__main__":
    sys.exit(main())
