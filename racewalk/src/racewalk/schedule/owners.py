"""Whose statement has just been held, on a port that several requests share too.

One that gives back a lock of the process lets another go on, and goes on itself: to its answer,
most often. Of a statement that comes meanwhile it shows by that whose it was. Who spoke last on a
connection tells nothing outside of a transaction, for a pool may have handed it on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from racewalk.errors import DivergenceError
from racewalk.schedule.actor import Actor, Phase, Scene
from racewalk.wire.groups import Group
from racewalk.wire.link import Link
from racewalk.words import name

_ASIDE: Final = (
    "one spoke on two connections at once (asyncio.gather, threads), or gave back a lock of the "
    "process while it still worked: have each say one statement after the other, and give a lock "
    "back last (docs/limits.md)"
)


def owner(scene: Scene, link: Link, group: Group, still: Callable[[], bool]) -> Actor | None:
    """Return the request that sent a statement, or None while two could have sent it.

    Args:
        scene: the requests.
        link: where it is held.
        group: the statement.
        still: tells whether those who were seen to wait inside have not run since.

    Raises:
        DivergenceError: it was not started, or it will never show who has sent it.
    """
    if link.request is not None:
        if link.request < len(scene.actors):
            return scene.actors[link.request]
        raise DivergenceError(
            f"request {name(link.request)} sent {group.brief!r} before it was started"
        )
    last = scene.on(link)
    if last and link.status != "I":
        return last
    able = scene.in_phase(Phase.THINKING, Phase.INSIDE)
    moving = [a for a in able if a.phase is Phase.THINKING or a.evidence != scene.events]
    if len(moving) > 1 and still():
        moving = scene.in_phase(Phase.THINKING)
    for candidates in (able, moving):
        if len(candidates) == 1:
            return candidates[0]
    if not able or scene.unclaimed:
        raise nobodys()  # or both have said something
    return None


def nobodys() -> DivergenceError:
    """Return the error of a statement of which it doesn't show who has sent it."""
    return DivergenceError(
        "two requests of one instance moved at once: whose statement is it?", cure=_ASIDE
    )
