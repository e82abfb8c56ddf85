"""What a repair may use of the machine: the same on any system."""

from __future__ import annotations

import resource
from typing import Final

MEMORY: Final = 1 << 30
"""Bytes of address space; an application that does nothing takes a quarter of it."""
CPU_SECONDS: Final = 60
"""Of one process."""
PROCESSES: Final = 64
"""Threads and processes together, beyond those that the user has already."""
FILE_BYTES: Final = 1 << 20
_OPEN_FILES: Final = 256


def limit(*, own_user: bool) -> None:
    """Limit this process and all that it starts, for good.

    Args:
        own_user: whether nothing else runs as this user; else what they run counts too.
    """
    others = 0 if own_user else _threads_of_this_user()
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_NPROC, PROCESSES + others),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))


def _threads_of_this_user() -> int:
    import psutil  # takes its time, and most jails need it not

    me = psutil.Process().uids().real
    count = 0
    for process in psutil.process_iter(["uids", "num_threads"]):
        uids = process.info["uids"]
        if uids and uids.real == me:
            count += process.info["num_threads"] or 0
    return count
