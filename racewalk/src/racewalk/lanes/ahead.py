"""What takes its time before anything can be explored, and needs no database: the imports.

Lanes are forked from a process that has imported what they need, and so are applications that say
what they import. That is begun while the database is made ready.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from racewalk.targets.forked import ForkServers
from racewalk.targets.race import Application

_FORKED: Final = sys.platform == "linux"
"""On macOS a library of the system's may end a process that was forked, once it connects."""
_WORKER: Final = "racewalk.lanes.worker"
CONTEXT: Final[ForkServerContext | SpawnContext] = (
    get_context("forkserver") if _FORKED else get_context("spawn")
)
"""How a lane is started."""


@contextmanager
def ahead(applications: Iterable[Application], logs: Path) -> Iterator[ForkServers]:
    """Have imported what lanes and their applications need, while the caller goes on.

    Args:
        applications: that will be explored.
        logs: folder for what the processes print that they are forked from.

    Yields:
        What starts the applications, for a pool. It is closed at the end.
    """
    import_for_lanes()
    with ForkServers(logs) as forks:
        for application in applications:
            forks.orders(application)
        yield forks


def import_for_lanes() -> None:
    """Begin to import what lanes need, in the process that they are forked from."""
    if _FORKED:
        CONTEXT.set_forkserver_preload([_WORKER])
        with _deaf_to_interrupts():
            forkserver.ensure_running()


def start(lane: BaseProcess) -> None:
    """Start a lane, which ignores Ctrl-C from its first moment on: its parent ends it, in order."""
    with nullcontext() if _FORKED else _deaf_to_interrupts():
        lane.start()


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Have what is started here ignore Ctrl-C, as will all that is forked from it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
