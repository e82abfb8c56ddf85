"""Each request by itself: a race of requests that do nothing alone proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from racewalk.errors import DivergenceError, ScenarioError
from racewalk.schedule.outcome import Judges, Outcome
from racewalk.schedule.record import Answer, Run
from racewalk.schedule.schedule import Begin, Release, Schedule
from racewalk.schedule.script import Ask
from racewalk.schedule.target import Target
from racewalk.words import counted, name

Alone = Callable[[int, Answer], str]
"""Says what is wrong with the answer to a request that came alone, or ''."""

Heard = Callable[[int], str]
"""Says what a request asked and how its last answer begins, or ''."""


class Trying(Protocol):
    """What runs schedules in which not all requests take part: `LiveRunner`."""

    target: Target
    judges: Judges
    in_order: bool
    ask: Ask | None

    def run(
        self,
        schedule: Schedule = ...,
        like: Run | None = None,
        only: Collection[int] | None = None,
    ) -> tuple[Run, Outcome]:
        """Run a schedule; see `LiveRunner.run`."""


@dataclass(frozen=True, slots=True)
class Vacuous:
    """Why nothing can be learnt from a race."""

    reason: str


def in_turn(runner: Trying, order: Sequence[int]) -> tuple[Run, Outcome]:
    """Run some of the requests one after the other.

    Raises:
        RacewalkError: see `LiveRunner.run`.
    """

    def ask(options: Sequence[Begin | Release]) -> int | None:
        able = {option.request for option in options}
        return next((request for request in order if request in able), None)

    runner.ask = ask
    try:
        return runner.run(only=order)
    finally:
        runner.ask = None


def untouched(runner: Trying) -> str:
    """Return what is written before anybody has come: what `before` does, most often nothing.

    Raises:
        ScenarioError: an invariant does not hold at the start.
    """
    facts = runner.target.reset()
    for invariant, holds in runner.judges.items():
        if not holds(facts, ()):
            raise ScenarioError(
                f"the invariant {invariant!r} is false before anything has raced: "
                "mend it, or what `before` and the set-up leave"
            )
    return facts.rows


def alone(
    runner: Trying, asked: Alone, before: str, heard: Heard = lambda _request: ""
) -> Vacuous | list[Outcome]:
    """Run each request by itself, twice.

    Args:
        runner: runs them.
        asked: what is wrong with the answer.
        before: what `untouched` returned.
        heard: what is known of an answer that is wrong.

    Returns:
        What each leaves; or why nothing can be learnt from a race of these.

    Raises:
        DivergenceError: one did not do the same twice.
        RacewalkError: see `LiveRunner.run`.
    """
    ends: list[Outcome] = []
    wrong: list[str] = []
    for request in range(runner.target.requests):
        run, outcome = in_turn(runner, (request,))
        if why := wrong_with(request, run.answers[request], asked, heard):
            wrong.append(why)
            continue
        try:
            again = runner.run(run.schedule, run, (request,))[1]
        except DivergenceError as error:
            raise DivergenceError(f"{_twice(request)}: {error}", cure=error.cure) from None
        if again != outcome:
            raise DivergenceError(f"{_twice(request)}: {_differs(outcome, again)}")
        ends.append(outcome)
    if wrong:
        return Vacuous(f"alone, {' and '.join(wrong)}")
    if all(end.facts.rows == before for end in ends):
        return Vacuous("none of the requests writes anything, so that nothing can race")
    return ends


def wrong_with(request: int, answer: Answer, asked: Alone, heard: Heard) -> str:
    """Return what is wrong with an answer, and what is known of it, in words; or ''.

    Args:
        request: which.
        answer: to it.
        asked: what is wrong with it.
        heard: what is known of one that is wrong.
    """
    why = asked(request, answer)
    more = why and heard(request)
    return why and f"{name(request)} {why}{more and f' ({more})'}"


def _twice(request: int) -> str:
    return f"{name(request)} alone did not do the same twice"


def _differs(one: Outcome, other: Outcome) -> str:
    here, there = one.facts.rows.splitlines(), other.facts.rows.splitlines()
    pair = next((pair for pair in zip(here, there, strict=False) if pair[0] != pair[1]), None)
    if pair:
        return f"{pair[0].strip()!r}, then {pair[1].strip()!r}"
    first, then = counted(len(here), "row"), counted(len(there), "row")
    return f"{one.answers} and {first}, then {other.answers} and {then}"
