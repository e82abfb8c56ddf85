"""A strategy's lesson, as its page has it: the question, and one order that was recorded.

The files in lessons/ are made from the site's lessons and recordings by `make pages`.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("lessons")


@dataclass(frozen=True)
class Choice:
    """One answer to choose. `text` is HTML; `belief` and `truth` are empty in the right one."""

    letter: str
    text: str
    belief: str
    truth: str

    @property
    def is_right(self) -> bool:
        return not self.belief


@dataclass(frozen=True)
class Story:
    """One order of two requests on one stack: the simplest that goes wrong, if there is one.

    Attributes:
        cell: what was recorded, such as 'no_lock on flask, start 10'.
        known: what the certificate says of all orders.
        which: which order this is.
        sentences: it line by line.
        picture: its SVG, as a path below the static files.
        recorded: the day, YYYY-MM-DD.
        postgresql: the server's version.
        hash: the certificate's, SHA-256 in hex.
    """

    cell: str
    known: str
    which: str
    sentences: tuple[str, ...]
    picture: str
    recorded: str
    postgresql: str
    hash: str


@dataclass(frozen=True)
class Lesson:
    """One lesson. Its title names no strategy; `question` and `explanation` are HTML.

    Attributes:
        number: its place in the order to teach in, from 1.
        stories: by stack; a stack on which the strategy is not explored has none.
    """

    number: int
    title: str
    question: str
    choices: tuple[Choice, ...]
    explanation: str
    stories: dict[str, Story]

    @property
    def right(self) -> Choice:
        """The right choice."""
        return next(choice for choice in self.choices if choice.is_right)

    def choice(self, letter: str) -> Choice | None:
        """Return the choice of a letter, or None where there is none."""
        return next((choice for choice in self.choices if choice.letter == letter), None)


@cache
def lesson_of(slug: str) -> Lesson:
    """Return the lesson of a strategy, by its slug."""
    told = json.loads((FOLDER / f"{slug}.json").read_text("utf-8"))
    stories = {
        stack: Story(**story | {"sentences": tuple(story["sentences"])})
        for stack, story in told.pop("stories").items()
    }
    choices = tuple(Choice(**choice) for choice in told.pop("choices"))
    return Lesson(**told, choices=choices, stories=stories)
