"""Stops a server whose owner was killed: the other end of our standard input closes with them.

python -m racewalk.server.guard PID
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress

import psutil


def main() -> None:
    """Wait for the end of the input, then have the server end as `pg_ctl stop -m fast` does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(psutil.NoSuchProcess):
        server = psutil.Process(int(sys.argv[1]))
        sys.stdin.buffer.read()
        server.send_signal(signal.SIGINT)  # never to another one: psutil looks when it began


if __name__ == "__main__":
    main()
