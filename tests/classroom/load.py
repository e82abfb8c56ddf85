"""A class at work: students who attack, withdraw by hand, hand repairs in and vote, all at once."""

import random
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from classroom.questions import questions
from classroom.queue import Job, Queue
from shared_db.accounts import STARTING_MONEY
from shared_db.catalogue import Strategy, strategies
from shared_db.errors import LabError
from tests.classroom.conftest import OwnClass
from tests.conftest import STACKS
from tests.contract.browser import Browser

AMOUNT = 3
# Pages on which one withdrawal after the other needs nothing of the account but its money.
BY_HAND = [
    each
    for each in strategies()
    if each.kind == "defence" and not each.account and each.ledger == "stored"
]
ATTACKED = [each for each in strategies() if each.kind != "trap"]


@dataclass(frozen=True)
class Repair:
    """A file to hand in: for which exercise, and whether it is right."""

    exercise: str
    stack: str
    file: bytes
    right: bool


@dataclass
class Seen:
    """What one student saw."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    votes: dict[str, str] = field(default_factory=dict)
    asked: dict[int, Repair | Strategy] = field(default_factory=dict)


class Student(threading.Thread):
    """One student, from their login to the end of the lesson."""

    def __init__(
        self, own_class: OwnClass, name: str, repairs: Sequence[Repair], over: threading.Event
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.seen = Seen()
        self._class, self._queue, self._over = own_class, own_class.queue, over
        self._repairs = repairs
        self._random = random.Random(name)  # noqa: S311 - the same each time
        self._browsers: Mapping[str, Browser] = {}

    def run(self) -> None:
        """Do what students do, in an order of one's own, until the lesson is over."""
        try:
            self._browsers = {stack: self._log_in(stack) for stack in STACKS}
            acts = [self._withdraw, self._withdraw, self._attack, self._vote, self._hand_in]
            while not self._over.is_set():
                self._random.shuffle(acts)
                for act in acts:
                    if not self._over.is_set():
                        act()
        except (httpx.HTTPError, AssertionError, LabError) as error:
            self._fault(f"{type(error).__name__}: {error}")
        finally:
            for browser in self._browsers.values():
                browser.close()

    def _log_in(self, stack: str) -> Browser:
        browser = Browser(self._class.url(stack))
        answer = browser.log_in(self.name, self._class.passwords[self.name])
        assert answer.status == 302, f"the login on {stack} answers {answer.status}"
        return browser

    def _withdraw(self) -> None:
        """Withdraw by hand: the balance is that of nobody else."""
        stack, strategy = self._random.choice(STACKS), self._random.choice(BY_HAND)
        browser = self._browsers[stack]
        browser.fill("/")  # back to the start
        answer = browser.fill(strategy.path, {"amount": str(AMOUNT)})
        self.seen.statuses[answer.status] += 1
        if answer.status not in (302, 503):
            self._fault(f"{strategy.slug} on {stack} answers {answer.status}")
            return
        paid = AMOUNT if answer.status == 302 else 0
        balance = int(browser.get("/").text("#balance"))
        if balance != STARTING_MONEY - paid:
            self._fault(f"{balance} money after {strategy.slug} on {stack} paid {paid}")

    def _attack(self) -> None:
        """Attack one's own account, and wait for it: nothing is done by hand meanwhile."""
        strategy = self._random.choice(ATTACKED)
        stacks = sorted({stack for case in strategy.cases for stack in case.stacks})
        asked = {"strategy": strategy.slug, "stack": self._random.choice(stacks)}
        job = self._queue.ask(self.name, "attack", asked)
        self.seen.asked[job.id] = strategy
        while not self._over.wait(0.2):
            if self._queue.job(job.id).over:
                return

    def _vote(self) -> None:
        """Vote on one of the questions."""
        asked = self._random.choice(list(questions().values()))
        says, _ = self._random.choice(asked.choices)
        self._queue.vote(self.name, asked.slug, says)
        self.seen.votes[asked.slug] = says

    def _hand_in(self) -> None:
        """Hand a repair in, unless the last one is not graded yet."""
        mine = [job for job in self._queue.jobs(self.name) if job.kind == "grade"]
        if not self._repairs or not all(job.over for job in mine):
            return
        repair = self._random.choice(self._repairs)
        asked = {"exercise": repair.exercise, "stack": repair.stack}
        job = self._queue.ask(self.name, "grade", asked, repair.file)
        self.seen.asked[job.id] = repair

    def _fault(self, words: str) -> None:
        self.seen.faults.append(f"{self.name}: {words}")


def lesson(
    own_class: OwnClass, names: Sequence[str], repairs: Sequence[Repair], seconds: float
) -> dict[str, Seen]:
    """Have all of them work for so long, with a kill of the desk in the middle.

    Returns:
        What each saw.
    """
    over = threading.Event()
    students = [Student(own_class, name, repairs, over) for name in names]
    for student in students:
        student.start()
    time.sleep(seconds / 2)
    own_class.kill_desk()
    up = own_class.run("up")
    assert up.returncode == 0, up.stderr
    time.sleep(seconds / 2)
    over.set()
    for student in students:
        student.join(60)
        assert not student.is_alive(), f"{student.name} does not come to an end"
    return {student.name: student.seen for student in students}


def slowest(jobs: Sequence[Job]) -> float:
    """Return the seconds that the slowest of these jobs took, once it had begun."""
    done = ((job.begun_at, job.ended_at) for job in jobs)
    return max((end - begin for begin, end in done if begin and end), default=0)


def jobs_of(queue: Queue, student: str) -> dict[int, Job]:
    """Return the jobs of a student by their ids."""
    return {job.id: job for job in queue.jobs(student)}
