"""Breaking off what the main thread does, from another thread, with one line that says why."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType

from shared_db.errors import LabError

# A consequence (a request that failed) may be noticed before what it follows from is told.
_TOLD_WITHIN_S = 0.5


class _Rung(BaseException):
    """Raised wherever the main thread is; no `except Exception` on its way may take it."""


class Alarm:
    """A context manager whose body `ring` ends, in whatever it waits.

    Leaving it raises LabError(reason) then, also in place of a LabError of the body itself, which
    told of a consequence. Only the main thread can be interrupted: in another one nothing is.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed = False
        self._reason = ""
        self._rung = threading.Event()

    def ring(self, reason: str) -> None:
        """End the body; to be called in another thread. The first reason counts."""
        with self._lock:
            if self._reason:
                return
            self._reason = reason
            self._rung.set()
            if self._armed:
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._armed and self._reason:
            self._armed = False
            raise _Rung(self._reason)

    def __enter__(self) -> Alarm:
        if threading.current_thread() is threading.main_thread():
            # It stays afterwards, and does nothing then: a signal may still be under way.
            signal.signal(signal.SIGUSR1, self._interrupt)
            self._armed = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._armed = False
        if isinstance(error, LabError):
            self._rung.wait(_TOLD_WITHIN_S)
        if self._reason and isinstance(error, LabError | _Rung):
            raise LabError(self._reason) from None
