"""The concept questions, from the lessons themselves: what is asked, and what each choice says."""

import re
from dataclasses import dataclass
from functools import cache

from docs.extension.lesson import file_of, order, parse

RIGHT = "right"
_QUESTION = re.compile(r"```\{question\}\n(.*?)\n```", re.DOTALL)
_CHOICE = re.compile(r"^- (right|M\d+): +(.*(?:\n {2,}.*)*)", re.MULTILINE)
LETTERS = "abcdefgh"


@dataclass(frozen=True)
class Question:
    """The question of a lesson; `choices` are what a choice stands for, and its words.

    `lesson` is the lesson's number: it says what is meant, and not which strategy it is.
    """

    lesson: int
    slug: str
    text: str
    choices: tuple[tuple[str, str], ...]

    def says(self, letter: str) -> str | None:
        """Return what the choice of this letter stands for; None where there is no such choice."""
        choices = dict(zip(LETTERS, self.choices, strict=False))
        return choices[letter][0] if letter in choices else None


@cache
def questions() -> dict[int, Question]:
    """Return the question of each lesson, by the lesson's number."""
    found = (_of(number, slug) for number, slug in enumerate(order(), 1))
    return {each.lesson: each for each in found if each}


def _of(number: int, slug: str) -> Question | None:
    path = file_of(slug)
    predict = parse(path.read_text("utf-8")).sections.get("Predict", "") if path.is_file() else ""
    body = _QUESTION.search(predict)
    if not body:
        return None
    text, _, _ = body[1].partition("\n- ")
    choices = tuple((says, _plain(words)) for says, words in _CHOICE.findall(body[1]))
    return Question(number, slug, _plain(text), choices)


def _plain(text: str) -> str:
    return " ".join(text.split())
