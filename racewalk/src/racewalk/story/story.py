"""A schedule as a story for people: line by line, who did what, who waited, what it cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from racewalk.schedule.outcome import Facts, Outcome
from racewalk.schedule.record import Run, Step
from racewalk.story.brief import Brief, Columns, brief
from racewalk.words import shown

Kind = Literal["step", "waits", "goes on", "inside"]
Bracket = Literal["", "opens", "within", "closes"]
Fact = Literal["read", "write", "error", "wait"]

_WAITS_INSIDE = "waits inside the application"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the picture.

    Attributes:
        request: whose, from 0.
        kind: a whole step; one that begins to wait; one whose wait is over; or a wait for another
            request that happens in the application.
        text: the statement in brief, or words.
        reads: what was read of the column that is followed, or ''.
        writes: what was written to it, or ''.
        note: the lock that is waited for, the error, or that no row matched; or ''.
        failed: whether the note is an error.
        open: for each request, where the row lies in its transaction.
    """

    request: int
    kind: Kind
    text: str
    reads: str
    writes: str
    note: str
    failed: bool
    open: tuple[Bracket, ...]

    @property
    def facts(self) -> list[tuple[str, Fact]]:
        """What the line read, wrote or met, in words, and which of these it is."""
        found: list[tuple[str, Fact]] = []
        if self.reads:
            found.append((f"reads {self.reads}", "read"))
        if self.writes:
            found.append((f"writes {self.writes}", "write"))
        if self.note:
            found.append((self.note, "error" if self.failed else "wait"))
        return found


@dataclass(frozen=True, slots=True)
class Story:
    """A schedule, told.

    Attributes:
        requests: how many raced.
        preemptions: how often the scheduler left a request that could have gone on.
        lines: in the order of time.
        answers: what each request was told.
        ending: in one line, how it ended.
        violations: names of the broken invariants.
    """

    requests: int
    preemptions: int
    lines: tuple[Line, ...]
    answers: tuple[str, ...]
    ending: str
    violations: tuple[str, ...]


def tell(run: Run, outcome: Outcome, column: Columns, ending: str = "") -> Story:
    """Tell a schedule.

    Args:
        run: what happened.
        outcome: how it ended.
        column: name of the column that the story follows.
        ending: what it led to, in one line; by default the facts and what broke.
    """
    answers = tuple(
        f"{answer.kind} ({answer.detail})" if answer.detail else answer.kind
        for answer in run.answers
    )
    return Story(
        requests=len(run.answers),
        preemptions=run.preemptions,
        lines=tuple(_Teller(run, column).lines()),
        answers=answers,
        ending=ending or _ending(outcome.facts, outcome.violations),
        violations=outcome.violations,
    )


def _ending(facts: Facts, violations: tuple[str, ...]) -> str:
    told = ", ".join(f"{name} = {shown(value)}" for name, value in facts.items())
    broken = f"Broken: {', '.join(violations)}." if violations else "No invariant broke."
    return f"In the end {told}. {broken}" if told else broken


class _Teller:
    """Walks the choices of a run and keeps who is within a transaction."""

    def __init__(self, run: Run, column: Columns) -> None:
        self._run, self._column = run, column
        self._within = [False] * len(run.answers)

    def lines(self) -> Iterator[Line]:
        """Yield the rows in the order of time."""
        inside = set[int]()
        for moment in self._run.moments:
            for request in moment.choice.inside:
                if request not in inside:
                    yield self._line(request, "inside", _WAITS_INSIDE)
            inside = set(moment.choice.inside)
            if moment.waits and moment.released:
                yield self._waits(moment.released)
            for step in moment.ended:
                yield self._done(step, waited=step.released < moment.index)

    def _waits(self, step: Step) -> Line:
        text = self._brief(step).sql
        note = f"waits: {step.waited_for}" if step.waited_for else "waits"
        return self._line(step.request, "waits", text, note=note)

    def _done(self, step: Step, *, waited: bool) -> Line:
        was_within = self._within[step.request]
        is_within = self._within[step.request] = step.status != "I"
        bracket: Bracket = "within" if was_within else "opens"
        if not is_within:
            bracket = "closes" if was_within else ""
        what = self._brief(step)
        note = f"error {step.error}" if step.error else _unmatched(step)
        line = self._line(
            step.request,
            "goes on" if waited else "step",
            what.sql,
            "" if step.error else what.reads,
            "" if step.error or note else what.writes,
            note,
            failed=step.error is not None,
        )
        open_ = (*line.open[: step.request], bracket, *line.open[step.request + 1 :])
        return replace(line, open=open_)

    def _brief(self, step: Step) -> Brief:
        return brief(step, self._column, self._run.masks)

    def _line(
        self,
        request: int,
        kind: Kind,
        text: str,
        reads: str = "",
        writes: str = "",
        note: str = "",
        failed: bool = False,
    ) -> Line:
        brackets: tuple[Bracket, ...] = tuple("within" if each else "" for each in self._within)
        return Line(request, kind, text, reads, writes, note, failed, brackets)


_NO_ROW: Final = frozenset({"UPDATE 0", "DELETE 0", "MERGE 0"})


def _unmatched(step: Step) -> str:
    return "no row matched" if not _NO_ROW.isdisjoint(step.tags) else ""
