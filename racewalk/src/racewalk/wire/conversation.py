"""One client's conversation with the server, without a socket.

Bytes and permissions go in; out come commands, to be performed in order on two sockets, and
reports, to be told to whoever decides. So every order in which the bytes of both sides may arrive
can be written down in a test; see `states` for where a conversation stands. How it begins and ends
is here, what is said in between goes through an `Exchange`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from racewalk.errors import ProtocolError
from racewalk.wire import events as e
from racewalk.wire.edits import Editor, Edits
from racewalk.wire.events import Event
from racewalk.wire.exchange import Exchange
from racewalk.wire.framing import BackendFramer, FrontendFramer, Message, fatal
from racewalk.wire.inbox import Inbox
from racewalk.wire.noise import Rule
from racewalk.wire.parameters import Parameters
from racewalk.wire.start import opening
from racewalk.wire.states import LinkState, Signal

_ENDED: Final = frozenset({LinkState.CLOSING, LinkState.CLOSED})
_TERMINATES: Final = frozenset({LinkState.IDLE, LinkState.PREPARED})
"""Where a Terminate is next; before that it waits for its turn."""


class Conversation:
    """One connection, from its first packet to its end.

    Args:
        rules: what passes without being a step.
        edits: what is changed of what is said; or None.
    """

    def __init__(self, rules: Sequence[Rule], edits: Edits | None = None) -> None:
        self._events: list[Event] = []
        self._exchange = Exchange(rules, self._events, Editor(edits) if edits else None)
        self._front, self._back = FrontendFramer(), BackendFramer()
        self._inbox = Inbox()
        self._has_server = self._hung_up = False

    @property
    def state(self) -> LinkState:
        """See `states`."""
        return self._exchange.state

    @property
    def pid(self) -> int | None:
        """Process id of the backend, once it is told."""
        return self._exchange.pid

    @property
    def waits_for(self) -> str | None:
        """The lock that the running step waits for, such as 'ShareLock on tuple'."""
        return self._exchange.waits_for

    @property
    def parameters(self) -> Parameters:
        """What the connection was set to."""
        return self._exchange.parameters

    @property
    def status(self) -> str:
        """Of the transaction; see `Exchange.status`."""
        return self._exchange.status

    @property
    def quiet(self) -> bool:
        """Whether nothing is in flight and no transaction open: its work is over, or not begun."""
        state = self._exchange.state
        if state is LinkState.OPENING and not self._has_server:
            return True
        return state is LinkState.CLOSED or (self._exchange.quiet and not self._inbox.messages)

    @property
    def rests(self) -> bool:
        """Whether all that the client has said is answered, in whatever transaction."""
        at_rest = self._exchange.state in _TERMINATES or self._exchange.invites
        return at_rest and not (self._inbox.messages or self._exchange.building)

    @property
    def owes_end(self) -> bool:
        """Whether all that the client has said is over, and a transaction of ours is open."""
        return self._exchange.owes_end

    # What happens to it

    def from_client(self, data: bytes) -> list[Event]:
        """Take bytes of the client; b"" is the end of its stream."""
        if self.state in _ENDED:
            return [] if data else [e.Finish(e.Side.CLIENT, at_once=True)]
        try:
            if data:
                self._inbox.extend(self._front.feed(data))
                self._advance()
            else:
                self._client_gone()
        except ProtocolError as error:
            self._refuse(error)
        return self._take_events()

    def from_server(self, data: bytes) -> list[Event]:
        """Take bytes of the server; b"" is the end of its stream."""
        if self.state is LinkState.CLOSED:
            return []
        if not data:
            self._exchange.lose("the server closed its connection")
            self._exchange.move(Signal.GONE)
            self._events += [
                e.Finish(e.Side.SERVER, at_once=True),
                e.Finish(e.Side.CLIENT),
                e.Closed(),
            ]
            return self._take_events()
        try:
            for message in self._back.feed(data):
                self._exchange.answer(message)
                if self._inbox.messages:
                    self._advance()
        except ProtocolError as error:
            self._refuse(error)
        self._exchange.tell()
        if self._hung_up and self.state is LinkState.IDLE and not self.owes_end:
            self._leave()
        return self._take_events()

    def release(self) -> list[Event]:
        """Let the held group go to the server; `Completed` follows when it is answered.

        Raises:
            RuntimeError: nothing is held.
        """
        self._exchange.release()
        self._advance()
        return self._take_events()

    def end(self, failed: bool) -> list[Event]:
        """Hold what ends the transaction of ours, where it is owed; see `Exchange.end`."""
        self._exchange.end(failed)
        return self._take_events()

    def cut_off(self) -> None:
        """Take it that both connections were closed from here."""
        self._exchange.move(Signal.GONE)

    def no_server(self, error: ProtocolError) -> list[Event]:
        """Learn that no connection to the server came about."""
        self._has_server = False
        self._refuse(error)
        return self._take_events()

    def _take_events(self) -> list[Event]:
        events = self._events.copy()
        self._events.clear()
        return events

    # Messages of the client, each in its turn

    def _advance(self) -> None:
        """Take messages from the inbox for as long as the state allows the next one."""
        while self._inbox.messages and self._take(self._inbox.first):
            self._inbox.drop_first()

    def _take(self, message: Message) -> bool:
        if self.state is LinkState.OPENING:
            return self._take_opening(message)
        if message.kind == "X" and self.state in _TERMINATES:
            if self.owes_end:  # the transaction lasts until the request has its answer
                self._hung_up = True
                self._events.append(e.Finish(e.Side.CLIENT))
                return True
            self._events.append(e.Send(e.Side.SERVER, message.raw))
            self._leave()
            return True
        return self._exchange.take(message)

    def _take_opening(self, message: Message) -> bool:
        if message.kind == "p":
            self._events.append(e.Send(e.Side.SERVER, message.raw))
            return True
        start = opening(message)
        if start is None:
            return False
        if start.answer:
            self._events.append(e.Send(e.Side.CLIENT, start.answer))
        if start.connects:
            self._has_server = True
            self._events.append(e.OpenServer(message.raw))
        self.parameters.begin(start.parameters)
        self._events.append(e.Passed(start.rule))
        if start.ends:
            self._leave()
        return True

    # Ends

    def _client_gone(self) -> None:
        if self._hung_up or self._exchange.ends:
            self._hung_up = True
            self._inbox.clear()
            self._events.append(e.Finish(e.Side.CLIENT, at_once=True))
            return
        if self._front.partial or self._exchange.building:
            self._events.append(e.Passed("cut off in mid-message"))
        self._exchange.lose("the client closed its connection")
        self._events.append(e.Finish(e.Side.CLIENT, at_once=True))
        self._leave()

    def _refuse(self, error: ProtocolError) -> None:
        self._exchange.lose(str(error))
        self._exchange.forget_answer()
        told = e.Send(e.Side.CLIENT, fatal(error.sqlstate, str(error)))
        self._events += [e.Passed("refused"), told, e.Finish(e.Side.CLIENT)]
        self._leave()

    def _leave(self) -> None:
        """End the server's session and wait for the end of its stream: then its locks are gone."""
        self._inbox.clear()
        if self._has_server:
            self._exchange.move(Signal.LEFT)
            self._events.append(e.Finish(e.Side.SERVER))
        else:
            self._exchange.move(Signal.GONE)
            self._events.append(e.Closed())
