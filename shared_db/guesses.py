"""What somebody has guessed, page by page: kept in a cookie, for nothing tells it but the browser.

Cookies ignore ports, and here that is welcome: who has guessed on one stack has guessed on both.
"""

import re
from collections.abc import Mapping

from shared_db.catalogue import by_number
from shared_db.lesson import Choice, lesson_of

COOKIE = "guesses"
KEPT_S = 30 * 24 * 3600
_GUESS = re.compile(r"([1-9][0-9]{0,2})([a-z])", re.ASCII)

Guesses = Mapping[int, str]
"""Letters of choices, by the numbers of pages."""


def read(cookie: str | None) -> Guesses:
    """Return what a cookie says; what no page has asked is left out."""
    found = (_GUESS.fullmatch(part) for part in (cookie or "").split("."))
    said = {int(each[1]): each[2] for each in found if each}
    return {number: letter for number, letter in said.items() if choice(number, letter)}


def written(guesses: Guesses) -> str:
    """Return the cookie that says so, such as '1c.12a'."""
    return ".".join(f"{number}{letter}" for number, letter in sorted(guesses.items()))


def choice(number: int, letter: str) -> Choice | None:
    """Return the choice of a letter at the question of a page, or None where there is none."""
    strategy = by_number(number)
    return lesson_of(strategy.slug).choice(letter) if strategy else None
