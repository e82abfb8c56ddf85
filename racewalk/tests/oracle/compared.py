"""Whether racewalk and the oracle agree on a program."""

from __future__ import annotations

from dataclasses import dataclass

from oracle.explored import Explored, explored
from oracle.program import Program
from oracle.walker import Walked, Walker
from racewalk.schedule.observer import Observer
from racewalk.words import Verdict
from support.labs import Database

AGREE, INCONCLUSIVE, WRONG = "agree", "inconclusive", "WRONG"


@dataclass(frozen=True)
class Compared:
    """What came of a program.

    Attributes:
        said: 'agree', 'inconclusive' or 'WRONG'.
        why: what racewalk gives as a reason, or what is wrong.
        walked, explored: what either found.
    """

    said: str
    why: str
    walked: Walked
    explored: Explored


class Both:
    """Runs programs in the oracle and in racewalk.

    Args:
        walker: the oracle.
        database: where racewalk explores.
        observer: a direct connection to it.
    """

    def __init__(self, walker: Walker, database: Database, observer: Observer) -> None:
        self._walker, self._database, self._observer = walker, database, observer

    def compare(self, program: Program, most: int = 1000) -> Compared:
        """Run a program in both.

        Raises:
            TooManyError: it has more than `most` interleavings.
        """
        walked = self._walker.walk(program, most)
        found = explored(program, self._database, self._observer)
        return Compared(*_judged(program, walked, found), walked, found)


def _judged(program: Program, walked: Walked, found: Explored) -> tuple[str, str]:
    verdict, exhausted = found.certificate.verdict, found.certificate.exhausted
    invented = len(found.ends - set(walked.ends))
    missed = len(set(walked.ends) - found.ends)
    unsafe = verdict is Verdict.UNSAFE
    if invented and not walked.raced:
        return WRONG, f"{invented} ends that no interleaving has"
    if unsafe and not walked.unsafe and not walked.raced:
        return WRONG, "unsafe, and no interleaving is"
    if verdict in (Verdict.SAFE, Verdict.VACUOUS) and walked.unsafe:
        return WRONG, f"safe, and {walked.unsafe} of {walked.schedules} interleavings are not"
    if not exhausted:
        return INCONCLUSIVE, found.certificate.inconclusive or ""
    if missed:
        return WRONG, f"{missed} of {len(walked.ends)} ends are missed"
    counted = (found.certificate.unsafe, found.certificate.schedules)
    # racewalk counts neither the end of a connection nor what passes as noise among its steps
    same = program.closes or found.certificate.noise or counted == (walked.unsafe, walked.schedules)
    if not same and not walked.raced:
        return WRONG, f"{counted} counted, {(walked.unsafe, walked.schedules)} walked"
    return AGREE, ""
