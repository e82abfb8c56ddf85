"""Which cells pages name: each is recorded, and nothing else is."""

import re
from functools import cache
from pathlib import Path
from typing import get_args

from attack import targets
from attack.explore.cells import Cell, Users, plan
from attack.explore.recordings import file_name
from shared_db.catalogue import strategies

DOCS = Path(__file__).parents[1]
RECORDINGS = DOCS / "recordings"
WITHOUT = RECORDINGS / "without"
"""Folder of the recordings of cells without their lock, by the same names."""
REQUESTS = 2
_UNLOCKED = ("row_lock", "advisory_lock")
_STEPPER = re.compile(r"^```\{stepper\} (?P<cell>\S+)\n(?::start: (?P<start>\d+)\n)?", re.MULTILINE)
_STARTS = (10, 20)
# What an application's page shows where the first of a strategy's cells tells less.
_SHOWN = {
    "idempotency_key": "idempotency_key-n-keys-10",
    "process_lock": "process_lock-2-workers-10",
    "skip_locked": "skip_locked-20",
}


@cache
def cells() -> dict[str, Cell]:
    """Return what can be recorded, of one user and of two, by the recording's name."""
    users: tuple[Users, ...] = get_args(Users)
    return {
        file_name(cell).removesuffix(".json"): cell
        for start in _STARTS
        for whose in users
        for cell in plan(targets.load().stacks, strategies(), REQUESTS, None, start, whose)
    }


@cache
def by_the_site() -> frozenset[str]:
    """Return the recordings that the site's pages show, as docs/extension/stepper.py reads it."""
    return frozenset(
        f"{found['cell']}-{found['start'] or min(_STARTS)}"
        for page in DOCS.rglob("*.md")
        for found in _STEPPER.finditer(page.read_text("utf-8"))
    )


def by_an_application(stack: str, slug: str) -> str | None:
    """Return the recording that a strategy's page shows; None where the stack has none.

    Where a lesson shows the strategy by another one, that will do: one less is kept.
    """
    name = f"{stack}-{_SHOWN.get(slug, f'{slug}-{min(_STARTS)}')}"
    shown = sorted(
        each
        for each in by_the_site()
        if (cells()[each].stack, cells()[each].strategy.slug) == (stack, slug)
    )
    if name in cells() and (name in shown or not shown):
        return name
    return shown[0] if shown else None


def named() -> dict[str, Cell]:
    """Return all cells that pages name, by the recording's name.

    Raises:
        KeyError: a page names what cannot be recorded.
    """
    shown = {
        by_an_application(stack, strategy.slug)
        for stack in targets.load().stacks
        for strategy in strategies()
    }
    names = by_the_site() | {each for each in shown if each}
    return {name: cells()[name] for name in sorted(names)}


def unlocked() -> dict[str, Cell]:
    """Return the cells that are recorded without their lock too, by the recording's name."""
    return {
        name: cell
        for name, cell in named().items()
        if cell.strategy.slug in _UNLOCKED and cell.start == min(_STARTS) and cell.users == 1
    }
