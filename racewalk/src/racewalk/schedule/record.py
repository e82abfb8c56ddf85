"""What one schedule did, as plain data: choices, steps, answers. Enough to redraw and to reduce it.

A choice is a point where the scheduler released one of the requests that were held. A step is
what was released; it completes before the next choice, or later where it waits for a lock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from racewalk.schedule.masks import Masks
from racewalk.schedule.schedule import Begin, Item, Release, Schedule, Wake
from racewalk.wire.parameters import Settings
from racewalk.wire.statements import Statement, Value, one_line


@dataclass(frozen=True, slots=True)
class Step:
    """One message group that ran to its end.

    Attributes:
        request: whose step, counted from 0.
        statements: what it executed; more than one for a multi-statement or pipelined group.
        columns: column names of its result.
        rows: the rows it read (the first `reply.ROWS_KEPT`).
        tags: command tags, such as 'UPDATE 1'.
        error: SQLSTATE, or None.
        status: transaction status after it: 'I' idle, 'T' in a transaction, 'E' in a failed one.
        waited_for: the kind of lock it waited for, such as 'ShareLock on transaction', or None.
        released: index of the choice that released it.
        completed: index of the choice after whose release it completed; above `released` where
            it waited for a later step of another request.
        connection: which of the request's connections it was on, by first use, from 0.
        settings: what the connection's parameters had been set to.
        plans: what auto_explain told of it, or late of the step before on this connection.
    """

    request: int
    statements: tuple[Statement, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    tags: tuple[str, ...]
    error: str | None
    status: str
    waited_for: str | None
    released: int
    completed: int
    connection: int = 0
    settings: Settings = field(default=frozenset(), compare=False)
    plans: tuple[str, ...] = field(default=(), compare=False)

    @property
    def sql(self) -> str:
        """The statements' SQL, joined by '; '."""
        return "; ".join(statement.sql for statement in self.statements)

    @property
    def line(self) -> str:
        """The same in one line."""
        return one_line(self.sql)


@dataclass(frozen=True, slots=True)
class Waking:
    """One decision of whom to wake of several requests that the last step set free.

    Attributes:
        options: those that the server showed as granted, in the order in which they began to wait.
        chosen: the one that went on first.
    """

    options: tuple[int, ...]
    chosen: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision of the scheduler.

    Attributes:
        enabled: the requests that were held and could be released, ascending.
        chosen: the one that was.
        pending: the next step of each request in `enabled`, masked; see `Group.announcement`.
        waiting: the requests that waited for a lock, in the order in which they began to.
        inside: the requests that waited for another inside the application, ascending.
        unbegun: those in `enabled` that were not sent yet, ascending; none where the order of
            beginning is no choice.
        wakes: what had to be decided before the next choice.
    """

    enabled: tuple[int, ...]
    chosen: int
    pending: tuple[str, ...]
    waiting: tuple[int, ...]
    inside: tuple[int, ...] = ()
    unbegun: tuple[int, ...] = ()
    wakes: tuple[Waking, ...] = ()

    @property
    def move(self) -> tuple[Item, ...]:
        """What was chosen, and who was woken thereupon."""
        return (self._item(self.chosen), *(Wake(waking.chosen) for waking in self.wakes))

    @property
    def options(self) -> list[tuple[Item, ...]]:
        """What was open in place of each part of `move`."""
        first = tuple(self._item(request) for request in self.enabled)
        return [first, *(tuple(map(Wake, waking.options)) for waking in self.wakes)]

    @property
    def others(self) -> tuple[tuple[Item, ...], ...]:
        """Beginnings of moves with the same step, of which somebody else was woken."""
        move = self.move
        return tuple(
            (*move[:number], Wake(request))
            for number, waking in enumerate(self.wakes, 1)
            for request in waking.options
            if request != waking.chosen
        )

    def _item(self, request: int) -> Item:
        return Begin(request) if request in self.unbegun else Release(request)


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a connection, by whoever; its locks are gone with it.

    Attributes:
        request: whose it was.
        connection: which of the request's; see `Step.connection`.
        completed: index of the choice after whose release it was over.
    """

    request: int
    connection: int
    completed: int


@dataclass(frozen=True, slots=True)
class Moment:
    """One choice, and what came of it before the next.

    Attributes:
        index: of the choice.
        choice: see there.
        released: the step that it released, whenever that was over.
        ended: the steps that were over before the next choice, in order; one that set a waiter
            free comes before the waiter's.
        closed: the connections that were.
    """

    index: int
    choice: Choice
    released: Step | None
    ended: tuple[Step, ...]
    closed: tuple[Closing, ...]

    @property
    def waits(self) -> bool:
        """Whether the released step goes on beyond the next choice."""
        return self.released is not None and self.released.completed > self.index


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request answered: a word for it, such as 'done' or 'refused', and a detail.

    The detail of one that is 'failed' or 'unknown' is told with the errors of a schedule.
    """

    kind: str
    detail: str = ""


ABSENT: Final = Answer("absent")
"""Of a request that did not take part."""


@dataclass(frozen=True)
class Run:
    """One complete schedule.

    Attributes:
        masks: what varies in it, and is left out where it is compared.
    """

    choices: tuple[Choice, ...]
    steps: tuple[Step, ...]
    answers: tuple[Answer, ...]
    closings: tuple[Closing, ...] = ()
    masks: Masks = field(default_factory=Masks, compare=False, repr=False)

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """The run choice by choice."""
        released = {step.released: step for step in self.steps}
        ended: dict[int, list[Step]] = {}
        for step in self.steps:
            ended.setdefault(step.completed, []).append(step)
        return tuple(
            Moment(
                index,
                choice,
                released.get(index),
                tuple(ended.get(index, ())),
                tuple(each for each in self.closings if each.completed == index),
            )
            for index, choice in enumerate(self.choices)
        )

    @cached_property
    def schedule(self) -> Schedule:
        """What was chosen: all that is needed to run it again."""
        return Schedule(tuple(item for choice in self.choices for item in choice.move))

    @property
    def options(self) -> list[tuple[Item, ...]]:
        """What was open in place of each item of `schedule`."""
        return [options for choice in self.choices for options in choice.options]

    @property
    def size(self) -> tuple[int, int, str]:
        """What makes one schedule simpler than another: preemptions, steps, then its letters."""
        return self.preemptions, len(self.steps), str(self.schedule)

    @property
    def preemptions(self) -> int:
        """How often the scheduler left a request that could have gone on (as CHESS counts)."""
        return sum(
            before.chosen != choice.chosen and before.chosen in choice.enabled
            for before, choice in zip(self.choices, self.choices[1:], strict=False)
        )
