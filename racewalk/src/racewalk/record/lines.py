"""What happened at each choice of a run, in words, beside what was seen before and after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from psycopg import errors

from racewalk.record.state import Place, State
from racewalk.schedule.masks import Masks
from racewalk.schedule.record import Moment, Run, Step
from racewalk.story.brief import Brief, Columns, brief
from racewalk.wire.statements import Statement

Kind = Literal["step", "wait", "goes on", "answer"]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened.

    Attributes:
        by: to which request.
        kind: a statement was carried out; it began to wait; the wait is over and the statement
            carried out; the request was answered.
        text: the statement in brief, or the answer; '' for a wait inside the application.
        reads, writes: what it read or wrote of the column that is followed, or ''.
        note: what it waits for, the error, or that no row matched; or ''.
        failed: whether the note is an error.
        source: where the Python stood that has sent the statement.
    """

    by: int
    kind: Kind
    text: str
    reads: str = ""
    writes: str = ""
    note: str = ""
    failed: bool = False
    source: tuple[Place, ...] = ()


def announced(statements: tuple[Statement, ...], column: Columns, masks: Masks) -> str:
    """Return statements that are not carried out yet in brief."""
    return brief(Step(0, statements, (), (), (), None, "I", None, 0, 0), column, masks).sql


def lines(run: Run, states: Sequence[State], column: Columns) -> list[tuple[Line, ...]]:
    """Return for each choice of a run what happened before the next.

    Args:
        run: the run.
        states: what was seen at its start and after each choice.
        column: whose values are told.
    """
    return [tuple(_moment(moment, states, column, run.masks)) for moment in run.moments]


def _moment(
    moment: Moment, states: Sequence[State], column: Columns, masks: Masks
) -> Iterator[Line]:
    before, after = states[moment.index], states[moment.index + 1]
    if moment.waits and moment.released:
        step = moment.released
        source = before.python[step.request].stack
        note = _wait(after, step.request)
        yield Line(step.request, "wait", brief(step, column, masks).sql, note=note, source=source)
    for step in moment.ended:
        yield _done(step, moment.index, states, brief(step, column, masks))
    for request, (then, now) in enumerate(zip(before.stands, after.stands, strict=True)):
        if now == "inside" != then:
            yield Line(request, "wait", "", note="waits inside the application")
        answer = after.answered[request]
        if answer and not before.answered[request]:
            yield Line(request, "answer", answer)


def _wait(state: State, request: int) -> str:
    wanted = [lock.words for lock in state.locks if lock.by == request and not lock.granted]
    return ", ".join(wanted) or "waits"


def _done(step: Step, index: int, states: Sequence[State], what: Brief) -> Line:
    note = _error(step.error) if step.error else ""
    if "UPDATE 0" in step.tags:
        note = "no row matched"
    return Line(
        step.request,
        "goes on" if step.released < index else "step",
        what.sql,
        "" if step.error else what.reads,
        "" if note else what.writes,
        note,
        step.error is not None,
        states[step.released].python[step.request].stack,
    )


def _error(sqlstate: str) -> str:
    try:
        return f"error {sqlstate} ({errors.lookup(sqlstate).__name__})"
    except KeyError:
        return f"error {sqlstate}"
