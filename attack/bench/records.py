"""What a bench observed: plain records, from which the tables and the JSON are made."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from attack.bench.plan import Cell, Page
from attack.bench.tally import Tally, total

_BUSY = 0.8
"""Of a core: from here on the generator itself is what a request waits for."""


@dataclass(frozen=True)
class Repeat:
    """One measurement: what was counted in so many seconds, and what is wrong with the money.

    `limit` is the database's own rate just before, in withdrawals a second, where there is one.
    """

    seconds: float
    tally: Tally
    limit: float | None = None
    faults: tuple[str, ...] = ()

    @property
    def throughput(self) -> float:
        """Requests a second that were answered as they should be."""
        return self.tally.succeeded / self.seconds

    @property
    def ratio(self) -> float | None:
        """The throughput as a share of the limit's."""
        return self.throughput / self.limit if self.limit else None


@dataclass(frozen=True)
class Result:
    """A cell or a page with all its repeats, and how many statements each request sends."""

    of: Cell | Page
    statements: int = 0
    repeats: list[Repeat] = field(default_factory=list)

    @property
    def throughputs(self) -> list[float]:
        """Of each repeat, in requests a second."""
        return [repeat.throughput for repeat in self.repeats]

    @property
    def limits(self) -> list[float]:
        """Of each repeat that has one, in withdrawals a second."""
        return [repeat.limit for repeat in self.repeats if repeat.limit is not None]

    @property
    def ratios(self) -> list[float]:
        """Of each repeat that has a limit."""
        return [repeat.ratio for repeat in self.repeats if repeat.ratio is not None]

    @property
    def tally(self) -> Tally:
        """What all repeats counted together."""
        return total(repeat.tally for repeat in self.repeats)

    @property
    def faults(self) -> list[str]:
        """What was wrong with the money, in any repeat."""
        return [words for repeat in self.repeats for words in repeat.faults]

    @property
    def generator_limited(self) -> bool:
        """Whether in some repeat the load generator, and not the stack, was what limited it.

        It was where one of its processes had a core nearly to itself, or where the clients spent a
        fifth of the time on something else than waiting for an answer.
        """
        return any(
            repeat.tally.cpu >= _BUSY
            or repeat.tally.waited_s < _BUSY * self.of.clients * repeat.seconds
            for repeat in self.repeats
        )


def middle(values: Sequence[float]) -> float | None:
    """Return the median, or None of nothing."""
    return median(values) if values else None
