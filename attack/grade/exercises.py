"""The exercises, as their folders tell them.

A folder is called <nn>_<slug>. README.md has the story and the task, exercise.toml what is asked
beyond it, repair_flask.py and repair_django.py are what is to be repaired. Solutions and wrong
repairs lie beside, and no student's copy has them.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from shared_db.errors import LabError
from shared_db.paths import CHECKOUT

FOLDER: Final = CHECKOUT / "exercises"
STACKS: Final = ("flask", "django")
HINTS: Final = 3
_NAME: Final = re.compile(r"(\d\d)_([a-z0-9_]+)")


@dataclass(frozen=True)
class Rule:
    """What the statements of a request that is paid have to show.

    Attributes:
        reason: why a repair without it is refused.
        needs: a pattern that one of them has to match, or ''.
        lacks: one that none of them may match, or ''.
        most: so many may match `counts`, or 0.
        counts: see there.
        stack: to which alone it applies, or ''.
    """

    reason: str
    needs: str = ""
    lacks: str = ""
    most: int = 0
    counts: str = ""
    stack: str = ""


@dataclass(frozen=True)
class Other:
    """What others tried, and what came of it; told once the exercise is solved."""

    what: str
    came: str


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Attributes:
        number: from 1.
        slug: its name in addresses.
        folder: where it lies.
        title: for people.
        minutes: how long it takes.
        lesson: slug of the strategy whose lesson it belongs to.
        kind: which trials it is graded by; a set of doors of the stage.
        hints: three, each telling more.
        holds: why the solution holds.
        others: what else was tried.
        rules: what the statements have to show.
        options: of its kind, such as `keyed`.
    """

    number: int
    slug: str
    folder: Path
    title: str
    minutes: int
    lesson: str
    kind: str
    hints: tuple[str, ...]
    holds: str
    others: tuple[Other, ...]
    rules: tuple[Rule, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Of its folder."""
        return self.folder.name

    def repair(self, stack: str) -> Path:
        """Return the file that is to be repaired."""
        return self.folder / f"repair_{stack}.py"

    def solution(self, stack: str) -> Path:
        """Return a file that is accepted."""
        return self.folder / "solution" / f"{stack}.py"

    def wrong(self, stack: str) -> list[Path]:
        """Return files that are refused, each named after its reason; see reason_of()."""
        return sorted((self.folder / "wrong" / stack).glob("*.py"))


def reason_of(wrong: Path) -> str:
    """Return the reason that a wrong repair is refused for; a word may follow it, after a dot."""
    return wrong.name.partition(".")[0]


@cache
def exercises() -> tuple[Exercise, ...]:
    """Return all of them, by number."""
    folders = (each for each in FOLDER.iterdir() if _NAME.fullmatch(each.name))
    return tuple(sorted(map(_read, folders), key=lambda each: each.number))


def exercise(number: int) -> Exercise:
    """Return one.

    Raises:
        LabError: there is none of this number.
    """
    for each in exercises():
        if each.number == number:
            return each
    raise LabError(f"there is no exercise {number}; there is 1 to {len(exercises())}")


def _read(folder: Path) -> Exercise:
    told = tomllib.loads((folder / "exercise.toml").read_text("utf-8"))
    match = _NAME.fullmatch(folder.name)
    if not match:
        raise ValueError(folder.name)
    return Exercise(
        number=int(match[1]),
        slug=match[2],
        folder=folder,
        title=told["title"],
        minutes=told["minutes"],
        lesson=told["lesson"],
        kind=told.get("kind", "withdrawal"),
        hints=tuple(told["hints"]),
        holds=told["holds"],
        others=tuple(Other(**each) for each in told["others"]),
        rules=tuple(Rule(**each) for each in told.get("rules", ())),
        options=told.get("options", {}),
    )
