"""What a student meets behind the door: a menu, or one of its words as ssh's command.

    ssh -F s07/config overdraft
    ssh -F s07/config overdraft grade 3 flask < repair_flask.py

sshd says whose key it was; nothing that is typed can change that. No word of it starts a shell,
names a file, or asks for another student.
"""

import io
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import Final, NoReturn

from attack.counting import counted
from attack.grade.exercises import STACKS
from classroom import exercises, words
from classroom.desk import state
from classroom.door.sshd import STUDENT
from classroom.questions import LETTERS, Question, questions
from classroom.queue import Job, Queue
from shared_db.catalogue import Strategy, strategies
from shared_db.errors import LabError

LARGEST_FILE: Final = 64 * 1024
_LOOKS_AGAIN_S: Final = 0.3
_SHOWN: Final = 10
_INTERRUPTED: Final = 128 + 2
_END: Final = "."
_NOBODY: Final = 60_999
"""A user to whom nothing on this machine belongs."""

HELP: Final = """\
  attack 3 flask       send 32 withdrawals at once to page 3, on your own account
  exercise 1 flask     show the task of exercise 1, and the file to repair
  grade 1 flask        have a repair graded; from your own machine, with the file:
                       ssh -F {student}/config overdraft grade 1 flask < repair_flask.py
  question 6           show the question of lesson 6
  vote 6 b             vote for answer b; vote again, and the last one counts too
  results              what your attacks and repairs came to
  quit                 leave"""


class Menu:
    """One student's words, and what each does."""

    def __init__(
        self,
        student: str,
        queue: Queue,
        file: Callable[[], bytes],
        is_open: Callable[[], object],
    ) -> None:
        """Take a student in.

        Args:
            student: whose account it is.
            queue: of the class.
            file: reads the file that a word asks for.
            is_open: tells whether the desk is there, so that waiting has an end.
        """
        self._student, self._queue, self._file, self._is_open = student, queue, file, is_open
        self._words: dict[str, tuple[int, Callable[..., None]]] = {
            "attack": (2, self.attack),
            "exercise": (2, self.exercise),
            "grade": (2, self.grade),
            "question": (1, self.question),
            "vote": (2, self.vote),
            "results": (0, self.results),
            "help": (0, self.help),
        }

    def say(self, said: Sequence[str]) -> None:
        """Do what a line of words asks for.

        Raises:
            LabError: there is no such word, or it needs others.
        """
        word, *rest = said
        if word not in self._words:
            raise LabError(f"there is no {word[:20]!r} here; there is {', '.join(self._words)}")
        count, do = self._words[word]
        if len(rest) != count:
            example = next((line for line in HELP.splitlines() if word in line.split()), word)
            shown = " ".join(example.split()[: count + 1])
            raise LabError(f"{word} needs {counted(count, 'word')} after it, as in: {shown}")
        do(*rest)

    def help(self) -> None:
        """Print every word."""
        _print(HELP.format(student=self._student))

    def attack(self, page: str, stack: str) -> None:
        """Queue an attack on the student's own account, and wait for it."""
        strategy = _strategy(page)
        if _stack(stack) not in {each for case in strategy.cases for each in case.stacks}:
            raise LabError(f"page {strategy.number} is not attacked on {stack}")
        asked = {"strategy": strategy.slug, "stack": stack}
        self._follow(self._queue.ask(self._student, "attack", asked))

    def exercise(self, number: str, stack: str) -> None:
        """Print a task and its file."""
        _print(exercises.task(number, _stack(stack)))

    def grade(self, number: str, stack: str) -> None:
        """Queue the grading of a file, and wait for it."""
        asked = {"exercise": exercises.known(number), "stack": _stack(stack)}
        file = self._file()
        if not file.strip():
            raise LabError("the file is empty: send it with `< repair_flask.py`, or paste it")
        if len(file) > LARGEST_FILE:
            raise LabError(f"the file is longer than {LARGEST_FILE // 1024} KiB: that is no repair")
        self._follow(self._queue.ask(self._student, "grade", asked, file))

    def question(self, lesson: str) -> None:
        """Print a question and its answers, and not which of them is right."""
        asked = _question(lesson)
        _print(asked.text)
        for letter, (_, choice) in zip(LETTERS, asked.choices, strict=False):
            _print(f"  {letter}  {choice}")

    def vote(self, lesson: str, letter: str) -> None:
        """Vote; nothing is told of what is right."""
        asked = _question(lesson)
        choice = asked.says(letter.lower())
        if choice is None:
            last = LETTERS[len(asked.choices) - 1]
            raise LabError(
                f"question {asked.lesson} has the answers a to {last}, not {letter[:5]!r}"
            )
        self._queue.vote(self._student, asked.slug, choice)
        _print(f"Your vote on question {asked.lesson}: {letter.lower()}.")

    def results(self) -> None:
        """Print what the last jobs of this student came to, or where they stand."""
        jobs = self._queue.jobs(self._student)
        for job in jobs[-_SHOWN:]:
            self._tell(job)
        if not jobs:
            _print("Nothing yet: try `attack 1 flask`.")

    def _follow(self, job: Job) -> None:
        """Show where a job stands until it is over; Ctrl-C stops looking, and nothing else."""
        said = ""
        try:
            while not (job := self._queue.job(job.id)).over:
                now = words.standing(job, self._queue.before(job))
                if now != said:
                    _print(now)
                    said = now
                if not self._is_open():
                    _print("The desk is closed. Your job is kept: it goes on when the class does.")
                    return
                time.sleep(_LOOKS_AGAIN_S)
        except KeyboardInterrupt:
            _print("It stays in the queue; `results` shows what becomes of it.")
            return
        self._tell(job)

    def _tell(self, job: Job) -> None:
        told = words.lines(job) if job.over else [words.standing(job, self._queue.before(job))]
        for line in told:
            _print(line)


def _print(text: str) -> None:
    """Print what may have come from a student's own file: nothing of it steers the terminal."""
    shown = "".join(each if each.isprintable() or each in "\n\t" else "�" for each in text)
    print(shown, flush=True)  # noqa: T201


def _strategy(page: str) -> Strategy:
    for each in strategies():
        if page in (str(each.number), each.slug):
            return each
    raise LabError(f"there is no page {page[:20]!r}: pages are 1 to {len(strategies())}")


def _stack(name: str) -> str:
    if name not in STACKS:
        raise LabError(f"there is no {name[:20]!r}: flask or django")
    return name


def _question(lesson: str) -> Question:
    number = int(lesson) if lesson.isascii() and lesson.isdecimal() and len(lesson) < 4 else 0
    if number not in questions():
        raise LabError(f"there is no question {lesson[:20]!r}: they are 1 to {max(questions())}")
    return questions()[number]


def _sent() -> bytes:
    """Read a file that was sent along: `< repair_flask.py`."""
    if sys.stdin.isatty():
        return _pasted()
    return sys.stdin.buffer.read(LARGEST_FILE + 1)


def _pasted() -> bytes:
    """Read a file that is pasted into the terminal."""
    _print(f"Paste the file, and end it with a line that is a single {_END!r}")
    lines: list[str] = []
    while (line := sys.stdin.readline()).rstrip("\r\n") != _END:
        if not line or sum(map(len, lines)) > LARGEST_FILE:
            break
        lines.append(line)
    return "".join(lines).encode("utf-8", "replace")


def _converse(menu: Menu, student: str) -> None:
    _print(f"Overdraft, account {student}. What you can say:\n")
    menu.help()
    while True:
        try:
            sys.stdout.write("\n> ")
            sys.stdout.flush()
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            return
        said = line.split()
        if not line or said[:1] in (["quit"], ["exit"], ["q"]):
            return
        if said:
            _dare(menu, said)


def _dare(menu: Menu, said: Sequence[str]) -> int:
    try:
        menu.say(said)
    except LabError as error:
        _print(f"overdraft: {error}")
        return 2
    return 0


def main() -> NoReturn:
    """Let a student in, do what they ask, and end."""
    for each in (signal.SIGTSTP, signal.SIGQUIT):
        signal.signal(each, signal.SIG_IGN)
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    code = 0
    try:
        code = _let_in(os.environ.get(STUDENT, ""), os.environ.get("SSH_ORIGINAL_COMMAND", ""))
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except BrokenPipeError:  # the window was closed
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(code)


def _let_in(student: str, asked: str) -> int:
    desk = state.running()
    if desk is None or student not in desk.students:
        _print("overdraft: no class is open for you now")
        return 2
    queue = Queue(stay_open=True)
    _read_all()
    _become_nobody()
    is_open = desk.process.find
    if not asked:
        _converse(Menu(student, queue, _pasted, is_open), student)
        return 0
    try:
        said = shlex.split(asked)
    except ValueError:
        said = asked.split()
    return _dare(Menu(student, queue, _sent, is_open), said or ["help"])


def _read_all() -> None:
    """Read what the words need of the disk, while this process may."""
    questions()
    strategies()
    exercises.tasks()


def _become_nobody() -> None:
    """Give up all rights before a word is read: a class is root's, and a student is not."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)


if __name__ == "__main__":
    main()
