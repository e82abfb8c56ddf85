"""A class at work: students who log in, withdraw, attack, hand repairs in and vote, all at once."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import psycopg

from attack.grade.exercises import exercise, reason_of
from classroom.questions import LETTERS, questions
from classroom.reset import reset
from shared_db.catalogue import strategies
from shared_db.errors import LabError
from tests.classroom.conftest import OwnClass
from tests.conftest import STACKS
from tests.contract.browser import Browser, Page

REPAIRS = 1  # the exercise that everybody hands in
ACCOUNT = """SELECT money, (SELECT count(*) FROM withdraw_logs WHERE user_id = "user".id)
             FROM "user" WHERE username = %s"""
DEFENDED = [
    each.path
    for each in strategies()
    if each.ledger != "derived"
    and not each.account
    and not each.beside
    and all(verdict == "held" for case in each.cases for _, verdict in case.expected)
]
DEFENCES = ["row_lock", "conditional_update", "version_check"]
ATTACKED = ["no_lock", "stale_row_lock", *DEFENCES]
ATTACKS = 0.3  # of the rounds that somebody makes
WAITS_S = 120.0
# Between two things that somebody does.
THINKS_S = (0.3, 1.5)


@dataclass
class Seen:
    """What everybody saw, under a lock.

    Attributes:
        answers: of the stacks to what was done by hand: how many of each status.
        logins: seconds that each login took.
        wrong: what must not have been seen, in words.
        done: how much of each kind was done.
    """

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    logins: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, stack: str, page: Page) -> Page:
        """Count an answer."""
        with self.lock:
            self.answers[stack, page.status] += 1
        return page

    def count(self, kind: str) -> None:
        """Count something that was done."""
        with self.lock:
            self.done[kind] += 1

    def blame(self, words: str) -> None:
        """Keep what must not have been seen."""
        with self.lock:
            self.wrong.append(words)


class Student(threading.Thread):
    """One student. Whatever changes on their account, they have to have done it themselves."""

    def __init__(
        self,
        own_class: OwnClass,
        name: str,
        together: threading.Barrier,
        seconds: float,
        seen: Seen,
    ) -> None:
        super().__init__(name=name)
        self._class, self._together, self._seconds, self._seen = own_class, together, seconds, seen
        self._random = Random(name)  # noqa: S311
        self._browsers = {stack: Browser(own_class.url(stack)) for stack in STACKS}
        self.votes = dict[str, str]()
        """What they voted last, by question."""
        self.handed_in = dict[int, str | None]()
        """The reason that each of their repairs has to be refused for, by the job's number."""
        self.asked = dict[int, str]()
        """The strategy of each of their attacks, by the job's number."""
        self._queue = own_class.queue

    def run(self) -> None:
        """Log in with all others, and then work for so many seconds."""
        try:
            self._log_in()
            self._together.wait(WAITS_S)
            until = time.monotonic() + self._seconds
            for work in self._works():
                if time.monotonic() > until:
                    break
                work()
                time.sleep(self._random.uniform(*THINKS_S))
        except Exception as error:
            self._seen.blame(f"{self.name}: {type(error).__name__}: {error}")

    def _works(self) -> Iterator[Callable[[], None]]:
        while True:
            yield from (self._withdraw, self._vote, self._hand_in, self._withdraw)
            # What is attacked is left alone by its owner, and the queue of attacks is long.
            if self._random.random() < ATTACKS:
                yield self._ask_for_attack

    def _log_in(self) -> None:
        forms = {stack: browser.get("/login") for stack, browser in self._browsers.items()}
        login = {"username": self.name, "password": self._class.passwords[self.name]}
        for stack, browser in self._browsers.items():
            self._together.wait(WAITS_S)
            began = time.monotonic()
            while True:
                page = self._seen.answer(stack, browser.submit(forms[stack], login))
                if page.status != 503:
                    break
                time.sleep(self._random.uniform(*THINKS_S))
            with self._seen.lock:
                self._seen.logins.append(time.monotonic() - began)
            if page.status != 302:
                self._seen.blame(f"{self.name} cannot log in to {stack}: {page.status}")

    def _withdraw(self) -> None:
        """Withdraw once on a page that defends itself, and look at what came of it."""
        if self._is_attacked():
            return
        self._money_for_more()
        stack = self._random.choice(STACKS)
        path = self._random.choice(DEFENDED)
        before = self._account()
        answers = self._pay(stack, path)
        paid = sum(page.status == 302 and page.location == "/" for page in answers)
        if any(page.status >= 500 and page.status != 503 for page in answers):
            self._seen.blame(f"{self.name}: {stack}{path} answers {answers[-1].status}")
        money, rows = self._account()
        if (money, rows) != (before[0] - paid, before[1] + paid):
            self._seen.blame(f"{self.name}: {before} and {paid} paid became {(money, rows)}")
        home = self._seen.answer(stack, self._browsers[stack].get("/"))
        if home.status == 200 and home.text("h1") != f"Account of {self.name}":
            self._seen.blame(f"{self.name} sees: {home.text('h1')}")
        if home.status == 200 and home.text("#balance") != str(money):
            self._seen.blame(f"{self.name} sees {home.text('#balance')}, and has {money}")
        self._seen.count("withdrawals")

    def _pay(self, stack: str, path: str) -> list[Page]:
        form = self._seen.answer(stack, self._browsers[stack].get(path))
        if form.status != 200:
            return [form]
        sent = self._browsers[stack].submit(form, {"amount": "1"})
        return [form, self._seen.answer(stack, sent)]

    def _money_for_more(self) -> None:
        if self._account()[0] < 1:
            with suppress(LabError):
                reset(self._class.database_url, [self.name])

    def _ask_for_attack(self) -> None:
        slug, stack = self._random.choice(ATTACKED), self._random.choice(STACKS)
        with suppress(LabError):  # the last is not done yet
            job = self._queue.ask(self.name, "attack", {"strategy": slug, "stack": stack})
            self.asked[job.id] = slug
            self._seen.count("attacks asked for")

    def _hand_in(self) -> None:
        stack = self._random.choice(STACKS)
        task = exercise(REPAIRS)
        file = self._random.choice([task.solution(stack), *task.wrong(stack)])
        asked = {"exercise": str(REPAIRS), "stack": stack}
        with suppress(LabError):
            job = self._queue.ask(self.name, "grade", asked, file.read_bytes())
            self.handed_in[job.id] = None if file.stem == stack else reason_of(file)
            self._seen.count("repairs handed in")

    def _vote(self) -> None:
        asked = self._random.choice(list(questions().values()))
        choice = asked.says(self._random.choice(LETTERS[: len(asked.choices)]))
        assert choice
        self._queue.vote(self.name, asked.slug, choice)
        self.votes[asked.slug] = choice
        self._seen.count("votes")

    def _is_attacked(self) -> bool:
        """Tell whether an attack of their own has not ended: meanwhile their account is its."""
        mine = self._queue.jobs(self.name)
        return any(job.kind == "attack" and not job.over for job in mine)

    def _account(self) -> tuple[int, int]:
        with psycopg.connect(self._class.database_url) as connection:
            row = connection.execute(ACCOUNT, (self.name,)).fetchone()
        assert row
        return row
