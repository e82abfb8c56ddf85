"""The bell: a socket at which the command line asks the desk for what has to be done at once.

The desk has all at hand that a reset needs. The command would have to read the driver of the
database first, which takes longer than the reset.

One line of JSON is asked, the names of accounts; one is answered: {"left": …} or {"failed": …}.
"""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from classroom import files
from shared_db.errors import LabError

Reset = Callable[[Sequence[str]], tuple[str, ...]]
"""Resets accounts, and returns those that it left as they are."""

_log = logging.getLogger(__name__)
_SECONDS = 20.0
_LONGEST = 64 * 1024


class Bell(threading.Thread):
    """Answers whoever rings, one after the other; only the owner of the class gets so far."""

    def __init__(self, reset: Reset) -> None:
        super().__init__(name="bell", daemon=True)
        self._reset = reset
        self._listener = socket.socket(socket.AF_UNIX)
        files.private()
        files.BELL.unlink(missing_ok=True)  # of a desk that was killed
        with _short(files.BELL) as path:
            self._listener.bind(path)
        self._listener.listen()

    def run(self) -> None:
        """Answer until the desk ends."""
        while True:
            caller, _ = self._listener.accept()
            with caller, suppress(OSError, ValueError):
                caller.settimeout(_SECONDS)
                caller.sendall(json.dumps(self._answer(json.loads(_line(caller)))).encode() + b"\n")

    def _answer(self, names: Sequence[str]) -> dict[str, Any]:
        try:
            return {"left": self._reset(names)}
        except LabError as error:
            return {"failed": str(error)}
        except Exception:
            _log.exception("a reset")
            return {"failed": "this went wrong on our side: the desk's log says how"}


def ring(names: Sequence[str]) -> tuple[str, ...]:
    """Have the desk reset these accounts, and return those that it left as they are.

    Raises:
        LabError: the desk does not answer, or could not do it.
    """
    with socket.socket(socket.AF_UNIX) as desk:
        desk.settimeout(_SECONDS)
        try:
            with _short(files.BELL) as path:
                desk.connect(path)
            desk.sendall(json.dumps(list(names)).encode() + b"\n")
            told = json.loads(_line(desk))
        except (OSError, ValueError):
            raise LabError("the desk of this class does not answer: `make up`") from None
    if "failed" in told:
        raise LabError(told["failed"])
    return tuple(told["left"])


def _line(sock: socket.socket) -> bytes:
    said = b""
    while not said.endswith(b"\n") and len(said) < _LONGEST:
        more = sock.recv(4096)
        if not more:
            break
        said += more
    return said


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """Yield a name that is short enough for a socket, however deep the folder lies."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
