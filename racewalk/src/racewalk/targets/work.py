"""How long processes are waited for: by what they work, since a busy machine lets them wait."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Final

import psutil

from racewalk.targets.rest import can_tell

_AT_MOST: Final = 10.0
"""Seconds by the clock after which those are given up that neither work nor are seen to rest."""


class Work:
    """What some processes have worked since this was made; by the clock, where nobody can tell.

    Args:
        pids: of the processes.
    """

    def __init__(self, *pids: int) -> None:
        self._pids = pids if all(map(can_tell, pids)) else ()
        self._since, self._before = monotonic(), _worked(self._pids)

    def exceeds(self, seconds: float) -> bool:
        """Return whether they have worked for longer, so that to wait for them would be in vain.

        Args:
            seconds: of processor time, of all together.
        """
        waited = monotonic() - self._since
        if waited <= seconds:
            return False
        told = self._pids and waited <= _AT_MOST
        return not (told and _worked(self._pids) - self._before <= seconds)


def _worked(pids: Sequence[int]) -> float:
    """The processor time of some processes, in seconds; without end where one is gone."""
    try:
        return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in pids)
    except psutil.Error:
        return float("inf")
