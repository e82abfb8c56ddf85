"""Whose statement has just been held, on a port that several requests share too.

One that gives back a lock of the process lets another go on, and goes on itself: to its answer,
most often. Of a statement that comes meanwhile it shows by that whose it was.
"""

from __future__ import annotations

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


def owner(scene: Scene, link: Link, group: Group) -> Actor | None:
    """Return the request that sent a statement, or None while two could have sent it.

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
    if not able:
        raise nobodys()
    if scene.unclaimed:
        raise nobodys()  # both have said something
    if last in able:
        last.presumed = moving != [last]
        return last
    for candidates in (able, moving):
        if len(candidates) == 1:
            if any(actor.presumed for actor in scene.in_phase(Phase.HELD)):
                raise nobodys()  # each may have sent what the other is taken to have
            return candidates[0]
    return None


def nobodys() -> DivergenceError:
    """Return the error of a statement of which it doesn't show who has sent it."""
    return DivergenceError(
        "two requests of one instance moved at once: whose statement is it?", cure=_ASIDE
    )


def anothers(scene: Scene) -> list[Actor]:
    """Return those whose held statement another sent, if they have answered by now.

    A pool may hand a connection on as soon as it is given back, which is before the answer.
    """
    return scene.in_phase(Phase.HELD) if scene.in_phase(Phase.THINKING, Phase.INSIDE) else []
