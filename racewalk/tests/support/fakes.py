"""A world in which the scheduler can be driven event by event, without a socket or a server."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from racewalk.schedule.record import Answer
from racewalk.schedule.scheduler import Scheduler
from racewalk.wire.events import Completed, Held
from racewalk.wire.framing import Message, encode
from racewalk.wire.groups import Group
from racewalk.wire.parameters import Parameters
from racewalk.wire.reply import Reply
from racewalk.wire.statements import Statement
from racewalk.wire.states import LinkState


def group(sql: str) -> Group:
    """Return the group of one simple query."""
    return Group((Message("Q", encode("Q", sql.encode() + b"\0")),), (Statement(sql),))


@dataclass(eq=False)
class FakeLink:
    """A connection that completes what is released when the world says so."""

    request: int | None
    pid: int = 1
    status: str = "I"
    quiet: bool = True
    owes_end: bool = False
    waits_for: str | None = None
    released: int = 0
    state: LinkState = LinkState.IDLE
    parameters: Parameters = field(default_factory=Parameters)
    on_release: Callable[[], None] = lambda: None

    def release(self) -> None:
        """Count, and let the world know."""
        self.released += 1
        self.on_release()


@dataclass
class World:
    """Loop, target, observer and backends in one; what happens is queued, one event a turn."""

    requests: int = 2
    shared_port: bool = False
    patience: float = 0.05
    events: deque[Callable[[], None]] = field(default_factory=deque)
    answers: dict[int, Answer] = field(default_factory=dict)
    proven: set[int] = field(default_factory=set)
    locked: dict[int, bytes] = field(default_factory=dict)
    on_start: dict[int, Callable[[], None]] = field(default_factory=dict)
    signals: list[str] = field(default_factory=list)
    on_wake: dict[int, Callable[[], None]] = field(default_factory=dict)
    asked: list[tuple[int, Collection[int]]] = field(default_factory=list)
    noted: list[Collection[int]] = field(default_factory=list)
    late_ones: set[int | None] = field(default_factory=set)
    untold: set[int] = field(default_factory=set)
    asleep: dict[int, Callable[[], None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        fake: Any = self
        self.scheduler = Scheduler(fake, fake, fake, fake, self.patience)

    @property
    def enabled(self) -> tuple[int, ...]:
        """Who can go on now."""
        return tuple(option.request for option in self.scheduler.options)

    # What a scheduler asks for

    def pump(self, timeout: float) -> bool:
        """Let the next event happen."""
        del timeout
        if self.events:
            self.events.popleft()()
            return True
        return False

    def start(self, request: int) -> None:
        """Begin what was arranged for the request."""
        self.on_start[request]()

    def answer(self, request: int) -> Answer | None:
        """Return what was arranged."""
        return self.answers.get(request)

    def stuck(self, request: int, at_database: Collection[int]) -> bool:
        """Return whether that was arranged, and note the question."""
        self.asked.append((request, at_database))
        return request in self.proven

    def settled(self, at_database: Collection[int]) -> bool:
        """Note that."""
        self.noted.append(at_database)
        return True

    def sleeps(self, request: int, since: float) -> bool:
        """Return whether that was arranged, and let happen what comes of it."""
        del since
        self.asleep.get(request, lambda: None)()
        return request in self.asleep

    def late(self, request: int | None) -> bool:
        """Return whether that was arranged."""
        return request in self.late_ones

    def rests(self, request: int) -> bool | None:
        """Return what was arranged: it does so only once all events are over."""
        return None if request in self.untold else not self.events

    def waiting(self) -> dict[int, bytes]:
        """Return who waits at the server."""
        return dict(self.locked)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.signals.append("all wake")

    def stop(self, pid: int) -> None:
        """Note the signal."""
        self.signals.append(f"stop {pid}")

    def wake(self, pid: int) -> None:
        """Note the signal."""
        self.signals.append(f"wake {pid}")
        if pid in self.on_wake:
            self.events.append(self.on_wake[pid])

    # What a test arranges

    def speaks(self, link: Any, sql: str) -> Callable[[], None]:
        """Return the event that a statement is held."""
        return lambda: self.scheduler.told(link, Held(group(sql)))

    def completes(
        self, link: Any, sql: str, then: Sequence[Callable[[], None]] = (), status: str = "I"
    ) -> Callable[[], None]:
        """Return the event that a statement is over, and what the application does thereupon."""

        def event() -> None:
            link.status = status
            reply = Reply(tags=["OK"], status=status)
            self.scheduler.told(link, Completed(group(sql), reply))
            self.events.extend(then)

        return event

    def answers_now(self, request: int) -> Callable[[], None]:
        """Return the event that a request is answered."""
        return lambda: self.answers.__setitem__(request, Answer("paid"))
