"""The schedules of an exploration in a file, for one that goes on where it was ended.

The first schedule is always run anew: where it is not what it was, the application or its data have
changed, and nothing that was kept counts.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

from racewalk.errors import DivergenceError
from racewalk.schedule.compare import compare
from racewalk.schedule.masks import Masks
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.schedule.schedule import Schedule
from racewalk.search.strategy import Runner


class Kept:
    """What was run. A context manager.

    Args:
        path: the file; None: nothing is kept, and nothing known.

    Attributes:
        taken_over: how many schedules were known to the last runner, and so not run again.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known = dict(_read(path)) if path else {}
        self._file = path.open("ab") if path else None
        self.taken_over = 0

    def over(self, runner: Runner) -> Runner:
        """Return a runner that knows what is kept, and keeps what it runs."""
        self.taken_over = 0  # a search that begins anew takes over the same again
        return _Remembering(runner, self) if self._file else runner

    def known(self, schedule: Schedule) -> tuple[Run, Outcome] | None:
        """Return what a schedule that was asked for did, if it is known."""
        return self._known.get(str(schedule))

    def keep(self, schedule: Schedule, run: Run, outcome: Outcome) -> None:
        """Add one."""
        if self._file:
            pickle.dump((str(schedule), run, outcome), self._file)
            self._file.flush()

    def forget(self) -> None:
        """Take it that nothing that was kept counts."""
        self._known.clear()
        if self._file:
            self._file.truncate(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._file:
            self._file.close()


class _Remembering:
    """Runs what is not known. Implements `strategy.Runner`."""

    def __init__(self, runner: Runner, kept: Kept) -> None:
        self._runner, self._kept, self._begun = runner, kept, False

    @property
    def masks(self) -> Masks:
        """What varies in the runs."""
        return self._runner.masks

    @property
    def noise(self) -> Counter[str]:
        """How many groups passed without being a step, by rule."""
        return self._runner.noise

    def run(
        self,
        schedule: Schedule = Schedule(),  # noqa: B008 - it is frozen
        like: Run | None = None,
    ) -> tuple[Run, Outcome]:
        """Return what a schedule did, or run it."""
        known = self._kept.known(schedule)
        if known and self._begun:
            self._kept.taken_over += 1
            return known
        run, outcome = self._runner.run(schedule, like)
        if known and not self._begun and not _same(known, (run, outcome)):
            self._kept.forget()
            known = None
        self._begun = True
        if not known:
            self._kept.keep(schedule, run, outcome)
        return run, outcome


def _same(one: tuple[Run, Outcome], other: tuple[Run, Outcome]) -> bool:
    if one[0].schedule != other[0].schedule or one[1] != other[1]:
        return False
    try:
        compare(one[0], other[0], len(one[0].choices))
    except DivergenceError:
        return False
    return True


def _read(path: Path) -> Iterator[tuple[str, tuple[Run, Outcome]]]:
    """Yield what was kept whole; the last one may have been cut short."""
    # Of bytes that are damaged, or another version's, pickle raises nearly anything.
    with suppress(Exception), path.open("rb") as file:
        while True:
            schedule, run, outcome = pickle.load(file)  # noqa: S301 - our own file, in our own folder
            if (type(schedule), type(run), type(outcome)) != (str, Run, Outcome):
                return
            yield schedule, (run, outcome)
