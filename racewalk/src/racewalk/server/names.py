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
        with locked(home(folder) / f"{mine}.lock") as is_ours:
            if is_ours:
                yield mine
                return


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Yield whether a file's lock is ours, which nobody else has meanwhile.

    Args:
        path: of the file, which is made where there is none.
    """
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            # What was forked meanwhile holds the file as well, so that to close it would not do.
            fcntl.flock(lock, fcntl.LOCK_UN)
