"""Requests, what is read afterwards, and what has to hold: what a repair is put to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from urllib.parse import urlencode

from attack.grade.reasons import TURNED_AWAY, severity
from racewalk import Answer, Application, Certificate, Facts, Outcome, Race, Request, Response, Run

PAID, REFUSED, GIVEN_UP, RAISED = "paid", "refused", "given up", "raised"
AS_ASKED: Final = "as it was asked for"
_DEADLOCK: Final = "40P01"
_MILD: Final = ("gives_up", "starves", "fails")
"""What a deadlock may look like to who waits for the answer."""
WARM: Final = 6
"""Rounds past the explorer before it begins, where pages were not asked for yet."""
_FORM: Final = (("Content-Type", "application/x-www-form-urlencoded"),)


class Fault(NamedTuple):
    """What is wrong, by the reason's id, and what was seen, in words; '' where that says it all."""

    reason: str
    seen: str = ""


@dataclass(frozen=True)
class Ask:
    """One request: to which door, of which user (by id), with what."""

    door: str
    user: int
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def body(self) -> bytes:
        """What is sent."""
        return urlencode((("user", str(self.user)), *self.fields)).encode()


Judged = Callable[[Facts, Sequence[str]], Fault | None]
"""Tells what is wrong, from the facts and the kinds of the answers."""


@dataclass(frozen=True)
class Trial:
    """One thing that a repair is put to.

    Attributes:
        title: what is tried, for a person.
        asks: the requests.
        before: SQL that brings about the start.
        facts: by name, SQL that gives one value.
        judged: what is wrong with the end, or None.
        column: which a picture follows.
        strangers: whether the requests have nothing to do with each other.
        no_deadlock: whether no two may wait for each other.
        refined: tells the same fault more closely, from one run that shows it.
    """

    title: str
    asks: tuple[Ask, ...]
    before: tuple[str, ...]
    facts: Mapping[str, str]
    judged: Judged
    column: str
    strangers: bool = False
    no_deadlock: bool = False
    refined: Callable[[Fault, Run], Fault] = field(default=lambda fault, _run: fault)

    def fault(self, end: Outcome) -> Fault | None:
        """Return what is wrong with the end of one run."""
        found = self.judged(end.facts, end.answers)
        if self.no_deadlock and _DEADLOCK in end.errors and (not found or found.reason in _MILD):
            return Fault("deadlock", found.seen if found else "")
        if found:
            return found
        if not self.strangers:
            return None
        if end.waited:
            return Fault("waits_for_strangers")
        return Fault("aborts_strangers") if end.errors or GIVEN_UP in end.answers else None

    def race(self, application: Application, warm: int = WARM) -> Race:
        """Return it as a race of the explorer's."""
        requests = [
            Request(f"/{ask.door}", headers=_FORM, body=ask.body, page="/healthz")
            for ask in self.asks
        ]
        return Race(
            self.title,
            application,
            requests,
            self.before,
            self.facts,
            {AS_ASKED: lambda facts, answers: self.judged(facts, _kinds(answers)) is None},
            said,
            in_order=len(set(self.asks)) == 1,
            warm=warm,
        )


def idle(application: Application) -> Race:
    """Return a race of two requests that do next to nothing: how long it takes, any request may."""
    nothing = Request("/healthz", method="GET")
    return Race("two requests for nothing", application, [nothing, nothing], answer=said, warm=0)


def _kinds(answers: Sequence[Answer]) -> list[str]:
    return [answer.kind for answer in answers]


def said(request: int, response: Response) -> Answer:
    """Return what an answer says: a word of the stage's, and of an error which one."""
    del request
    text = response.body.decode("utf-8", "replace")
    known = {(200, PAID): PAID, (409, REFUSED): REFUSED, (503, GIVEN_UP): GIVEN_UP}
    kind = known.get((response.status, text), RAISED)
    return Answer(kind, text if kind == RAISED else "")


def worst(trial: Trial, certificate: Certificate) -> tuple[Fault, Run, Outcome] | None:
    """Return the worst that an exploration found, by its simplest schedule.

    Where the same order went another way, what hangs on time may be the explorer's doing: that
    somebody was turned away is no fault then. Money that is gone is gone all the same.
    """
    found = [(fault, end) for end in certificate.outcomes if (fault := trial.fault(end))]
    if certificate.diverged:
        found = [(fault, end) for fault, end in found if fault.reason not in TURNED_AWAY]
    if not found:
        return None
    reason = min((fault.reason for fault, _ in found), key=severity)
    ends = {end for fault, end in found if fault.reason == reason}
    example = certificate.simplest(lambda end: end in ends)
    if not example:
        return None
    run, end = example
    fault = trial.fault(end) or found[0][0]
    return trial.refined(fault, run), run, end
