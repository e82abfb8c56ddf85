"""How lanes are started: before what they live on is there, which takes its time to be made.

Each is a fork of who asks for it, which has imported what lanes need. Where that is not safe it is
an interpreter of its own, which imports meanwhile.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import NamedTuple

import psutil

from racewalk.lanes import worker


class Begun(NamedTuple):
    """A lane, which is told first what it lives on.

    Attributes:
        process: the lane.
        connection: to it.
    """

    process: BaseProcess
    connection: Connection


def begin(count: int) -> list[Begun]:
    """Start lanes.

    They ignore Ctrl-C from their first moment on: their parent ends them, in order.

    Args:
        count: how many.
    """
    context, begun = _context(), list[Begun]()
    with _deaf_to_interrupts():
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=worker.main, args=(theirs, ours), daemon=True)
            process.start()
            theirs.close()
            begun.append(Begun(process, ours))
    return begun


def end(lanes: Sequence[Begun]) -> None:
    """Have lanes end that have nothing to do, and wait for all; those that have ended stay so."""
    for each in lanes:
        # What was forked later holds the parent's end as well, so that to close it would not tell.
        with suppress(OSError):
            each.connection.send(None)
    for each in lanes:  # side by side: each has applications of its own to end
        each.process.join()
        each.connection.close()


def _context() -> ForkContext | SpawnContext:
    """How a process is started here.

    On macOS a library of the system's may end one that was forked, once it connects; and a lock
    that another thread holds meanwhile stays locked in it for ever.
    """
    forks = sys.platform == "linux" and psutil.Process().num_threads() == 1
    return get_context("fork") if forks else get_context("spawn")


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Have what is started here ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
