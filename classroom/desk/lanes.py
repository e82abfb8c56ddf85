"""Lanes: threads that take one job of their kind after the other, until the desk ends."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from classroom.queue import Job, Kind, Queue
from shared_db.errors import LabError

Work = Callable[[Job], dict[str, Any]]
"""Carries a job out and returns its outcome."""

_LOOKS_AGAIN_S = 0.1
_OURS = "this went wrong on our side: tell the teacher, the desk's log says how"
_OURS = "this went wrong on our side: tell the teacher, the desk's log says how"
_log = logging.getLogger(__name__)


class Lane(threading.Thread):
    """One lane. What goes wrong in a job is its outcome, and the lane goes on."""

    def __init__(self, queue: Queue, kind: Kind, work: Work) -> None:
        super().__init__(name=f"{kind} lane", daemon=True)
        self._queue, self._kind, self._work = queue, kind, work
        self._over = threading.Event()

    def run(self) -> None:
        """Take jobs until stop()."""
        while not self._over.is_set():
            job = self._queue.take(self._kind)
            if job is None:
                self._over.wait(_LOOKS_AGAIN_S)
                continue
            outcome = self._carry_out(job)
            if not self._over.is_set():  # else it was ended in the middle, and runs again
                self._queue.finish(job.id, outcome)

    def stop(self) -> None:
        """Take no other job, and keep nothing of the one that runs."""
        self._over.set()

    def _carry_out(self, job: Job) -> dict[str, Any]:
        try:
            return self._work(job)
        except LabError as error:
            return {"failed": str(error)}
        except Exception:
            _log.exception("job %d", job.id)
            return {"failed": _OURS}
