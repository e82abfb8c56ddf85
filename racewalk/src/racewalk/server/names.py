"""A name for a server's data that no other run of this folder uses."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from racewalk.server.programs import home


@contextmanager
def own_name(folder: Path, name: str = "postgres") -> Iterator[str]:
    """Yield a name that is nobody else's meanwhile: this one, or one with a number behind it.

    Whoever starts a server stops the one that it finds on the same data, for it takes it for one
    that a killed run left. A run that is killed gives its name back.

    Args:
        folder: where the data goes.
        name: of the data, where it is free.

    Raises:
        RacewalkError: the folder belongs to somebody else.
    """
    for number in count(1):
        mine = name if number == 1 else f"{name}-{number}"
        with (home(folder) / f"{mine}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield mine
            return
