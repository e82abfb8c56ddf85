"""One grading under way: what it works with, and what to say where something came to no end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import sleep
from typing import Final

from attack.grade.application import Repair
from attack.grade.held import Held
from attack.grade.kinds import Kind
from attack.grade.lane import restored
from attack.grade.reasons import INCONCLUSIVE
from attack.grade.stop import Failed
from attack.grade.task import Task
from attack.grade.trial import WARM, Fault, Trial
from racewalk import Application, Database, Explorer, Race, RacewalkError, Run
from shared_db.errors import LabError

OnPhase = Callable[[str], None]
LATE: Final = 0.3
"""Seconds in which what is done after an answer is taken to come."""
_BROKEN_OFF: Final = (
    ("went on for more than", "never_ends"),
    ("left a transaction open", "leaves_open"),
    ("nobody can go on", "never_returns"),
    ("sends statements after its answer", "speaks_after_answer"),
    ("without an answer", "ends_process"),
    ("is gone", "ends_process"),
    (" while done", "speaks_after_answer"),
    (" while held", "speaks_after_answer"),
    ("stalled", "never_returns"),
)
"""Words of the explorer's by which it tells why a schedule came to no end, and what that means."""


@dataclass(frozen=True)
class Grading:
    """One grading under way.

    Attributes:
        task: what is graded.
        repair: how it is served.
        kind: what it is put to.
        database: the lane's.
        explorer: on that database.
        folder: for logs.
        on_phase: told what is tried next.
        held: what held the repair, in the orders that were run.
    """

    task: Task
    repair: Repair
    kind: Kind
    database: Database
    explorer: Explorer
    folder: Path
    on_phase: OnPhase
    held: Held = field(default_factory=Held)

    @property
    def restored(self) -> list[str]:
        """SQL that brings the tables back to their start."""
        return restored(self.kind.parents_first)

    @property
    def each(self) -> Application:
        """The repair with a process for each request."""
        return self.repair.application()

    def race(self, trial: Trial, application: Application, warm: int = WARM) -> Race:
        """Return a trial as a race that begins with all tables restored."""
        before = (*self.restored, *trial.before)
        return replace(trial, before=before).race(application, warm)

    def refuse_noted(self, *words: str) -> None:
        """Refuse a repair of which the inside has told something.

        Raises:
            Failed: it has, by one of these words, or by one that always counts.
        """
        if noted := self.repair.noted(*words):
            word, text = noted
            raise Failed(Fault(word, f"({text})" if text else ""))

    def told(self, fault: Fault, run: Run | None) -> Fault:
        """Add to an error what Python says of it."""
        if fault.reason != "fails":
            return fault
        noted = self.repair.noted("fails")
        details = [answer.detail for answer in run.answers if answer.detail] if run else []
        text = noted[1] if noted else next(iter(details), "")
        return Fault(fault.reason, text.removeprefix("raised "))

    @contextmanager
    def to_the_end(self) -> Iterator[None]:
        """Run something of which each request has to come to its end.

        Raises:
            Failed: one came to none.
            LabError: see `broke_off`.
        """
        try:
            yield
        except RacewalkError as error:
            raise self.broke_off(f"{type(error).__name__.lower()}: {error}") from None

    def broke_off(self, why: str) -> Failed:
        """Return what to say where a run came to no end.

        Raises:
            LabError: the machine has no room to run a repair in, where one is required.
        """
        sleep(LATE)  # a note may be on its way
        if self.task.room == "required" and (none := self.repair.noted("no_room", "no_fence")):
            raise LabError(f"no repair can be run apart from others on this machine ({none[1]})")
        if noted := self.repair.noted():
            word, text = noted
            return Failed(Fault(word, f"({text})" if text else ""))
        for part, reason in _BROKEN_OFF:
            if part in why:
                return Failed(Fault(reason))
        return Failed(Fault(INCONCLUSIVE, why))
