"""What the load generator counts of one measurement; the counts of several processes add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_PER_MS = 10  # latencies are kept in tenths of a millisecond


@dataclass
class Tally:
    """Counts of the requests of one measurement.

    Attributes:
        clients: how many sent them.
        paid: acknowledged from the first request to the last, the warm-up included.
        undecided: sent in that time, and not answered by withdraw() itself.
        succeeded: answered as they should be, within the measured time.
        failed: answered otherwise within it, or not at all.
        retries: of transactions, by the requests that succeeded.
        latencies: how many that were sent within it, and succeeded, took how long, by tenths of a
            millisecond; the answer may have come after it.
        waited_s: what all clients together spent waiting for answers, in seconds.
        cpu: the busiest process of the generator, in cores: 0 to 1.
        failures: what the failed ones were, in words.
        foreign: who answered in place of the lab, in words, or ''. Nothing counts then.
    """

    clients: int = 0
    paid: int = 0
    undecided: int = 0
    succeeded: int = 0
    failed: int = 0
    retries: int = 0
    latencies: Counter[int] = field(default_factory=Counter)
    waited_s: float = 0.0
    cpu: float = 0.0
    failures: Counter[str] = field(default_factory=Counter)
    foreign: str = ""

    def add_latency(self, seconds: float) -> None:
        """Count the latency of a request that succeeded."""
        self.latencies[round(seconds * 1000 * _PER_MS)] += 1

    def quantile_ms(self, share: float) -> float | None:
        """Return the latency that this share of the requests did not exceed, in ms.

        The smallest latency with at least that share at or below it (the nearest rank); None where
        no request succeeded.
        """
        wanted = share * sum(self.latencies.values())
        below = 0
        for latency, count in sorted(self.latencies.items()):
            below += count
            if below >= wanted:
                return latency / _PER_MS
        return None

    def to_json(self) -> dict[str, Any]:
        """Return the counts as a record."""
        record = dict(vars(self))
        return record | {"latencies": {str(key): n for key, n in self.latencies.items()}}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Tally:
        """Return the counts of a record."""
        latencies = Counter({int(key): n for key, n in record["latencies"].items()})
        failures = Counter(record["failures"])
        return cls(**record | {"latencies": latencies, "failures": failures})


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of the counts; of the processors' shares, the largest."""
    whole = Tally()
    for each in tallies:
        whole.clients += each.clients
        whole.paid += each.paid
        whole.undecided += each.undecided
        whole.succeeded += each.succeeded
        whole.failed += each.failed
        whole.retries += each.retries
        whole.latencies += each.latencies
        whole.waited_s += each.waited_s
        whole.cpu = max(whole.cpu, each.cpu)
        whole.failures += each.failures
        whole.foreign = whole.foreign or each.foreign
    return whole
