"""The lanes of one exploration, and who explores which race."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import send_handle
from pathlib import Path
from typing import Final

from racewalk.errors import RacewalkError
from racewalk.lanes.ahead import Begun, begin, end
from racewalk.lanes.worker import Forks, Job, Progress, Setting
from racewalk.record.recorder import Recording
from racewalk.record.view import View
from racewalk.search.budget import Budget
from racewalk.search.certificate import Certificate
from racewalk.targets.forked import ForkServers, Orders
from racewalk.targets.race import Application, Race

_MUCH: Final = 4
"""Races for each lane, above which it is told of one ahead, lest it wait for who reads the last."""
OnProgress = Callable[[int, int], None]
Decided = Callable[[int, Certificate], None]


@dataclass(slots=True)
class _Worker:
    """A lane as its parent sees it.

    Attributes:
        process: the lane.
        connection: to it.
        setting: what it lives on.
        races: indices of the race that it explores, and of the one after it, if it has been told.
        started: the applications that it has been given races of, and keeps.
        forks: where it knows to have applications forked.
    """

    process: BaseProcess
    connection: Connection
    setting: Setting
    races: deque[int] = field(default_factory=deque)
    started: set[Application] = field(default_factory=set)
    forks: set[Orders] = field(default_factory=set)

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Speak with it.

        Raises:
            RacewalkError: it has ended, perhaps with a job that it has not read.
        """
        try:
            yield
        except (EOFError, OSError):
            where = self.setting.folder
            raise RacewalkError(f"a lane ended: its log is in {where}") from None


class Pool:
    """Processes that explore races side by side. A context manager.

    Args:
        settings: what each lane lives on. Each is pinned to a core of its own where there are
            enough, and none is pinned yet.
        lanes: that were begun for it, one for each setting. None: it begins them.
        forks: starts applications that say what they import; it is closed with this. None: one of
            its own.
    """

    def __init__(
        self,
        settings: Sequence[Setting],
        lanes: Sequence[Begun] | None = None,
        forks: ForkServers | None = None,
    ) -> None:
        self._forks = forks or ForkServers(settings[0].folder)
        self._lanes = lanes or begin(len(settings))
        try:
            self._workers = [
                _Worker(*lane, setting)
                for lane, setting in zip(self._lanes, _pinned(settings), strict=True)
            ]
            for each in self._workers:
                with each.alive():
                    each.connection.send(each.setting)
        except BaseException:  # Ctrl-C too: nobody else knows of those that were begun here
            if not lanes:
                end(self._lanes)
            raise

    @classmethod
    @contextmanager
    def ahead(
        cls, lanes: int, logs: Path, applications: Iterable[Application] = ()
    ) -> Iterator[Callable[[Sequence[Setting]], Pool]]:
        """Start lanes, and import what applications need, while databases are made.

        Args:
            lanes: how many; they are forks of this process where no other thread runs in it.
            logs: folder for what the processes print that applications are forked from.
            applications: that will be explored.

        Yields:
            What makes the pool of what each lane lives on. No pool is used after the end.
        """
        begun = begin(lanes)
        try:
            with ForkServers(logs) as forks:
                for application in applications:
                    forks.orders(application)
                yield lambda settings: cls(settings, begun, forks)
        finally:
            end(begun)

    def explore(
        self,
        races: Sequence[Race],
        budget: Budget,
        on_progress: OnProgress = lambda _index, _schedules: None,
        every_schedule: bool = False,
        kept: Sequence[Path | None] = (),
        *,
        memory: bool = False,
        decided: Decided = lambda _index, _certificate: None,
    ) -> Iterator[Certificate]:
        """Yield the certificate of each race, in the order given.

        Args:
            races: what to explore.
            budget: of each.
            on_progress: called with the index of a race and how many schedules of it were run.
            every_schedule: whether to run them all, rather than one of each class.
            kept: for each race the file in which its schedules are kept, and found where an
                earlier exploration did not come to its end; or None.
            memory: ask no application for what it has said before; see `memory`.
            decided: called with the index of a race and its certificate as soon as it is there,
                which may be before those of the races before it.

        Raises:
            RacewalkError: a lane ended.
        """
        files = kept or [None] * len(races)
        jobs = [
            Job(race, budget, every_schedule, memory, kept=file)
            for race, file in zip(races, files, strict=True)
        ]

        def done(index: int, found: Certificate | Recording) -> None:
            if isinstance(found, Certificate):
                decided(index, found)

        for found in self._carry_out(jobs, on_progress, done):
            if isinstance(found, Certificate):
                yield found

    def record(
        self,
        races: Sequence[Race],
        views: Sequence[View | None],
        budget: Budget,
        on_progress: OnProgress = lambda _index, _schedules: None,
    ) -> Iterator[Recording]:
        """Yield the recording of each race, in the order given.

        Args:
            races: what to record.
            views: what to show of each; None: what one request writes and another reads.
            budget: of each exploration.
            on_progress: called with the index of a race and how many schedules of it were run.

        Raises:
            RacewalkError: a lane ended.
        """
        pairs = zip(races, views, strict=True)
        jobs = [Job(race, budget, view=view, record=True) for race, view in pairs]
        for found in self._carry_out(jobs, on_progress):
            if isinstance(found, Recording):
                yield found

    def _carry_out(
        self,
        jobs: Sequence[Job],
        on_progress: OnProgress,
        on_done: Callable[[int, Certificate | Recording], None] = lambda _index, _found: None,
    ) -> Iterator[Certificate | Recording]:
        """Yield what came of each job, in the order given."""
        applications = dict.fromkeys(job.race.application for job in jobs)
        for application in applications:
            self._forks.orders(application)  # they import while the lanes do
        for each in self._workers:
            for application in applications:
                self._tell_of_forks(each, application)
        open_jobs, done = list(range(len(jobs))), dict[int, Certificate | Recording]()
        for each in self._workers:
            self._assign(each, jobs, open_jobs)
        for index in range(len(jobs)):
            while index not in done:
                for each, message in self._messages():
                    if isinstance(message, Progress):
                        on_progress(each.races[0], message.schedules)
                    else:
                        race = each.races.popleft()
                        done[race] = message
                        self._assign(each, jobs, open_jobs)
                        on_done(race, message)
            yield done.pop(index)

    def _assign(self, to: _Worker, jobs: Sequence[Job], open_races: list[int]) -> None:
        """Give a lane what it does next, and what after that while there is much to do."""
        while open_races and len(to.races) < 1 + (len(open_races) > _MUCH * len(self._workers)):
            race = self._next(to, jobs, open_races)
            if to.races and jobs[race].race.application not in to.started:
                return  # whoever is done first starts it
            open_races.remove(race)
            to.races.append(race)
            to.started.add(jobs[race].race.application)
            with to.alive():
                to.connection.send(jobs[race])

    def _next(self, to: _Worker, jobs: Sequence[Job], open_races: Sequence[int]) -> int:
        """Return the next race for a lane, of an application that it has started if there is one.

        Of the others it takes those that no lane has started: a start takes longer than a race; and
        of these, one at which its log-ins hold.
        Those in one process come first: nothing commutes in them, so that each takes as long as
        many others, and no lane is to begin with one when the rest is done.
        """
        anywhere = {each for other in self._workers for each in other.started}
        logins = {each.logins for each in to.started} - {""}

        def cost(index: int) -> tuple[bool, bool, bool, bool, int]:
            of = jobs[index].race.application
            strange = of.logins not in logins
            return not of.shared, of not in to.started, of in anywhere, strange, index

        return min(open_races, key=cost)

    def _tell_of_forks(self, to: _Worker, application: Application) -> None:
        """Give a lane that waits a socket at which to have an application forked.

        All lanes share who forks. Where that has ended, each finds out by itself, and tells.
        """
        orders = self._forks.orders(application)
        if not orders or orders in to.forks:
            return
        to.forks.add(orders)
        try:
            theirs = orders.shared()
        except OSError:
            return
        with theirs, to.alive():
            to.connection.send(Forks(application, orders.log))
            send_handle(to.connection, theirs.fileno(), to.process.pid)

    def _messages(self) -> Iterator[tuple[_Worker, Progress | Certificate | Recording]]:
        """Wait until lanes have told something, and yield it."""
        busy = [each for each in self._workers if each.races]
        ready = wait([each.connection for each in busy])
        for each in busy:
            if each.connection in ready:
                with each.alive():
                    message = each.connection.recv()
                yield each, message

    def close(self) -> None:
        """End the lanes and what they started."""
        for each in self._workers:
            if each.races:
                each.process.terminate()
        end(self._lanes)
        self._forks.close()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


def _pinned(settings: Sequence[Setting]) -> Sequence[Setting]:
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(settings) > len(cores) or any(setting.core is not None for setting in settings):
        return settings
    return [replace(each, core=core) for each, core in zip(settings, cores, strict=False)]
