"""What the machine does: a full disk, read-only folders, no memory, a clock that jumps, a file that shrinks."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.faults_process import Ended, as_a_command
from benchmarks.faults_row import Row
from benchmarks.faults_stage import Stage
from tests.pipeline.supplier import END

KB, MB = 1 << 10, 1 << 20
ROOT = os.geteuid() == 0
FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
FAR = "+400d", "-400d"


def full_disk(stage: Stage, rooms: tuple[int, ...] = (0, 32, 128, 512, 1024, 2048, 4096, 16384)) -> list[Row]:
    """Scoring with so many KB left: on a small file system where we may mount one, else under a limit of file size."""
    how = "a tmpfs with {} KB left" if ROOT else "RLIMIT_FSIZE of {} KB"
    row = Row("disk full", how.format(", ".join(map(str, rooms))))
    for room in rooms:
        stage.fresh()
        if not ROOT:
            row.judge(stage, stage.score(partial(small_files, room * KB)), (1, 0))
            continue
        with _small_disk(stage, room * KB):
            ended = stage.score()
            _mount("-o", "remount,size=512m", str(stage.config.runs))
            row.judge(stage, ended, (1, 0))
    return [row]


def small_files(size: int) -> None:
    """In the child: no file may grow larger."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@contextmanager
def _small_disk(stage: Stage, room: int) -> Iterator[None]:
    """The folder of the runs on a file system of its own, with `room` bytes left."""
    runs, aside = stage.config.runs, stage.folder / "aside"
    shutil.copytree(runs, aside)
    _mount("-t", "tmpfs", "-o", "size=512m", "tmpfs", str(runs))
    try:
        shutil.copytree(aside, runs, dirs_exist_ok=True)
        found = os.statvfs(runs)
        used = (found.f_blocks - found.f_bfree) * found.f_frsize
        _mount("-o", f"remount,size={used + room}", str(runs))
        yield
    finally:
        subprocess.run(["umount", str(runs)], check=True)
        shutil.rmtree(aside)


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)


def read_only(stage: Stage) -> list[Row]:
    """Scoring while a folder below the runs, or all of them, takes no writes."""
    row = Row("folder read-only", "read-only bind mount" if ROOT else "mode 0555")
    for name in ("export/small", "export", "predictions", "."):
        stage.fresh()
        with _closed(stage.config.runs / name):
            ended = stage.score()
        row.judge(stage, ended, (1,))
    return [row]


@contextmanager
def _closed(folder: Path) -> Iterator[None]:
    if not ROOT:
        mode = folder.stat().st_mode
        folder.chmod(0o555)
        try:
            yield
        finally:
            folder.chmod(mode)
        return
    _mount("--bind", str(folder), str(folder))
    try:
        _mount("-o", "remount,ro,bind", str(folder))
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def no_memory(stage: Stage, rooms: tuple[int, ...] = (1, 32, 96, 192, 384, 768, 1536)) -> list[Row]:
    """Scoring with so many MB of address space beyond what its imports took."""
    row = Row("memory limit", f"RLIMIT_AS with {', '.join(map(str, rooms))} MB left")
    for room in rooms:
        stage.fresh()
        row.judge(stage, stage.start(partial(little_memory, room * MB), run=as_a_command).ended(), (1, 0))
    return [row]


def little_memory(room: int) -> None:
    """In the child: so many bytes more than now."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + room
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def clock(stage: Stage) -> list[Row]:
    """A clock that is far in the future or past, and one that jumps from the one to the other in the middle."""
    if not FAKETIME:
        return [Row("clock jumps", "not tried: libfaketime is not installed (Debian: faketime)")]
    row = Row("clock jumps", "libfaketime: 400 days on and back, back and on")
    for before, after in (FAR, FAR[::-1]):
        stage.fresh()
        row.judge(stage, _jumping(stage, before, after), (0,))
    return [row]


def _jumping(stage: Stage, before: str, after: str) -> Ended:
    """A command of its own under another clock that jumps once the history is read."""
    log, now = stage.folder / "clock.txt", stage.folder / "now"
    now.write_text(before)
    faked = {"LD_PRELOAD": str(FAKETIME[0]), "FAKETIME_TIMESTAMP_FILE": str(now), "FAKETIME_NO_CACHE": "1"}
    faked |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    command = [sys.executable, "-m", "pipeline.cli", "score", "--config", str(stage.folder / "small.toml")]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--as-of", str(END)], stdout=output, stderr=output, env={**os.environ, **faked}
        )
        while process.poll() is None and b"rows read" not in log.read_bytes():
            time.sleep(0.01)
        now.write_text(after)
    return Ended(process.wait(), log.read_text())


def shrinking_input(stage: Stage) -> list[Row]:
    """The Parquet file of order lines loses its end between being opened and being read, and at moments in between."""
    row = Row("input file shrinks", "cut to 0, 1/2 and 9/10 once opened, and at 3 moments of a run")
    file = stage.folder / "lines.parquet"
    content = file.read_bytes()
    for share in (0.0, 0.5, 0.9):
        stage.fresh()
        ended = stage.score(partial(cut_when_read, file, int(len(content) * share)))
        file.write_bytes(content)
        row.judge(stage, ended, (3, 0))
    for moment in (0.01, 0.05, 0.2):
        stage.fresh()
        running = stage.start()
        running.wait_for(moment * stage.cpu)
        os.truncate(file, len(content) // 2)
        ended = running.ended()
        file.write_bytes(content)
        row.judge(stage, ended, (3, 0))
    return [row]


def cut_when_read(file: Path, size: int) -> None:
    """In the child: the file is cut when its columns are known and its rows are about to be read."""
    from pipeline.sources import table as sources_table  # noqa: PLC0415 - in the process that suffers it

    whole = sources_table.read_rows

    def cut(*arguments: object) -> object:
        os.truncate(file, size)
        return whole(*arguments)  # type: ignore[arg-type]

    sources_table.read_rows = cut  # type: ignore[assignment]
