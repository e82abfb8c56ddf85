"""Ends what a killed run left on a server's data."""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

STOP_WITHIN: Final = 10.0
"""Seconds that a server has to end by itself."""


def stop_left_behind(data: Path) -> bool:
    """End the server that a killed run left on this data; False where there is none."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        left = psutil.Process(pid)
        found = left.name() == "postgres" and str(data) in left.cmdline()
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        found = False
    if found:
        left.send_signal(signal.SIGINT)
        try:
            left.wait(STOP_WITHIN)
        except psutil.TimeoutExpired:
            left.send_signal(signal.SIGQUIT)
            left.wait(STOP_WITHIN)
    orphans = end_orphans(data)
    # Of a server that is gone: whatever has its process id by now would be taken for it.
    (data / "postmaster.pid").unlink(missing_ok=True)
    return orphans or found


def end_orphans(data: Path) -> bool:
    """End the server's processes on this data, the first of which was killed; False without any.

    They may go on for as long as a statement takes, and until then no other server starts there.
    """
    orphans = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name() == "postgres" and process.cwd() == str(data):
                process.kill()
                orphans.append(process)
    psutil.wait_procs(orphans, STOP_WITHIN)
    return bool(orphans)
