"""The attack techniques: each sends one salvo and returns a record a request."""

from collections.abc import Callable
from dataclasses import dataclass

from attack.client import Prepared
from attack.history import Request
from attack.targets import Target
from attack.techniques.burst import burst
from attack.techniques.last_byte import last_byte
from attack.techniques.pool import Pool


@dataclass(frozen=True)
class Technique:
    """A way to send many copies of a request at once, and how many connections it takes."""

    name: str
    salvo: Callable[[Pool, Target, list[Prepared]], list[Request]]
    one_connection_a_request: bool

    def connections(self, requests: int, threads: int) -> int:
        """Return how many connections, each with a thread, a salvo of `requests` needs."""
        return requests if self.one_connection_a_request else min(requests, threads)


TECHNIQUES = {
    "burst": Technique("burst", burst, one_connection_a_request=False),
    "last_byte": Technique("last_byte", last_byte, one_connection_a_request=True),
}
