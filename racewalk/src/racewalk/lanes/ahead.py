"""How a lane is started: it is forked from a process that has imported what lanes need.

That takes its time and needs no database, so that it can be begun while one is made.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import Final

_FORKED: Final = sys.platform == "linux"
"""On macOS a library of the system's may end a process that was forked, once it connects."""
_WORKER: Final = "racewalk.lanes.worker"
CONTEXT: Final[ForkServerContext | SpawnContext] = (
    get_context("forkserver") if _FORKED else get_context("spawn")
)
"""How a lane is started."""


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
