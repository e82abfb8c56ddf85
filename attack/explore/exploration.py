"""What was found in one exploration: the certificate, the lab's verdict, and what shows it best."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from attack.counting import counted
from attack.explore import judge
from attack.explore.cells import Cell
from racewalk import Certificate, Outcome, Run
from shared_db.catalogue import Explored

Example = tuple[Run, Outcome]
"""One schedule and how it ended."""


@dataclass(frozen=True)
class Exploration:
    """One cell, explored.

    Attributes:
        cell: what was explored.
        certificate: how many schedules there are, and how they end.
    """

    cell: Cell
    certificate: Certificate

    @cached_property
    def example(self) -> Example | None:
        """Of all schedules that ended in the worst way, the simplest.

        None where none is worse than safe, or no verdict is known.
        """
        worst = self.known
        if worst in (None, "safe"):
            return None
        return self.certificate.simplest(lambda end: judge.kind(self.cell, end) == worst)

    @cached_property
    def kinds(self) -> Counter[judge.Kind]:
        """In how many schedules each kind was the worst."""
        return judge.kinds(self.cell, self.certificate)

    @cached_property
    def known(self) -> Explored | None:
        """The verdict, or None where the exploration is inconclusive."""
        return judge.verdict(self.certificate, self.kinds)

    @property
    def verdict(self) -> str:
        """The verdict; 'inconclusive' or, say, 'safe up to 2 preemptions' where none is known."""
        if self.known:
            return self.known
        bound = self.certificate.bound
        if bound is None or self.certificate.diverged or self.bad:
            return "inconclusive"
        return f"safe up to {counted(bound, 'preemption')}"

    @property
    def met(self) -> bool:
        """Whether it is what the catalogue expects."""
        return self.known == self.cell.expected

    @property
    def bad(self) -> str:
        """How many schedules were not safe, and in what way, or ''."""
        return ", ".join(
            f"{self.kinds[what]} {words}" for what, words in judge.BAD.items() if self.kinds[what]
        )

    @property
    def why(self) -> str:
        """Why no verdict is known, or why not every schedule was seen, or ''."""
        certificate = self.certificate
        if certificate.exhausted:
            return "" if self.known else judge.undecided(self.cell, certificate)
        seen = counted(certificate.schedules, "schedule")
        seen = f"{seen} seen, {self.bad or 'all of them safe'}; "
        return (seen if certificate.schedules else "") + str(certificate.inconclusive)
