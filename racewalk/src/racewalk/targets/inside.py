"""What goes on inside the process that serves all requests, as far as /proc shows it.

Requests that share a process may wait for each other there. `rest` says what is a proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Final

from racewalk.errors import DoubtError
from racewalk.targets.process import Instance
from racewalk.targets.rest import A_WHILE, NOTHING, Picture, at_rest, can_tell
from racewalk.targets.witnesses import Stand, Witnesses
from racewalk.targets.work import Work
from racewalk.wire.loop import Loop

_AT_REST_WITHIN: Final = 5.0
"""Seconds that it may work while no request is in flight."""
_STANDS_WITHIN: Final = 0.1
"""The same while every request is done, is held, or waits: one may go on after its answer."""
_LOOK_AGAIN: Final = 0.001
_BETWEEN_LOOKS: Final = A_WHILE / 5
"""Seconds between two looks that count in full."""


class Inside:
    """The threads of one process.

    Args:
        instance: of an application that is up.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._idle, self._witnesses = NOTHING, Witnesses()
        self._stirs: Work | None = None
        self._silence: Mapping[int, str] | tuple[float, ...] = ()
        self._slept = self._looked = 0.0

    def begin(self, loop: Loop) -> None:
        """Note what its threads do while no request is in flight, as soon as it rests.

        It is to be asked before each schedule: a thread may sleep elsewhere than before in the same
        function, since an interpreter that learns calls it in another way later on. Where threads
        cannot be seen there are none, and no wait inside will ever be proven.

        Raises:
            DoubtError: it has worked for 5 s, and does not rest.
            LostError: it has ended.
        """
        self._witnesses, self._stirs = Witnesses(), None
        work: Work | None = None
        while not (picture := self._picture()):
            if not self.is_seen:
                return
            work = work or self._instance.work()
            if work.exceeds(_AT_REST_WITHIN):
                raise DoubtError(
                    "a thread works all the time in the process that all requests share, so that "
                    "nobody can tell whether a request waits inside",
                    cure="end that thread; where requests meet in the database alone, shared = "
                    "false (docs/limits.md)",
                )
            loop.pump(_LOOK_AGAIN)
        self._idle = picture

    @property
    def is_seen(self) -> bool:
        """Whether this system tells what its threads do, and those that carry its bytes."""
        return all(map(can_tell, self._pids))

    def proves_waits(self, stand: Stand) -> bool:
        """Return whether it rests, and shows that requests of which nothing is heard wait inside.

        Args:
            stand: where the requests stand.
        """
        picture = self._picture()
        return bool(picture and self._witnesses.prove_waits(picture, self._idle, stand))

    def note(self, stand: Stand) -> bool:
        """Note which threads serve whom, where that is ever to be asked.

        Args:
            stand: where the requests stand, none of which moves.

        Returns:
            Whether it could, or need not be asked again: it works on.
        """
        if self._witnesses.know(stand) or not self._idle.threads:
            return True
        if picture := self._picture():
            self._witnesses.note(picture, self._idle, stand)
            self._stirs = None
            return True
        self._stirs = self._stirs or self._instance.work()
        return self._stirs.exceeds(_STANDS_WITHIN)

    def sleeps(self, since: float) -> bool:
        """Return whether what serves requests sleeps for a time, or has not run for a while.

        It has to be asked again and again meanwhile. A thread that is idle serves nobody, unless
        all are: then it is an event loop, which may run for nobody in between, as uvicorn's does
        each tenth of a second.

        Args:
            since: when anything was heard of a request last, as `time.monotonic` tells it.
        """
        picture = self._picture()
        if not picture:
            return False
        back = picture.back(self._idle)
        if picture.sleeping_for_a_time() - back:
            return True
        serving = {tid: ran for tid, ran in picture.ran.items() if tid not in back}
        asleep = monotonic() - (0 if serving else picture.worked())
        silence = serving or (since, *picture.ran)
        if silence == self._silence:
            # More was not looked at: the whole machine may have stood still meanwhile.
            self._slept += min(asleep - self._looked, _BETWEEN_LOOKS)
        else:
            self._silence, self._slept = silence, 0.0
        self._looked = asleep
        return self._slept >= A_WHILE

    def rests(self) -> bool | None:
        """Return whether it rests; None where nobody can tell."""
        if self._picture():
            return True
        return False if can_tell(self._instance.worker) else None

    @property
    def _pids(self) -> tuple[int, ...]:
        return self._instance.worker, *self._instance.between

    def _picture(self) -> Picture | None:
        return at_rest(*self._pids)
