"""What was observed in an attack: plain records, written before anything is judged."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from attack.ledger import LedgerState

Fate = Literal["paid", "done", "refused", "lost", "unknown"]


@dataclass(frozen=True)
class Request:
    """One request as its client saw it; times in nanoseconds of the monotonic clock.

    fate: paid (acknowledged) or refused, both by withdraw() itself; done, of a request beside the
    withdrawals; lost (sent to the login page); or unknown (no answer, or one that withdraw() did
    not give). entered and left are the times of withdraw() in worker `worker`; location is where a
    redirect leads.
    """

    fate: Fate
    status: int | None
    error: str | None
    sent_ns: int
    answered_ns: int
    entered_ns: int | None = None
    left_ns: int | None = None
    worker: int | None = None
    retries: int = 0
    location: str = ""

    @property
    def decided(self) -> bool:
        """Whether the application itself told what came of it."""
        return self.fate in ("paid", "done", "refused")


@dataclass(frozen=True)
class Trial:
    """One salvo against an account that held `start`, and the ledger when all was over.

    one_intent: all requests carried one key, and the first payout is the answer to each of them.
    beside: requests of the same salvo that were no withdrawals.
    touched: names of the other accounts whose money changed, which no withdrawal of them explains.
    """

    stack: str
    strategy: str
    technique: str
    start: int
    amount: int
    requests: tuple[Request, ...]
    ledger: LedgerState
    case: str = ""
    one_intent: bool = False
    beside: tuple[Request, ...] = ()
    touched: tuple[str, ...] = ()

    @property
    def salvo(self) -> tuple[Request, ...]:
        """All that was sent at once."""
        return (*self.requests, *self.beside)

    @property
    def decided(self) -> bool:
        """Whether withdraw() answered each withdrawal, and what was sent beside them was done."""
        beside = all(request.fate == "done" for request in self.beside)
        return beside and all(request.decided for request in self.requests)

    def to_json(self) -> dict[str, Any]:
        """Return the record for the store."""
        return asdict(self)
