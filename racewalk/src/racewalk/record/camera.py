"""A runner under the eye: each schedule that it runs is seen, choice by choice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Self

from racewalk.record.eye import Eye
from racewalk.record.lines import Line, lines
from racewalk.record.state import State
from racewalk.schedule.masks import Masks
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.schedule.runner import LiveRunner
from racewalk.schedule.schedule import Schedule
from racewalk.schedule.script import Ask
from racewalk.story.brief import Columns


@dataclass(frozen=True, slots=True)
class Watched:
    """One schedule of a race, with what was seen at its start and after each choice."""

    run: Run
    outcome: Outcome
    states: tuple[State, ...]
    lines: tuple[tuple[Line, ...], ...]


class Camera:
    """Runs schedules and keeps what was seen on the last one. Implements `strategy.Runner`.

    As a context manager it leaves the runner as it was.

    Args:
        runner: runs them.
        eye: looks.
        column: whose values are told in words.
    """

    def __init__(self, runner: LiveRunner, eye: Eye, column: Columns) -> None:
        self._runner, self._eye, self._column = runner, eye, column

    def __enter__(self) -> Self:
        self._runner.watch = self._eye.look
        return self

    def __exit__(self, *_exception: object) -> None:
        self._runner.watch = self._runner.ask = None

    @property
    def noise(self) -> Counter[str]:
        """How many groups passed without being a step, by rule."""
        return self._runner.noise

    @property
    def masks(self) -> Masks:
        """What varies between two equal runs."""
        return self._runner.masks

    def ask(self, ask: Ask) -> None:
        """Have somebody asked for the choices that a schedule does not tell."""
        self._runner.ask = ask

    @property
    def states(self) -> tuple[State, ...]:
        """What was seen so far of the schedule that runs, or of the last one."""
        return tuple(self._eye.states)

    def run(
        self,
        schedule: Schedule = Schedule(),  # noqa: B008 - it is frozen
        like: Run | None = None,
    ) -> tuple[Run, Outcome]:
        """Run a schedule; see `LiveRunner.run`."""
        self._eye.begin()
        return self._runner.run(schedule, like)

    @property
    def so_far(self) -> list[tuple[Line, ...]]:
        """What happened up to now in the schedule that runs; a wait is told once it is over."""
        return lines(self._runner.so_far, self.states, self._column)

    @property
    def announced(self) -> tuple[str | None, ...]:
        """For each request the statement that it is held or waits at; see `Eye`."""
        return self._eye.announced

    def shot(self, run: Run, outcome: Outcome) -> Watched:
        """Return the run that was the last one with all that was seen on it."""
        told = lines(run, self.states, self._column)
        return Watched(run, outcome, self.states, tuple(told))
