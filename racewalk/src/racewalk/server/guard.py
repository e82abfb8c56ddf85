"""Stops a server whose owner has ended: the other end of our standard input closes with them.

Its first line is the server's process id. An owner that has stopped the server kills us. It is run
by its path: the package around it takes longer to import than a server to start.
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress

import psutil

_STOP_WITHIN = 10.0


def main() -> None:
    """Wait for the end of the input, then have the server end as `pg_ctl stop -m fast` does.

    And as `pg_ctl stop -m immediate` does where that takes too long.
    """
    told = sys.stdin.buffer.readline()
    if not told:  # it was never started
        return
    with suppress(psutil.NoSuchProcess):
        server = psutil.Process(int(told))
        sys.stdin.buffer.read()
        server.send_signal(signal.SIGINT)  # never to another one: psutil looks when it began
        try:
            server.wait(_STOP_WITHIN)
        except psutil.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)


if __name__ == "__main__":
    main()
