"""Counts what the clients of one Locust process see."""

import time

from attack.bench.orders import Order
from attack.bench.tally import Tally
from attack.history import Fate


class Recorder:
    """Holds the order under way, its counts, and a clock of its own from its first client on.

    Each process of a distributed generator has its own clock, so none has to agree with another.
    """

    def __init__(self, order: Order) -> None:
        self.order = order
        self.tally = Tally()
        self._clients = 0
        self._begun: float | None = None
        self._cpu: tuple[float, float] | None = None

    def client_starts(self) -> None:
        """Count one client more; the clock starts with the first."""
        self._clients += 1
        self.tally.clients += 1
        if self._begun is None:
            self._begun = time.monotonic()

    def client_ends(self) -> bool:
        """Count one client less; tell whether it was the last."""
        self._clients -= 1
        return self._clients == 0

    def count(self, sent: float, fate: Fate, *, success: bool, retries: int, words: str) -> None:
        """Count a request that has just ended.

        Args:
            sent: when, on the monotonic clock, in seconds.
            fate: of a withdrawal.
            success: whether the answer is the one that was wanted.
            retries: of its transaction.
            words: what a failed one was.
        """
        now = time.monotonic()
        self.tally.paid += fate == "paid"
        self.tally.undecided += fate not in ("paid", "refused")
        # Of a request that began in the warm-up, or ends after the time, the part within counts.
        self.tally.waited_s += max(0.0, min(now, self._until) - max(sent, self._from))
        # A latency counts where its request was sent: a slow answer must not be left out for it.
        if success and self._from <= sent < self._until:
            self.tally.add_latency(now - sent)
        if not self._from <= now < self._until:
            return
        self._count_cpu(now)
        if success:
            self.tally.succeeded += 1
            self.tally.retries += retries
        else:
            self.tally.failed += 1
            self.tally.failures[words] += 1

    def is_over(self) -> bool:
        """Tell whether the measured time is over, or nothing counts any more."""
        return bool(self.tally.foreign) or time.monotonic() >= self._until

    @property
    def _from(self) -> float:
        assert self._begun is not None  # noqa: S101 - a client asks
        return self._begun + self.order.warm_s

    @property
    def _until(self) -> float:
        return self._from + self.order.seconds

    def _count_cpu(self, now: float) -> None:
        used = time.process_time()
        if self._cpu is None:
            self._cpu = now, used
        began, used_before = self._cpu
        if now > began:
            self.tally.cpu = round((used - used_before) / (now - began), 4)
