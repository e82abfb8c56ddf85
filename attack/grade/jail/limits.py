"""What a repair may use of the machine: the same on any system."""

from __future__ import annotations

import os
import resource
from bisect import bisect_left
from typing import Final

MEMORY: Final = 1 << 30
"""Bytes of address space; an application that does nothing takes a quarter of it."""
CPU_SECONDS: Final = 60
"""Of one process."""
PROCESSES: Final = 64
"""Threads and processes together, beyond those that the user has already."""
FILE_BYTES: Final = 1 << 20
_OPEN_FILES: Final = 256
_MOST_COUNTED: Final = 1 << 22
"""Threads that Linux has at most."""


def limit(*, own_user: bool) -> None:
    """Limit this process and all that it starts, for good.

    Args:
        own_user: whether nothing else runs as this user; else what they run counts too.
    """
    others = 0 if own_user else _counted_by_the_kernel()
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


def _counted_by_the_kernel() -> int:
    """Return the least limit under which this user can make one more process.

    Only the kernel knows it: in a container it counts what runs outside under the same number too,
    and nobody inside sees that.
    """
    before = resource.getrlimit(resource.RLIMIT_NPROC)
    most = _MOST_COUNTED if before[1] == resource.RLIM_INFINITY else before[1]
    try:
        return bisect_left(range(most), True, key=lambda least: _can_fork(least, before[1]))
    finally:
        resource.setrlimit(resource.RLIMIT_NPROC, before)


def _can_fork(limit: int, hard: int) -> bool:
    resource.setrlimit(resource.RLIMIT_NPROC, (limit, hard))
    try:
        child = os.fork()
    except BlockingIOError:
        return False
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return True
