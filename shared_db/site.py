"""Where a lesson is to be read: the site is built apart, and both stacks only point at it."""

from dataclasses import dataclass

from shared_db.paths import CHECKOUT
from shared_db.runtime import runtime

_BUILT = "docs/_build/html"


@dataclass(frozen=True)
class Place:
    """A lesson's page.

    Attributes:
        url: where the site is served; '' where nobody has said.
        file: its path within the checkout.
        is_built: whether it is there.
    """

    url: str
    file: str
    is_built: bool


def lesson_place(number: int) -> Place:
    """Return where the lesson of a number is, from 1."""
    page = f"lessons/{number:02}.html"
    site, file = runtime().lessons_url, f"{_BUILT}/{page}"
    return Place(f"{site}/{page}" if site else "", file, (CHECKOUT / file).is_file())
