"""A model of PostgreSQL for `programs`: READ COMMITTED and REPEATABLE READ, row and advisory locks.

It runs schedules as a lab does, thousands of times as fast. A statement takes its snapshot when it
begins; if it has to wait, it goes on with the row as it then is. Locks wait in queue order, and
who closes a cycle is the deadlock's victim.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from racewalk.commute.access import Mode
from racewalk.schedule.masks import Masks
from racewalk.schedule.outcome import Facts, Outcome, judge
from racewalk.schedule.record import Answer, Choice, Run, Step
from racewalk.schedule.schedule import Schedule
from racewalk.targets.session import Result, SqlError
from racewalk.wire.statements import Statement
from support.programs import READS, START, Op, Play, Program, play

CONFLICTS = {
    Mode.KEY_SHARE: {Mode.UPDATE},
    Mode.SHARE: {Mode.NO_KEY_UPDATE, Mode.UPDATE},
    Mode.NO_KEY_UPDATE: {Mode.SHARE, Mode.NO_KEY_UPDATE, Mode.UPDATE},
    Mode.UPDATE: set(Mode),
}
MODES = {
    "lock": Mode.UPDATE,
    "share": Mode.SHARE,
    "insert": Mode.KEY_SHARE,
    "advisory": Mode.UPDATE,
    "session lock": Mode.UPDATE,
}
WRITES = {"set", "double", "take", "absorb"}
EMPTY = Schedule()
Notes = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Lock:
    """A lock that a request holds."""

    request: int
    resource: tuple[str, int]
    mode: Mode
    session: bool


@dataclass
class Snapshot:
    """What is committed at one moment; `versions` counts the updates of each cell."""

    cells: dict[int, int]
    versions: dict[int, int]
    notes: Notes


@dataclass
class Actor:
    """One request: its play, its transaction, and the statement that it is at."""

    request: int
    playing: Play
    op: Op | None = None
    answer: Answer | None = None
    begin: str | None = None
    failed: bool = False
    snapshot: Snapshot | None = None
    cells: dict[int, int] = field(default_factory=dict)
    notes: Notes = ()
    waiting: bool = False
    waited: bool = False
    released: int = 0
    seen: Snapshot | None = None


class Model:
    """Runs schedules of some programs; a `strategy.Runner`."""

    def __init__(self, programs: Sequence[Program]) -> None:
        self.programs = programs
        self.noise: Counter[str] = Counter()
        self.masks = Masks()

    def run(self, schedule: Schedule = EMPTY, like: Run | None = None) -> tuple[Run, Outcome]:
        """Run one schedule."""
        del like
        return _Schedule(self.programs).run([item.request for item in schedule])


class _Schedule:
    """The database and the requests of one schedule."""

    def __init__(self, programs: Sequence[Program]) -> None:
        self.now = Snapshot(dict(START), dict.fromkeys(START, 0), ())
        self.locks: list[Lock] = []
        self.queue: list[Actor] = []
        self.choices: list[Choice] = []
        self.steps: list[Step] = []
        self.actors = [Actor(number, play(p, number)) for number, p in enumerate(programs)]
        for actor in self.actors:
            actor.op = next(actor.playing)

    def run(self, prefix: Sequence[int]) -> tuple[Run, Outcome]:
        current = -1
        while enabled := tuple(a.request for a in self.actors if a.op and not a.waiting):
            if len(self.choices) < len(prefix):
                current = prefix[len(self.choices)]
            elif current not in enabled:
                current = enabled[0]
            assert current in enabled
            pending = tuple(op.sql for r in enabled if (op := self.actors[r].op))
            waiting = tuple(actor.request for actor in self.queue)
            self.choices.append(Choice(enabled, current, pending, waiting))
            self.release(self.actors[current])
        answers = tuple(actor.answer or Answer("refused") for actor in self.actors)
        run = Run(tuple(self.choices), tuple(self.steps), answers)
        cells, notes = self.now.cells, self.now.notes
        paid = sum(cell * amount for cell, amount in notes)
        found = {"cells": cells[1] * 1_000 + cells[2], "notes": paid, "count": len(notes)}
        return run, judge(run, Facts(tuple(found.items())), {})

    def release(self, actor: Actor) -> None:
        """Let a statement begin, and then all whom it sets free."""
        actor.released, actor.waited = len(self.choices) - 1, False
        actor.seen = self.committed()
        if actor.begin != "begin" and actor.begin is not None and not actor.failed:
            if actor.snapshot is None and actor.op and actor.op.kind not in ("commit", "rollback"):
                actor.snapshot = actor.seen
            actor.seen = actor.snapshot or actor.seen
        self.go_on(actor)
        progress = True
        while progress:
            progress = any(self.go_on(waiter) for waiter in list(self.queue))

    def committed(self) -> Snapshot:
        now = self.now
        return Snapshot(dict(now.cells), dict(now.versions), now.notes)

    def go_on(self, actor: Actor) -> bool:
        """Try to finish the statement; return whether that is so."""
        op = actor.op
        assert op
        lock = self.wanted(actor, op)
        if lock and (holders := self.holders(lock)):
            if self.closes_a_cycle(actor, holders):
                self.finish(actor, error="40P01")
                return True
            if not actor.waiting:
                actor.waiting = actor.waited = True
                self.queue.append(actor)
            return False
        if lock:
            self.locks.append(lock)
        self.finish(actor)
        return True

    def wanted(self, actor: Actor, op: Op) -> Lock | None:
        mode = MODES.get(op.kind)
        if op.kind in WRITES:
            mode = Mode.NO_KEY_UPDATE
            if op.kind == "take" and not actor.waiting and self.value(actor, op.key) < op.value:
                return None
        if mode is None:
            return None
        space = "advisory" if op.kind in ("advisory", "session lock") else "cell"
        return Lock(actor.request, (space, op.key), mode, op.kind == "session lock")

    def value(self, actor: Actor, key: int) -> int:
        """The cell as the statement's snapshot and the transaction's own writes have it."""
        assert actor.seen
        return actor.cells.get(key, actor.seen.cells[key])

    def holders(self, lock: Lock) -> set[int]:
        return {
            held.request
            for held in self.locks
            if held.request != lock.request
            and held.resource == lock.resource
            and held.mode in CONFLICTS[lock.mode]
        }

    def closes_a_cycle(self, actor: Actor, holders: set[int]) -> bool:
        reached, open_ones = set[int](), list(holders)
        while open_ones:
            request = open_ones.pop()
            other = self.actors[request]
            if request == actor.request:
                return True
            if request not in reached and other.waiting and other.op:
                lock = self.wanted(other, other.op)
                open_ones += self.holders(lock) if lock else ()
            reached.add(request)
        return False

    def finish(self, actor: Actor, error: str | None = None) -> None:
        """Do what the statement does, and take the next one from the play."""
        if actor.waiting:
            actor.waiting = False
            self.queue.remove(actor)
        op, failed_before = actor.op, actor.failed
        assert op
        result = Result((), "")
        if error is None:
            try:
                result = Result(*self.execute(actor, op))
            except SqlError as caught:
                error = caught.sqlstate
        if error and actor.begin:
            actor.failed = True
            self.unlock(actor)
        if not actor.begin:
            self.commit(actor) if error is None else self.roll_back(actor)
        status = "I" if not actor.begin else "E" if actor.failed else "T"
        assert not (failed_before and error), "no statement after a failure but ROLLBACK"
        waited = "a lock" if actor.waited else None
        self.steps.append(
            Step(
                actor.request,
                (Statement(op.sql),),
                (),
                result.rows,
                (result.tag,) if error is None else (),
                error,
                status,
                waited,
                actor.released,
                len(self.choices) - 1,
            )
        )
        try:
            if error is None:
                actor.op = actor.playing.send(result)
            else:
                actor.op = actor.playing.throw(SqlError(error, ""))
        except StopIteration as end:
            actor.op, actor.answer = None, end.value

    def execute(self, actor: Actor, op: Op) -> tuple[tuple[tuple[int, ...], ...], str]:
        match op.kind:
            case "begin" | "begin repeatable read":
                actor.begin = op.kind
                return (), "BEGIN"
            case "commit" if not actor.failed:
                self.commit(actor)
                return (), "COMMIT"
            case "commit" | "rollback":
                self.roll_back(actor)
                return (), "ROLLBACK"
            case "insert":
                actor.notes += ((op.key, op.value),)
                return (), "INSERT 0 1"
            case "advisory" | "session lock":
                return ((0,),), "SELECT 1"
            case "session unlock":
                mine = Lock(actor.request, ("advisory", op.key), Mode.UPDATE, session=True)
                if mine in self.locks:
                    self.locks.remove(mine)  # one of them: they are counted
                return ((0,),), "SELECT 1"
            case kind if kind in READS:
                return ((self.read(actor, op),),), "SELECT 1"
        return (), f"UPDATE {self.write(actor, op)}"

    def read(self, actor: Actor, op: Op) -> int:
        assert actor.seen
        if op.kind == "notes":
            return sum(cell == op.key for cell, _ in actor.seen.notes + actor.notes)
        if op.kind == "sum":
            return sum(self.value(actor, key) for key in START)
        if op.kind == "read":
            return self.value(actor, op.key)
        return self.latest(actor, op.key)

    def latest(self, actor: Actor, key: int) -> int:
        """The cell as it is once its lock is granted."""
        if actor.snapshot and actor.snapshot.versions[key] != self.now.versions[key]:
            raise SqlError("40001", "concurrent update")
        return actor.cells.get(key, self.now.cells[key])

    def write(self, actor: Actor, op: Op) -> int:
        assert actor.seen
        if op.kind == "take" and not actor.waited and self.value(actor, op.key) < op.value:
            return 0
        value = self.latest(actor, op.key)
        match op.kind:
            case "set":
                value = op.value
            case "double":
                value = value * 2 + op.value
            case "absorb":
                value += len(actor.seen.notes + actor.notes)
            case "take" if value < op.value:
                return 0
            case "take":
                value -= 1
        actor.cells[op.key] = value
        return 1

    def commit(self, actor: Actor) -> None:
        self.now.cells |= actor.cells
        for key in actor.cells:
            self.now.versions[key] += 1
        self.now.notes += actor.notes
        self.roll_back(actor)

    def roll_back(self, actor: Actor) -> None:
        actor.begin, actor.failed, actor.snapshot = None, False, None
        actor.cells, actor.notes = {}, ()
        self.unlock(actor)

    def unlock(self, actor: Actor) -> None:
        self.locks = [k for k in self.locks if k.request != actor.request or k.session]
