"""What the pages show of a strategy beside its form, the same in both stacks.

Until somebody has guessed nothing tells what the strategy is called, or whether it holds.
"""

from collections.abc import Callable
from dataclasses import dataclass

from shared_db import by_hand, catalogue
from shared_db.accounts import STARTING_MONEY, is_class
from shared_db.by_hand import Door
from shared_db.catalogue import Strategy
from shared_db.guesses import Guesses
from shared_db.lesson import Choice, Lesson, Story, lesson_of
from shared_db.site import Place, lesson_place
from shared_db.source import Source, source_of


@dataclass(frozen=True)
class Entry:
    """A strategy in the list: its lesson, and what was guessed of it, None before."""

    strategy: Strategy
    lesson: Lesson
    guess: Choice | None


@dataclass(frozen=True)
class Insight:
    """What a strategy's page explains.

    Attributes:
        lesson: its lesson.
        guess: what was guessed, None before.
        source: the code that runs.
        amount: what each of two requests asks for, so that it shows what is wrong: all that an
            account starts with, or half of it where the fault is to pay too little.
        story: an order that was recorded; None where the explorer leaves the strategy out.
        curl: its request as commands of a shell.
        raw: its request byte by byte.
        place: where its lesson is to be read.
        following: the next strategy in the list, None behind the last.
        vote: what a student of a class types to vote, before the letter; '' where there is none.
    """

    lesson: Lesson
    guess: Choice | None
    source: Source
    amount: int
    story: Story | None
    curl: str
    raw: str
    place: Place
    following: Entry | None
    vote: str


def entries(guesses: Guesses) -> list[Entry]:
    """Return every strategy in the order of its number."""
    return [entry_of(strategy, guesses) for strategy in catalogue.strategies()]


def entry_of(strategy: Strategy, guesses: Guesses) -> Entry:
    """Return one strategy, as far as it may be told."""
    lesson = lesson_of(strategy.slug)
    return Entry(strategy, lesson, lesson.choice(guesses.get(strategy.number, "")))


def name_in(guesses: Guesses, slug: str | None) -> str:
    """Return how the log names a strategy: by its page until it was guessed, '' where none paid."""
    found = next((each for each in catalogue.strategies() if each.slug == slug), None)
    if found is None or found.number in guesses:
        return slug or ""
    return f"page {found.number}"


def insight(
    strategy: Strategy,
    guesses: Guesses,
    stack: str,
    withdraw: Callable[..., object],
    door: Door,
    username: str,
) -> Insight:
    """Return what a strategy's page explains to a user.

    Args:
        strategy: whose page it is.
        guesses: what they have guessed.
        stack: 'flask' or 'django', on which the page is.
        withdraw: the strategy's function there.
        door: how that stack is entered.
        username: who they are.
    """
    entry, following = entry_of(strategy, guesses), catalogue.by_number(strategy.number + 1)
    amount = STARTING_MONEY // (2 if strategy.starves else 1)
    return Insight(
        lesson=entry.lesson,
        guess=entry.guess,
        source=source_of(withdraw),
        amount=amount,
        story=entry.lesson.stories.get(stack),
        curl=by_hand.curl(strategy, door, username, amount),
        raw=by_hand.raw(strategy, door, amount),
        place=lesson_place(entry.lesson.number),
        following=entry_of(following, guesses) if following else None,
        vote=f"vote {entry.lesson.number}" if is_class() else "",
    )
