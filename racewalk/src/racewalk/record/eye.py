"""Looks at everything while nothing moves: the scene, the database past the proxy, the Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from psycopg import sql

from racewalk.errors import RacewalkError
from racewalk.record import locks
from racewalk.record.lines import announced
from racewalk.record.locks import Row
from racewalk.record.python import Witness
from racewalk.record.state import Lock, Open, Ran, Standing, Stands, State, Values, Version
from racewalk.record.versions import Pages
from racewalk.record.view import View
from racewalk.reset.sql import facts_of
from racewalk.schedule.actor import Actor, Phase, Scene
from racewalk.schedule.masks import Masks
from racewalk.schedule.observer import Observer, Result
from racewalk.schedule.outcome import Fact

_STANDS: Final[dict[Phase, Stands]] = {
    Phase.UNBEGUN: "unbegun",
    Phase.HELD: "held",
    Phase.WAITING: "waits",
    Phase.INSIDE: "inside",
    Phase.DONE: "done",
}
_SETTINGS: Final = """
SET client_min_messages = warning; SET auto_explain.log_min_duration = -1;
SET plan_cache_mode = force_generic_plan; DEALLOCATE ALL
"""
"""What sessions of the explored database are set to tell is not for this one, and what it asks, it
asks again and again."""
_KEEP: Final = "ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1"
_NOWHERE: Final = Standing()


class Eye:
    """Looks at one schedule after the other.

    Args:
        observer: a connection of its own, by a superuser.
        keeper: another one, whose snapshot keeps each schedule's dead versions on their pages.
        facts: by name, SQL that gives one row; see `reset.sql`.
        view: what is to be shown.
        witness: what the probes tell; None where there are none.
        masks: what varies between two equal runs.

    Attributes:
        states: what was seen in the last schedule: at its start, and after each choice.
        announced: for each request the statement that it is held or waits at now, as far as it is
            known: a driver that prepares on its own tells the values late.
    """

    def __init__(
        self,
        observer: Observer,
        keeper: Observer,
        facts: Mapping[str, str],
        view: View,
        witness: Witness | None,
        masks: Masks,
    ) -> None:
        self._observer, self._keeper, self._facts = observer, keeper, facts
        self._view, self._witness, self._masks = view, witness, masks
        observer.run(_SETTINGS)
        observer.run(locks.PREPARE)
        self._pages = Pages(observer, view.tables) if _has_pageinspect(observer) else None
        self.states: list[State] = []
        self.announced: tuple[str | None, ...] = ()
        self._before: list[tuple[object, ...]] = []

    def begin(self) -> None:
        """Forget the last schedule."""
        self.states, self._before = [], []
        self._keeper.run(_KEEP)
        if self._witness:
            self._witness.begin()

    def look(self, scene: Scene) -> None:
        """Note what is to be seen now, after which nothing may have moved.

        Raises:
            RacewalkError: the database does not tell, or contradicts itself.
        """
        self.announced = tuple(self._next(actor) for actor in scene.actors)
        if self._pages and not self.states:
            self._pages.begin([answer.rows for answer in self._ask(self._pages.start)])
        backends = [link.pid for actor in scene.actors for link in actor.links if link.pid]
        owners = {
            link.pid: actor.request for actor in scene.actors for link in actor.links if link.pid
        }
        waiting = [actor.pid for actor in scene.waiters]
        pages = self._pages.questions if self._pages else []
        answers = self._ask(
            [
                *self._facts.values(),
                _about(locks.LOCKS, backends),
                _about(locks.BLOCKERS, waiting),
                *pages,
            ]
        )
        facts = facts_of(list(self._facts), answers[: len(self._facts)])
        rows, blockers, *items = (answer.rows for answer in answers[len(self._facts) :])
        held = [Row.of(row) for row in rows]
        waits = locks.waits(blockers, owners)
        found = locks.in_words(held, owners, waits)
        versions: tuple[Version, ...] | None = None
        if self._pages:
            ask = self._pages.look(items, self._moved(scene), locks.holders(held, owners))
            seen = self._pages.versions(self._ask([ask])[0].rows)
            versions = tuple(replace(each, value=self._mask(each.value)) for each in seen)
            found |= locks.in_rows(self._pages.lockers, [each.title for each in self._view.tables])
        self.states.append(
            self._state(scene, tuple(facts.values()), versions, tuple(sorted(found)), waits)
        )

    def _ask(self, questions: Sequence[str]) -> list[Result]:
        message = ";\n".join(question.strip().rstrip(";") for question in questions)
        return self._observer.results(message)

    def _moved(self, scene: Scene) -> set[int]:
        """Those for whom something happened since the last look."""
        now = [(a.phase, id(a.group), a.released, a.answer) for a in scene.actors]
        before = self._before or [()] * len(now)
        self._before = list(now)
        pairs = enumerate(zip(now, before, strict=True))
        return {number for number, (here, there) in pairs if here != there}

    def _state(
        self,
        scene: Scene,
        facts: tuple[Fact, ...],
        versions: tuple[Version, ...] | None,
        found: tuple[Lock, ...],
        waits: tuple[tuple[int, int], ...],
    ) -> State:
        if self._witness:
            self._witness.read()
        actors = scene.actors
        return State(
            stands=tuple(_STANDS[actor.phase] for actor in actors),
            python=tuple(self._standing(actor) for actor in actors),
            open=tuple(_open(actor) for actor in actors),
            answered=tuple(actor.answer.kind if actor.answer else None for actor in actors),
            facts=facts,
            versions=versions,
            locks=found,
            waits=waits,
        )

    def _next(self, actor: Actor) -> str | None:
        if actor.phase not in (Phase.HELD, Phase.WAITING) or not actor.group:
            return None
        statements = actor.group.statements
        if not statements:
            return self._masks.line(actor.group.announcement)
        return announced(statements, self._view.column, self._masks)

    def _standing(self, actor: Actor) -> Standing:
        if not (self._witness and actor.link and actor.link.pid):
            return _NOWHERE
        if actor.phase is Phase.INSIDE:
            return self._steady(self._witness.at_line(actor.link.pid))
        if actor.phase in (Phase.HELD, Phase.WAITING):
            return self._steady(self._witness.at_statement(actor.link.pid))
        return _NOWHERE

    def _steady(self, standing: Standing) -> Standing:
        """Mask what an application makes up anew each time."""
        ran = (Ran(each.place, self._masked(each.values)) for each in standing.ran)
        return Standing(standing.stack, self._masked(standing.values), tuple(ran))

    def _mask(self, value: Sequence[Fact]) -> tuple[Fact, ...]:
        return tuple(self._masks.text(each) if isinstance(each, str) else each for each in value)

    def _masked(self, values: Values) -> Values:
        return tuple(
            (name, self._masks.text(value) if isinstance(value, str) else value)
            for name, value in values
        )


def _about(question: str, backends: Sequence[int]) -> str:
    return question.format(backends=sql.Literal(list(backends)).as_string())


def _open(actor: Actor) -> Open:
    found = {link.status for link in actor.links}
    return "failed" if "E" in found else "T" in found


def _has_pageinspect(observer: Observer) -> bool:
    """Whether the server shows its pages; the extension is made where it has it."""
    try:
        observer.run("CREATE EXTENSION IF NOT EXISTS pageinspect")
    except RacewalkError:
        return False
    return True
