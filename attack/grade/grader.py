"""Grades a repair: one after the other, at once, at full speed; the first failure ends it.

Nothing that the repair's process says makes a repair right. What is right is read from the
database, and from the statements that passed the explorer's proxy, by this process.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Final

from attack.grade import contract, lasting, overtaking, salvo, shown
from attack.grade.application import Repair, Room
from attack.grade.exercises import Exercise
from attack.grade.kinds import Kind, kind_of
from attack.grade.lane import Lane, restored
from attack.grade.reasons import INCONCLUSIVE
from attack.grade.shown import Graded
from attack.grade.stepping import page_of
from attack.grade.stop import Failed
from attack.grade.trial import PAID, WARM, Fault, Trial, idle, worst
from racewalk import (
    Application,
    Budget,
    Certificate,
    Database,
    Explorer,
    Outcome,
    Race,
    RacewalkError,
    Run,
    Schedule,
)
from shared_db.errors import LabError

OnPhase = Callable[[str], None]
_PATIENCE: Final = 3.0
"""Seconds without any sign of a request after which it is taken never to come."""
_ALL: Final = Budget(seconds=180, schedules=600)
"""For two requests, each in a process of its own, of which every order is seen."""
_ONE_PROCESS: Final = Budget(seconds=60, schedules=60)
"""For all requests in one process, where no order can be left out, so that there are too many."""
_THREE: Final = Budget(seconds=60, schedules=120)
"""For three requests, of which there are many more orders."""
_TELLING: Final = Budget(seconds=60, schedules=30)
"""For one process, to tell why a repair is refused, which it is already."""
_ENOUGH: Final = 2.0
"""Seconds after which an exploration that has found a fault looks for no simpler one."""
_LONGEST_FILE: Final = 64 * 1024
_LATE: Final = 0.3
"""Seconds in which what is done after an answer is taken to come."""
_SLOW: Final = 0.3
"""Seconds that two requests may take alone, beside what a busy machine adds."""
_MORE_THAN_NOTHING: Final = 8
"""How much longer than two requests for nothing they may take on a busy machine."""
_TWO: Final = 2
"""Requests of which every order is run."""
_FEW: Final = 10
"""Orders below which nothing is said of those that time was too short for."""
_LOOKS: Final = 2
"""Explorations of one race, where the first one came to no end of its own and showed no fault."""
_ROUNDS: Final = 3
_THREADS: Final = 8


class _EnoughError(RacewalkError):
    """The exploration has found what it looks for."""


@dataclass(frozen=True)
class Task:
    """What is to be graded.

    Attributes:
        exercise: whose repair it is.
        stack: 'flask' or 'django'.
        file: the repair.
        user: whose it is, for the names of what is kept; '' where there is one student.
        room: whether it has to run where it reaches nothing but the database.
        page: whether a page is made on which to step through the race that it fails in.
        seed: of amounts and balances; None for one that nobody can know before.
    """

    exercise: Exercise
    stack: str
    file: Path
    user: str = ""
    room: Room = "possible"
    page: bool = False
    seed: int | None = None


def grade(task: Task, lane: Lane, on_phase: OnPhase = lambda _words: None) -> Graded:
    """Grade a file.

    Args:
        task: what.
        lane: where; nobody else may use it meanwhile.
        on_phase: told what is tried next.

    Raises:
        LabError: the file cannot be read, or the machine has no room where one is required.
    """
    began = monotonic()
    try:
        source = task.file.read_bytes()
    except OSError as error:
        raise LabError(f"{task.file} cannot be read: {error.strerror}") from None
    seed = secrets.randbelow(10**9) if task.seed is None else task.seed
    try:
        contract.readable(source, _LONGEST_FILE)
        _put_to_all(task, source, lane, kind_of(task.exercise, Random(seed)), on_phase)  # noqa: S311
    except Failed as failed:
        stop = failed.stop
        return shown.refused(task.exercise, task.stack, task.user, stop, monotonic() - began)
    return shown.solved(task.exercise, task.stack, task.user, monotonic() - began)


def _put_to_all(task: Task, source: bytes, lane: Lane, kind: Kind, on_phase: OnPhase) -> None:
    folder = lane.folder / "task"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    copy = folder / "repair.py"
    copy.write_bytes(source)
    with (
        TemporaryDirectory(prefix="grading-") as place,
        lane.database(kind.tables, kind.parents_first, kind.grants) as database,
        Explorer(database, folder) as explorer,
    ):
        notes = folder / "notes"
        repair = Repair(copy, task.stack, task.exercise.kind, notes, Path(place), task.room)
        _Grading(task, repair, kind, database, explorer, folder, on_phase).all()


class _Grading:
    """One grading under way."""

    def __init__(
        self,
        task: Task,
        repair: Repair,
        kind: Kind,
        database: Database,
        explorer: Explorer,
        folder: Path,
        on_phase: OnPhase,
    ) -> None:
        self._task, self._repair, self._kind = task, repair, kind
        self._database, self._explorer = database, explorer
        self._folder, self._on_phase = folder, on_phase
        self._restored = restored(kind.parents_first)
        self._each = repair.application()

    def all(self) -> None:
        """Try everything, in order.

        Raises:
            Failed: at the first that is not as it was asked for.
        """
        self._in_turn()
        if self._task.exercise.options.get("crash"):
            self._crash()
        for trial in self._kind.races():
            self._explored(trial)
        if three := self._kind.overtaking():
            self._overtaken(three)
        if one := self._kind.in_one_process():
            self._explored(one, shared=True)
        self._salvo()
        self._refuse_noted()

    # One after the other

    def _in_turn(self) -> None:
        trials = self._kind.contract()
        first, *_ = [self._run_in_turn(trial) for trial in trials]
        sleep(_LATE)
        fastest = least = float("inf")
        for _ in range(_ROUNDS):
            began = monotonic()
            self._run_in_turn(trials[0])
            between = monotonic()
            self._run_idle()
            fastest, least = min(fastest, between - began), min(least, monotonic() - between)
        self._refuse_noted("sleeps")
        if fastest > _SLOW + _MORE_THAN_NOTHING * least:
            raise Failed(Fault("sleeps", f"Two requests took {fastest:.1f} s, alone."))
        run, end = first
        if fault := contract.broken_rule(self._task.exercise.rules, self._task.stack, run):
            raise Failed(fault, trials[0], run, end)

    def _run_idle(self) -> None:
        try:
            self._explorer.runner(idle(self._each), _PATIENCE).run(Schedule())
        except RacewalkError as error:
            raise self._broke_off(error) from None

    def _run_in_turn(self, trial: Trial) -> tuple[Run, Outcome]:
        self._on_phase(trial.title)
        race = self._race(trial, self._each, warm=0)
        try:
            runner = self._explorer.runner(race, _PATIENCE)
            run, end = runner.run(Schedule())
        except RacewalkError as error:
            raise self._broke_off(error) from None
        self._refuse_noted()
        if fault := contract.forbidden(run) or trial.fault(end):
            raise Failed(self._told(fault, run), trial, run, end)
        return run, end

    # At once

    def _explored(self, trial: Trial, *, shared: bool = False) -> None:
        self._on_phase(trial.title)
        many = len(trial.asks) > _TWO
        certificate, found = self._looked_for_a_fault(trial, shared=shared)
        if found:
            fault, run, end = found
            if not shared and self._holds_in_one_process(trial):
                fault = Fault("one_process", fault.seen)
            steps = not (shared or many or certificate.diverged)
            page = self._page(trial) if self._task.page and steps else ""
            raise Failed(self._told(fault, run), trial, run, end, page, steps)
        if not (shared or many or trial.strangers) and lasting.may_end(certificate):
            self._held_long(trial)
        if certificate.inconclusive and not ((shared or many) and _cut_short(certificate)):
            raise self._broke_off(certificate.inconclusive)

    def _looked_for_a_fault(
        self, trial: Trial, *, shared: bool
    ) -> tuple[Certificate, tuple[Fault, Run, Outcome] | None]:
        """Explore; once more where that neither shows a fault nor could show that there is none."""
        for _ in range(_LOOKS):
            certificate = self._explore(trial, shared=shared)
            self._refuse_noted()
            found = worst(trial, certificate)
            if found or not (certificate.diverged or certificate.inconclusive == _BEGUN_ANEW):
                break
        return certificate, found

    def _held_long(self, trial: Trial) -> None:
        self._on_phase(f"{trial.title}, and one takes its time")
        try:
            lasted = lasting.held_long(self._explorer, self._race(trial, self._each), trial)
        except RacewalkError as error:
            raise self._broke_off(error) from None
        if lasted.found:
            fault, run, end = lasted.found
            raise Failed(fault, trial, run, end)
        if lasted.outlasted:
            raise Failed(Fault(INCONCLUSIVE, _TOO_LONG))

    def _overtaken(self, trial: Trial) -> None:
        self._on_phase(trial.title)
        try:
            for run, end in overtaking.overtaken(self._explorer, self._race(trial, self._each)):
                self._refuse_noted()
                if fault := trial.fault(end):
                    raise Failed(self._told(trial.refined(fault, run), run), trial, run, end)
        except RacewalkError as error:
            raise self._broke_off(error) from None

    def _page(self, trial: Trial) -> str:
        self._on_phase("every order, to step through")
        task, place = self._task.exercise, (self._database, self._folder)
        title = f"{task.title} ({self._task.stack}): {trial.title}"
        return page_of(title, trial, self._race(trial, self._each), self._explorer, place)

    def _explore(self, trial: Trial, *, shared: bool, budget: Budget | None = None) -> Certificate:
        requests = len(trial.asks)
        application = (
            self._repair.application(threads=requests, shared=True) if shared else self._each
        )
        began, found = monotonic(), False

        def seen(_run: Run, end: Outcome) -> None:
            nonlocal found
            found = found or trial.fault(end) is not None
            if found and monotonic() - began > _ENOUGH:
                raise _EnoughError(_BEGUN_ANEW)

        budget = budget or (_ONE_PROCESS if shared else _ALL if requests == _TWO else _THREE)
        return self._explorer.explore(self._race(trial, application), budget, seen=seen)

    def _holds_in_one_process(self, trial: Trial) -> bool:
        if trial.strangers or not contract.of_one_process(self._repair.file.read_bytes()):
            return False
        certificate = self._explore(trial, shared=True, budget=_TELLING)
        seen_enough = certificate.exhausted or _cut_short(certificate)
        return seen_enough and worst(trial, certificate) is None

    # At full speed

    def _salvo(self) -> None:
        trial = self._kind.salvo()
        self._on_phase(trial.title)
        application = self._repair.application(threads=_THREADS, workers=2)
        try:
            with salvo.running(application, self._database, self._folder / "salvo.log") as instance:
                for held in salvo.holds_up(self._kind.parents_first):
                    end = salvo.fire(instance, self._database, trial, self._restored, held)
                    self._refuse_noted()
                    if salvo.LOST in end.answers:
                        raise Failed(Fault("never_returns", "It was so in a short attack."))
                    if fault := trial.fault(end):
                        raise Failed(self._told(fault, None), trial, None, end)
        except RacewalkError as error:
            raise self._broke_off(error) from None

    def _crash(self) -> None:
        trial, holds_up = self._kind.crash()
        self._on_phase(trial.title)
        logs = [self._folder / f"crash-{number}.log" for number in range(2)]
        try:
            with (
                salvo.running(self._each, self._database, logs[0]) as one,
                salvo.running(self._each, self._database, logs[1]) as other,
            ):
                both = (one, other)
                answer = salvo.crash(both, self._database, trial, holds_up, self._restored)
        except RacewalkError as error:
            raise self._broke_off(error) from None
        self._refuse_noted()
        if answer != PAID:
            raise Failed(Fault("stuck_after_crash", f"The next one was answered: {answer}."))

    # What was told, or not

    def _race(self, trial: Trial, application: Application, warm: int = WARM) -> Race:
        before = (*self._restored, *trial.before)
        return replace(trial, before=before).race(application, warm)

    def _refuse_noted(self, *words: str) -> None:
        if noted := self._repair.noted(*words):
            word, text = noted
            raise Failed(Fault(word, f"({text})" if text else ""))

    def _told(self, fault: Fault, run: Run | None) -> Fault:
        """Add to an error what Python says of it."""
        if fault.reason != "fails":
            return fault
        noted = self._repair.noted("fails")
        details = [answer.detail for answer in run.answers if answer.detail] if run else []
        text = noted[1] if noted else next(iter(details), "")
        return Fault(fault.reason, text.removeprefix("raised "))

    def _broke_off(self, error: RacewalkError | str) -> Failed:
        """Return what to say where a run came to no end."""
        sleep(_LATE)  # a note may be on its way
        if self._task.room == "required" and (none := self._repair.noted("no_room", "no_fence")):
            raise LabError(f"no repair can be run apart from others on this machine ({none[1]})")
        if noted := self._repair.noted():
            word, text = noted
            return Failed(Fault(word, f"({text})" if text else ""))
        text = error if isinstance(error, str) else f"{type(error).__name__.lower()}: {error}"
        for part, reason in _BROKEN_OFF:
            if part in text:
                return Failed(Fault(reason))
        return Failed(Fault(INCONCLUSIVE, text))


def _cut_short(certificate: Certificate) -> bool:
    """Tell whether of more orders than can be seen so many were that it says something."""
    return _SPENT in (certificate.inconclusive or "") and certificate.runs >= _FEW


_SPENT: Final = "budget of"
_BEGUN_ANEW: Final = "it went another way from one time to the next"
"""Why an exploration ended that has shown what is wrong, unless that was before it began anew."""
_TOO_LONG: Final = (
    f"It sets a timeout of more than {lasting.LONGEST:g} s, longer than anybody is held here: "
    "set a shorter one to have it graded."
)
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
