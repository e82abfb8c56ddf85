"""What a class has come to: who found what, who repaired what, and what was voted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from classroom.questions import RIGHT, Question
from classroom.queue import Job, Vote


@dataclass(frozen=True)
class Student:
    """One student's results.

    Attributes:
        name: of the account.
        found: strategies that their attacks made pay twice.
        repaired: exercises that were solved, as '3 flask'.
        last_reason: why the last grading failed, '' where it did not or there was none.
        waiting: jobs that are not over.
    """

    name: str
    found: tuple[str, ...]
    repaired: tuple[str, ...]
    last_reason: str
    waiting: int


@dataclass(frozen=True)
class Tally:
    """The votes on one question: for each choice its letter's words, first votes, last votes."""

    question: Question
    choices: tuple[tuple[str, str, int, int], ...]

    @property
    def voted(self) -> int:
        """How many have voted."""
        return sum(first for _, _, first, _ in self.choices)


def of_students(names: Sequence[str], jobs: Sequence[Job]) -> list[Student]:
    """Return the results of each of these students, in their order."""
    return [_student(name, [job for job in jobs if job.student == name]) for name in names]


def _student(name: str, jobs: Sequence[Job]) -> Student:
    found, repaired, last = dict[str, None](), dict[str, None](), ""
    for job in jobs:
        told = job.outcome or {}
        if job.kind == "attack":
            if any(row["verdict"] == "exploited" for row in told.get("rows", [])):
                found[job.asked["strategy"]] = None
        elif job.over:
            last = str(told.get("reason") or told.get("failed") or "")
            if told.get("solved"):
                repaired[f"{job.asked['exercise']} {job.asked['stack']}"] = None
    waiting = sum(not job.over for job in jobs)
    return Student(name, tuple(found), tuple(repaired), last, waiting)


def tallies(
    questions: Sequence[Question], votes: Sequence[Vote], names: Sequence[str]
) -> list[Tally]:
    """Return the votes of these students on each question that anybody voted on."""
    here = [vote for vote in votes if vote.student in names]
    found = [_tally(question, here) for question in questions]
    return [each for each in found if each.voted]


def _tally(question: Question, votes: Sequence[Vote]) -> Tally:
    mine = [vote for vote in votes if vote.question == question.slug]
    first, last = Counter(vote.first for vote in mine), Counter(vote.last for vote in mine)
    return Tally(
        question, tuple((says, text, first[says], last[says]) for says, text in question.choices)
    )


def by_misconception(votes: Sequence[Vote], names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return how many first and last votes named each misconception."""
    here = [vote for vote in votes if vote.student in names]
    first, last = Counter(vote.first for vote in here), Counter(vote.last for vote in here)
    wrong = sorted({*first, *last} - {RIGHT}, key=lambda each: int(each[1:]))
    return {each: (first[each], last[each]) for each in wrong}
