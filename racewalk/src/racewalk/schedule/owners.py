"""Whose statement has just been held, on a port that several requests share too."""

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


def owner(scene: Scene, link: Link, group: Group) -> Actor:
    """Return the request that sent a statement.

    Raises:
        DivergenceError: it was not started, or two requests could have sent it.
    """
    if link.request is not None:
        if link.request < len(scene.actors):
            return scene.actors[link.request]
        raise DivergenceError(
            f"request {name(link.request)} sent {group.brief!r} before it was started"
        )
    last = scene.on(link)
    able = scene.in_phase(Phase.THINKING, Phase.INSIDE)
    if last and (link.status != "I" or last in able):
        return last
    moving = [a for a in able if a.phase is Phase.THINKING or a.evidence != scene.events]
    for candidates in (able, moving):
        if len(candidates) == 1:
            return candidates[0]
    raise DivergenceError(
        "two requests of one instance moved at once: whose statement is it?", cure=_ASIDE
    )
