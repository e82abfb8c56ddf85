"""What was found in one exploration: the certificate, the lab's verdict, and what shows it best."""

from __future__ import annotations

from dataclasses import dataclass

from attack.explore import judge
from attack.explore.cells import Cell, worst
from attack.words import counted
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.search.certificate import Certificate
from racewalk.search.tally import size
from shared_db.catalogue import Explored

Example = tuple[Run, Outcome]
"""One schedule and how it ended."""


@dataclass(frozen=True, slots=True)
class Exploration:
    """One cell, explored.

    Attributes:
        cell: what was explored.
        certificate: how many schedules there are, and how they end.
        example: of all schedules that ended in the worst way, one with the fewest preemptions,
            then the fewest steps; None where none is worse than safe, or no verdict is known.
    """

    cell: Cell
    certificate: Certificate
    example: Example | None = None

    @property
    def known(self) -> Explored | None:
        """The verdict, or None where the exploration is inconclusive."""
        return judge.verdict(self.cell, self.certificate)

    @property
    def verdict(self) -> str:
        """The verdict; 'inconclusive' or, say, 'safe up to 2 preemptions' where none is known."""
        return self.known or self.certificate.told

    @property
    def met(self) -> bool:
        """Whether it is what the catalogue expects."""
        return self.known == self.cell.expected

    @property
    def bad(self) -> str:
        """How many schedules were not safe, and in what way, or ''."""
        counts = [
            (judge.count(self.cell, self.certificate, what), words)
            for what, words in judge.BAD.items()
        ]
        return ", ".join(f"{number} {words}" for number, words in counts if number)

    @property
    def why(self) -> str:
        """Why not every schedule was seen and what the ones that were say, or ''."""
        certificate = self.certificate
        if certificate.exhausted:
            return ""
        seen = counted(certificate.schedules, "schedule")
        seen = f"{seen} seen, {self.bad or 'all of them safe'}; "
        return (seen if certificate.schedules else "") + str(certificate.inconclusive)


class Examples:
    """Keeps the simplest schedule of each kind that is seen.

    Args:
        cell: what is explored.
    """

    def __init__(self, cell: Cell) -> None:
        self._cell = cell
        self._smallest: dict[Explored, Example] = {}

    def add(self, run: Run, outcome: Outcome) -> None:
        """Look at one schedule."""
        kind = judge.kind(self._cell, outcome)
        known = self._smallest.get(kind)
        if not known or size(run) < size(known[0]):
            self._smallest[kind] = (run, outcome)

    @property
    def of_the_worst(self) -> Example | None:
        """The simplest schedule of the worst kind, or None where all are safe."""
        kind = worst(tuple(self._smallest))
        return None if kind == "safe" else self._smallest[kind]
