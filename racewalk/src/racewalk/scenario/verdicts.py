"""What a race came to, beside what was expected of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from racewalk.judge.serial import SERIAL
from racewalk.scenario.races import serial
from racewalk.scenario.words import Written
from racewalk.search.certificate import Certificate
from racewalk.words import Verdict, preemptions


class Exit(IntEnum):
    """How the command ends; 1 outranks 3."""

    MET = 0
    UNMET = 1
    REFUSED = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A race with its certificate.

    Attributes:
        written: the race.
        certificate: what the exploration proves.
        bound: how many preemptions were asked for at the most, or None.
    """

    written: Written
    certificate: Certificate
    bound: int | None = None

    @property
    def verdict(self) -> str:
        """The verdict; with a bound 'safe up to 2 preemptions', which is not 'safe'."""
        certificate = self.certificate
        seen = certificate.bound
        if (
            certificate.verdict is Verdict.INCONCLUSIVE
            and None not in (self.bound, seen)
            and seen >= self.bound  # type: ignore[operator]
        ):
            return f"safe up to {preemptions(seen or 0)}"
        return certificate.verdict.value

    @property
    def reason(self) -> str:
        """Why it is so, where that is not plain from the counts; or ''."""
        certificate = self.certificate
        if certificate.vacuous or certificate.inconclusive:
            return certificate.vacuous or certificate.inconclusive or ""
        told = [certificate.failures] if certificate.failures else []
        if certificate.alike:
            told.append("all schedules end alike: the invariant was not tried")
        return "; ".join(told)

    @property
    def is_whole(self) -> bool:
        """Whether all schedules were seen, and something raced in them."""
        return self.certificate.exhausted and not self.certificate.vacuous

    @property
    def is_serial(self) -> bool | None:
        """Whether all ends that were seen are serial; None where nobody asks, or none was seen."""
        if not serial(self.written) or not self.certificate.outcomes:
            return None
        return not self.certificate.count(lambda outcome: SERIAL in outcome.violations)

    @property
    def exit(self) -> Exit:
        """What it makes of the command's end."""
        if self.verdict == self.written.expected:
            return Exit.MET
        known = self.verdict in (Verdict.SAFE, Verdict.UNSAFE)
        return Exit.UNMET if known else Exit.UNKNOWN


def exit_code(found: list[Found]) -> Exit:
    """Return how a command with these races ends."""
    return max((each.exit for each in found), key=[0, 3, 1].index, default=Exit.MET)
