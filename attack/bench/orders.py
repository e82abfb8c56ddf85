"""What the load generator is told to send: plain records, for they travel between processes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Sent:
    """A request that is sent again and again: its path, its headers, and its form as sent."""

    path: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Order:
    """One measurement.

    Attributes:
        host: URL of the instance, without a path.
        requests: of which each client sends one drawn at random, again and again.
        clients: how many send at once, each when its last request was answered.
        warm_s: time that is not measured, at the start, in seconds.
        seconds: time that is measured.
        key_field: name of the form's field that gets a new key each time, or ''.
        withdraws: whether withdraw() has to answer, and pay; else success is a redirect to
            `location`.
        location: where a page that is no withdrawal redirects to.
        lab_id: what every answer has to carry.
    """

    host: str
    requests: tuple[Sent, ...]
    clients: int
    warm_s: float
    seconds: float
    key_field: str = ""
    withdraws: bool = True
    location: str = ""
    lab_id: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the order as a record."""
        return asdict(self)

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Order:
        """Return the order of a record."""
        requests = tuple(Sent(**each) for each in record["requests"])
        return cls(**record | {"requests": requests})
