"""Train and score a small supplier whose every name is a canary, with a witness to all that would reach outside.

Run as a program: `python closed.py FOLDER`. The witness is an audit hook, which no library can step around from
Python: it refuses every socket but those of the file system, and writes down what was tried, and what was unpickled.
For native code, which it does not see, the counters of the network are written down: in a network of one's own, as
`unshare` gives, nobody else moves them, and what finds no route is counted too.
"""

import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

REFUSED = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind", "socket.sendto"}
LOOPBACK = {"127.0.0.1", "::1"}
"""Urllib3 binds a socket to it when imported, to see whether there is IPv6, and never listens."""
OF_NUMBA = "numba"
"""Numba keeps compiled code beside Python's own, under the same trust, and notes what it has in a pickle."""
COUNTED = ("Ip: OutNoRoutes", "Ip: OutRequests", "Tcp: ActiveOpens", "Tcp: PassiveOpens", "Udp: OutDatagrams")
LISTENS = "0A"
CANARY, PRODUCT = "Kanarienvogel", "Zeisig"
SETTINGS = "[training.boosting]\nrounds = 60\nlearning_rate = 0.06\n"


def traffic() -> dict[str, int]:
    """What this network was asked to send, sent, took in, and listens for, since it is there."""
    lines = [line.split() for line in Path("/proc/self/net/snmp").read_text().splitlines()]
    counted = {
        f"{names[0]} {name}": int(number)
        for names, numbers in zip(lines[::2], lines[1::2], strict=True)
        for name, number in zip(names[1:], numbers[1:], strict=True)
    }
    tables = [Path(f"/proc/self/net/{name}").read_text() for name in ("tcp", "tcp6")]
    sockets = [line.split() for table in tables for line in table.splitlines()]
    return {name: counted[name] for name in COUNTED} | {"listening": sum(line[3] == LISTENS for line in sockets)}


def callers() -> Iterator[str]:
    """The files of those who called, without a look into them."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame.f_code.co_filename
        frame = frame.f_back


def leads_outside(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether a socket is more than a file, or bound to something else than loopback."""
    if getattr(arguments[0], "family", None) == socket.AF_UNIX:
        return False
    return event != "socket.bind" or arguments[1][0] not in LOOPBACK


def watch(seen: list[str]) -> None:
    """From now on refuse sockets, and note into `seen` what was tried."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in REFUSED and leads_outside(event, arguments):
            seen.append(f"{event} {arguments[1:]}")
            raise PermissionError("no network in this test")
        if event == "pickle.find_class" and not any(f"{os.sep}{OF_NUMBA}{os.sep}" in file for file in callers()):
            seen.append(f"{event} {arguments}")

    sys.addaudithook(hook)


def canaries(folder: Path) -> Path:
    """A supplier all of whose customers and products bear names that occur nowhere else; its configuration."""
    import pyarrow.compute as pc  # noqa: PLC0415 - after the witness

    from tests.pipeline.supplier import configured, lines  # noqa: PLC0415

    table = lines(160)
    for name, bird in (("customer", CANARY), ("product", PRODUCT)):
        named = pc.binary_join_element_wise(bird, table[name], " ")
        table = table.set_column(table.column_names.index(name), name, named)
    configured(folder, table)
    file = folder / "small.toml"
    file.write_text(file.read_text() + SETTINGS)
    return file


def main(folder: Path) -> int:
    seen: list[str] = []
    watch(seen)
    os.umask(0o027)
    from pipeline.cli import main as moorings  # noqa: PLC0415
    from tests.pipeline.supplier import END  # noqa: PLC0415

    config = str(canaries(folder))
    codes = [moorings(["train", "--config", config]), moorings(["score", "--config", config, "--as-of", str(END)])]
    (folder / "seen.json").write_text(json.dumps({"codes": codes, "seen": seen, "traffic": traffic()}))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
