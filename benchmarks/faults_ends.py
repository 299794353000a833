"""Processes that are ended from outside: SIGKILL and SIGTERM anywhere in scoring, and a parallel crowd of them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.faults_process import FORK, Ended, as_a_command, direct
from benchmarks.faults_row import Row
from benchmarks.faults_stage import EARLIER, Stage
from pipeline.registry.tracking import Tracking
from tests.pipeline.supplier import END


def kills(stage: Stage, points: int) -> list[Row]:
    """SIGKILL: half the points evenly over the CPU time of a run, half before and after what it does to files."""
    by_clock = Row("SIGKILL by CPU clock", f"spread over {stage.cpu:.1f} CPU seconds after import")
    for point in range(points - points // 2):
        stage.fresh()
        by_clock.judge(stage, _sent(stage, signal.SIGKILL, (point + 0.5) / (points - points // 2)))
    stage.fresh()
    told = stage.folder / "moments"
    stage.score(partial(at_moment, -1, told))
    moments = len(told.read_text())
    by_moment = Row("SIGKILL around a file", f"of {moments} moments before and after fsync, rename, commit, removal")
    for point in range(points // 2):
        stage.fresh()
        by_moment.judge(stage, stage.score(partial(at_moment, point * moments // (points // 2), told)))
    return [by_clock, by_moment]


def stops(stage: Stage, points: int) -> list[Row]:
    """SIGTERM, evenly over the CPU time of a run."""
    row = Row("SIGTERM", "clean stop, or done before it came")
    for point in range(points):
        stage.fresh()
        row.judge(stage, _sent(stage, signal.SIGTERM, (point + 0.5) / points), (143, 0))
    return [row]


def starved(stage: Stage, points: int) -> list[Row]:
    """SIGKILL to the process that works, as the system sends it where memory runs out: the one that waits says so."""
    row = Row("memory runs out", "SIGKILL to the largest process; the one that waits for it speaks")
    for point in range(points):
        stage.fresh()
        row.judge(stage, _sent(stage, signal.SIGKILL, (point + 0.5) / points, as_a_command), (1, 0))
    return [row]


def _sent(stage: Stage, number: int, share: float, run: Callable[[list[str]], int] = direct) -> Ended:
    """A run whose working process gets a signal after a share of its CPU seconds."""
    running = stage.start(run=run)
    running.wait_for(max(0.05, share * stage.cpu))
    with suppress(ProcessLookupError):  # it has ended by itself
        os.kill(running.worker, number)
    return running.ended()


def at_moment(point: int, told: Path) -> None:
    """Die at the `point`-th moment around a file; where it is never reached, one sign in `told` for each moment."""
    from pipeline.export import expiry, store  # noqa: PLC0415 - in the process that dies
    from pipeline.scoring import resume  # noqa: PLC0415 - in the process that dies

    moments = count()
    told.unlink(missing_ok=True)

    def around(owner: Any, name: str) -> None:
        whole: Callable[..., Any] = getattr(owner, name)

        def call(*arguments: Any, **named: Any) -> Any:
            _moment(next(moments), point, told)
            result = whole(*arguments, **named)
            _moment(next(moments), point, told)
            return result

        setattr(owner, name, call)

    for owner, name in ((os, "fsync"), (Path, "replace"), (store, "write_deltalake"), (store, "prepare")):
        around(owner, name)
    for owner, name in ((resume.shutil, "rmtree"), (expiry.DeltaTable, "vacuum")):
        around(owner, name)


def _moment(number: int, point: int, told: Path) -> None:
    if number == point:
        os.kill(os.getpid(), signal.SIGKILL)
    with told.open("a") as file:
        file.write(".")


def crowds(stage: Stage, sizes: tuple[int, ...]) -> list[Row]:
    """Several processes at once: on the same cutoff, on different ones, and on a tracking database that is new."""
    same = Row("scoring one cutoff at once", f"{', '.join(map(str, sizes))} processes; losers exit 6")
    for size in sizes:
        stage.fresh()
        ends = [running.ended() for running in [stage.start() for _ in range(size)]]
        same.judge(stage, next((each for each in ends if not each.clear((0, 6))), ends[0]), (0, 6))
        same.codes.update(each.code for each in ends[1:])
    return [same, _different(stage, sizes), _new_databases(stage)]


def _different(stage: Stage, sizes: tuple[int, ...]) -> Row:
    """Every process succeeds, and scoring all cutoffs again in order comes to what it would have come to at first."""
    row = Row("scoring cutoffs at once", f"{', '.join(map(str, sizes))} processes, a cutoff each")
    for size in sizes:
        days = [EARLIER + timedelta(days=2 * (number + 1)) for number in range(size - 1)] + [END]
        stage.fresh()
        _in_order(stage, days)
        expected = stage.state()
        stage.fresh()
        ends = [running.ended() for running in [stage.start(day=day) for day in days]]
        row.tries += 1
        row.codes.update(each.code for each in ends)
        row.whole += set(map(str, [EARLIER, *days])) <= set(stage.state())
        _in_order(stage, days)
        row.same += stage.state() == expected
        row.answered(next((each for each in ends if each.code), ends[0]), (0,))
    return row


def _in_order(stage: Stage, days: list[date]) -> None:
    for day in days:
        stage.score(day=day)


def _new_databases(stage: Stage) -> Row:
    """Four processes open a tracking database that does not exist."""
    row = Row("new tracking database at once", "4 processes", tries=1)
    folder = stage.folder / "new"
    processes = [FORK.Process(target=opened, args=(folder,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    row.codes.update(int(process.exitcode or 0) for process in processes)
    row.whole = row.same = int(row.codes == {0: 4} and Tracking(folder, "crowd").aliases("nobody") == {})
    return row


def opened(folder: Path) -> None:
    """In the child: open the database, which creates it, and ask it something."""
    tracking = Tracking(folder, "crowd")
    tracking.mark("nobody", "1", {})  # without tags this does nothing but open the database
    assert tracking.aliases("nobody") == {}
