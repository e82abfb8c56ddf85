"""A conversation on two sockets: performs its commands, and tells its reports.

It decides nothing. Events are taken one after the other, in the order in which they arose, even
where telling one leads to the next.
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeAlias

from racewalk.errors import ProtocolError
from racewalk.wire import events as e
from racewalk.wire.conversation import Conversation
from racewalk.wire.edits import Edits
from racewalk.wire.events import Event, Report, Side
from racewalk.wire.loop import Channel, Loop
from racewalk.wire.noise import Rule
from racewalk.wire.parameters import Parameters
from racewalk.wire.states import LinkState


class Ear(Protocol):
    """Stands between a link and its client: what either says goes to it, and it hands it on."""

    def said(self, data: bytes) -> None:
        """Take what the client says; b"" is the end of its stream."""

    def told(self, data: bytes) -> None:
        """Take what the client is to be told."""

    def rested(self) -> None:
        """Learn that all that the server has said was performed and told."""


class Link:
    """A client, its server connection, and the conversation between them.

    Args:
        loop: the event loop that both sockets are on.
        client: the accepted connection; the link owns it.
        connect: opens a connection to the server.
        tell: is told every report.
        request: whose connection this is, or None where whoever is told must find out.
        rules: what passes without being a step.
        edits: what is changed of what is said; or None.

    Attributes:
        ear: stands between it and its client, or None.
    """

    def __init__(
        self,
        loop: Loop,
        client: socket.socket,
        connect: Callable[[], socket.socket],
        tell: Tell,
        request: int | None,
        rules: Sequence[Rule],
        edits: Edits | None = None,
    ) -> None:
        self.request = request
        self.ear: Ear | None = None
        self._conversation = Conversation(rules, edits)
        self._loop, self._connect, self._tell = loop, connect, tell
        self._channels = {Side.CLIENT: Channel(loop, client, self._from_client)}
        self._events: deque[Event] = deque()
        self._performing = False

    @property
    def state(self) -> LinkState:
        """Where the conversation stands."""
        return self._conversation.state

    @property
    def pid(self) -> int | None:
        """Process id of the backend, once it is known."""
        return self._conversation.pid

    @property
    def status(self) -> str:
        """Of the transaction; see `Conversation.status`."""
        return self._conversation.status

    @property
    def waits_for(self) -> str | None:
        """The lock that the running step waits for."""
        return self._conversation.waits_for

    @property
    def parameters(self) -> Parameters:
        """What the connection was set to."""
        return self._conversation.parameters

    @property
    def quiet(self) -> bool:
        """Whether nothing is in flight and no transaction open."""
        return self._conversation.quiet

    @property
    def rests(self) -> bool:
        """Whether all that the client has said is answered; see `Conversation.rests`."""
        return self._conversation.rests

    def say(self, data: bytes) -> None:
        """Take bytes as the client's; b"" is the end of its stream."""
        self._perform(self._conversation.from_client(data))

    def tell(self, data: bytes) -> None:
        """Send the client bytes."""
        self._send(Side.CLIENT, data)

    @property
    def owes_end(self) -> bool:
        """Whether all that the client has said is over, and a transaction of ours is open."""
        return self._conversation.owes_end

    def end(self, failed: bool) -> None:
        """Hold what ends that transaction.

        Args:
            failed: whether the request was given up: it is rolled back.
        """
        self._perform(self._conversation.end(failed))

    def release(self) -> None:
        """Forward the held group; `Completed` is told when it is over."""
        self._perform(self._conversation.release())

    def close(self) -> None:
        """Close both sockets at once."""
        self._conversation.cut_off()
        for channel in self._channels.values():
            channel.close()

    def _from_client(self, data: bytes) -> None:
        (self.ear.said if self.ear else self.say)(data)

    def _from_server(self, data: bytes) -> None:
        self._perform(self._conversation.from_server(data))
        if self.ear:
            self.ear.rested()

    def _perform(self, events: Iterable[Event]) -> None:
        self._events.extend(events)
        if self._performing:
            return
        self._performing = True
        try:
            while self._events:
                self._do(self._events.popleft())
        finally:
            self._performing = False

    def _do(self, event: Event) -> None:
        match event:
            case e.Send(e.Side.CLIENT, data) if self.ear:
                self.ear.told(data)
            case e.Send(to, data):
                self._send(to, data)
            case e.OpenServer(first):
                self._open(first)
            case e.Finish(to, at_once):
                if channel := self._channels.get(to):
                    (channel.close if at_once else channel.finish)()
            case _:
                self._tell(self, event)

    def _open(self, first: bytes) -> None:
        try:
            sock = self._connect()
        except OSError as error:
            self._events.clear()  # they were for a server that is not there
            refusal = ProtocolError(f"no server: {error}", "08001")
            self._events.extend(self._conversation.no_server(refusal))
            return
        server = Channel(self._loop, sock, self._from_server)
        client = self._channels[Side.CLIENT]
        client.drained = lambda: server.listen(True)
        server.drained = lambda: client.listen(True)
        self._channels[Side.SERVER] = server
        server.send(first)

    def _send(self, to: Side, data: bytes) -> None:
        channel = self._channels.get(to)
        if channel is None:
            return
        channel.send(data)
        if channel.congested:
            for side, source in self._channels.items():
                if side is not to:
                    source.listen(False)


Tell: TypeAlias = Callable[[Link, Report], None]
"""Who is told what happens on the connections."""
