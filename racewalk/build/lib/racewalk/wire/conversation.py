"""One client's conversation with the server, without a socket.

Bytes and permissions go in; out come commands, to be performed in order on two sockets, and
reports, to be told to whoever decides. So every order in which the bytes of both sides may arrive
can be written down in a test; see `states` for where a conversation stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from racewalk.errors import ProtocolError
from racewalk.wire import events as e
from racewalk.wire.events import Event
from racewalk.wire.framing import BackendFramer, FrontendFramer, Message, fatal
from racewalk.wire.groups import ANSWERS, Group, cut, ends_group
from racewalk.wire.inbox import Inbox
from racewalk.wire.noise import Rule, rule_for
from racewalk.wire.notices import Notice, ours
from racewalk.wire.parameters import Parameters
from racewalk.wire.reply import Reply
from racewalk.wire.start import opening
from racewalk.wire.statements import Prepared
from racewalk.wire.states import LinkState, Signal, after
from racewalk.wire.transaction import Transaction

_COPY: Final = frozenset("dcf")
_UNFINISHED: Final = frozenset({LinkState.HELD, LinkState.RUNNING, LinkState.PREPARED})
_ENDED: Final = frozenset({LinkState.CLOSING, LinkState.CLOSED})


class Conversation:
    """What is held, running or passed on one connection.

    Args:
        rules: what passes without being a step.

    Attributes:
        state: see `states`.
        pid: process id of the backend, once it is told.
        waits_for: the lock that the running step waits for, such as 'ShareLock on tuple'.
        parameters: what the connection was set to.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.state = LinkState.OPENING
        self.pid: int | None = None
        self.waits_for: str | None = None
        self._rules = rules
        self._transaction = Transaction()
        self._front, self._back = FrontendFramer(), BackendFramer()
        self._prepared, self.parameters = Prepared(), Parameters()
        self._plans: list[str] = []
        self._has_server = False
        self._inbox = Inbox()
        self._building: list[Message] = []
        self._group: Group | None = None
        self._reply = Reply()
        self._owed = self._copies = 0
        self._kept: list[bytes] = []
        self._asked, self._skips = True, False
        self._continues: str | None = None
        self._events: list[Event] = []

    @property
    def status(self) -> str:
        """Of the transaction: 'I' outside of any, 'T' in one, 'E' in a failed one; '' at first."""
        return self._transaction.status

    @property
    def quiet(self) -> bool:
        """Whether nothing is in flight and no transaction open: its work is over, or not begun."""
        if self.state is LinkState.OPENING and not self._has_server:
            return True
        idle = self.state is LinkState.IDLE and not self._building and not self._inbox
        over = self.status == "I" and not self._transaction.in_batch
        return self.state is LinkState.CLOSED or (idle and over)

    # What happens to it

    def from_client(self, data: bytes) -> list[Event]:
        """Take bytes of the client; b"" is the end of its stream."""
        if self.state in _ENDED:
            return [] if data else [e.CloseClient()]
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
            self._lose("the server closed its connection")
            self._move(Signal.GONE)
            self._events += [e.CloseServer(), e.FinishClient(), e.Closed()]
            return self._take_events()
        try:
            for message in self._back.feed(data):
                self._take_answer(message)
        except ProtocolError as error:
            self._refuse(error)
        self._answer()
        return self._take_events()

    def release(self) -> list[Event]:
        """Let the held group go to the server; `Completed` follows when it is answered.

        Raises:
            RuntimeError: nothing is held.
        """
        self._move(Signal.RELEASED)
        self._reply = Reply()
        if self.status == "I":  # no cursor is left open that could tell its plan late
            self._plans.clear()
        if self._group:
            self._forward(self._group)
        self._advance()
        return self._take_events()

    def cut_off(self) -> None:
        """Take it that both connections were closed from here."""
        self._move(Signal.GONE)

    def no_server(self, error: ProtocolError) -> list[Event]:
        """Learn that no connection to the server came about."""
        self._has_server = False
        self._refuse(error)
        return self._take_events()

    def _take_events(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def _move(self, signal: Signal) -> None:
        self.state = after(self.state, signal)

    # From the client

    def _advance(self) -> None:
        """Take messages from the inbox for as long as the state allows the next one."""
        while self._inbox and self._take(self._inbox.first):
            self._inbox.drop_first()

    def _take(self, message: Message) -> bool:
        match self.state:
            case LinkState.OPENING:
                return self._take_opening(message)
            case LinkState.RUNNING | LinkState.PASSING:
                return self._take_along(message)
            case LinkState.IDLE | LinkState.PREPARED:
                return self._take_idle(message)
        return False

    def _take_opening(self, message: Message) -> bool:
        if message.kind == "p":
            self._events.append(e.ToServer(message.raw))
            return True
        start = opening(message)
        if start is None:
            return False
        if start.answer:
            self._events.append(e.ToClient(start.answer))
        if start.connects:
            self._open(message)
        self.parameters.begin(start.parameters)
        self._events.append(e.Passed(start.rule))
        if start.ends:
            self._leave()
        return True

    def _open(self, first: Message) -> None:
        self._has_server = True
        self._events.append(e.OpenServer(first.raw))

    def _take_along(self, message: Message) -> bool:
        """Forward what belongs to the group in flight: COPY data, and what follows a failure."""
        ends_copy = message.kind in "SH" and self._copies > 0
        if not (self._skips or message.kind in _COPY or ends_copy):
            return False
        if message.kind in "cf" and self._group and self._group.messages[-1].kind != "S":
            # A Sync after it is one of its own. It may come before the server's CopyInResponse.
            self._copies -= 1
        self._skips = self._skips and message.kind != "S"
        self._events.append(e.ToServer(message.raw))
        return True

    def _take_idle(self, message: Message) -> bool:
        if whole := cut(self._building, message):
            group, self._building = self._building[:whole], self._building[whole:]
            self._group_is_whole(group)
            return False
        if message.kind == "X":
            self._events.append(e.ToServer(message.raw))
            self._leave()
        elif message.kind in _COPY:
            self._events.append(
                e.ToServer(message.raw)
            )  # late; the server drops it outside of COPY
        elif message.kind == "H" and not self._building:
            self._events += [e.Passed("flush"), e.ToServer(message.raw)]
        else:
            self._building.append(message)
            if ends_group(message):
                messages, self._building = self._building, []
                self._group_is_whole(messages)
        return True

    def _group_is_whole(self, messages: Sequence[Message]) -> None:
        group = Group(tuple(messages), self._prepared.read(messages))
        if self.state is LinkState.PREPARED:
            if group.binds == self._continues:
                self._move(Signal.BOUND)
                self._events.append(e.Passed("prepare"))
                self._forward(group)
                return
            self._complete(Signal.OTHER)
        self._group = group
        if rule := self._rule_for(group):
            self._move(Signal.NOISE)
            self._events.append(e.Passed(rule))
            self._forward(group)
        else:
            self._move(Signal.STEP)
            self._events.append(e.Held(group))

    def _rule_for(self, group: Group) -> str | None:
        """What the group passes under; a Sync that commits what came before it is a step."""
        if self._transaction.in_batch and (group.executes or self._transaction.is_implicit):
            return None
        return rule_for(group, self._rules, self.status)

    def _forward(self, group: Group) -> None:
        self._group = group
        self._asked = not group.is_cut
        self._owed = group.owed if group.is_open else 0
        self._continues = group.prepares
        self.parameters.follow(group.statements)
        self._events.append(e.ToServer(group.raw))

    # From the server

    def _take_answer(self, message: Message) -> None:
        if message.kind == "N" and (notice := ours(message)):
            self._notice(notice)
            return
        self._kept.append(message.raw)
        if self.state is LinkState.RUNNING:
            self._reply.add(message)
        match message.kind:
            case "t":
                self._prepared.typed(message)
            case "G":
                self._copies += 1
                self._advance()
            case "K":
                self.pid = int.from_bytes(message.body[:4], "big")
            case "Z":
                self._prepared.ready()
                self._transaction.ready(message.body.decode("ascii", "replace"))
                self._answer()
                self._answered()
            case "E" if self._owed:
                self._failed()
            case kind if self._owed and kind in ANSWERS:
                self._owed -= 1
                if not self._owed:
                    self._answer()
                    self._transaction.batch(self._group, self._reply)
                    self._reply.status = self.status
                    self._answered()

    def _answered(self) -> None:
        """Go on where the group in flight is over."""
        self._copies = self._owed = 0
        match self.state:
            case LinkState.OPENING | LinkState.PASSING:
                self._move(Signal.READY)
                self._group = None
            case LinkState.RUNNING if self._continues is not None and not self._reply.error:
                self._move(Signal.PARSED)
            case LinkState.RUNNING:
                self._complete(Signal.READY)
        self._advance()

    def _failed(self) -> None:
        """Complete a step that failed amid a batch, and let pass the rest of that."""
        self._owed = 0
        self._skips = self._asked = True  # an error is told at once
        if self.state is LinkState.RUNNING:
            self._transaction.batch(self._group, self._reply)
            self._reply.status = self.status
            self._complete(Signal.FAILED)
        self._answer()
        rest, self._building = self._building, []
        self._events += [e.ToServer(message.raw) for message in rest]
        self._advance()

    def _complete(self, signal: Signal) -> None:
        group, self._group, self._continues = self._group, None, None
        self._move(signal)
        self.waits_for = None
        if group:
            self._reply.plans, self._plans = self._plans, []
            self._events.append(e.Completed(group, self._reply))

    def _answer(self) -> None:
        """Tell the client, but not what it did not ask for yet: the server would keep that too."""
        if self._asked and self._kept:
            self._events.append(e.ToClient(b"".join(self._kept)))
            self._kept.clear()

    def _notice(self, notice: Notice) -> None:
        """Take what the server tells the explorer."""
        if notice.waits is not None:
            self.waits_for = notice.lock
            self._events.append(e.Waits(notice.waits))
        if notice.plan:
            self._plans.append(notice.plan)

    # Ends

    def _client_gone(self) -> None:
        if self._front.partial or self._building:
            self._events.append(e.Passed("cut off in mid-message"))
        self._lose("the client closed its connection")
        self._events.append(e.CloseClient())
        self._leave()

    def _refuse(self, error: ProtocolError) -> None:
        self._lose(str(error))
        self._kept.clear()
        told = e.ToClient(fatal(error.sqlstate, str(error)))
        self._events += [e.Passed("refused"), told, e.FinishClient()]
        self._leave()

    def _lose(self, reason: str) -> None:
        """Report a group that will never be completed."""
        if self._group and self.state in _UNFINISHED:
            group, self._group = self._group, None
            self._events.append(e.Lost(group, reason))

    def _leave(self) -> None:
        """End the server's session and wait for the end of its stream: then its locks are gone."""
        self._inbox.clear()
        if self._has_server:
            self._move(Signal.LEFT)
            self._events.append(e.FinishServer())
        else:
            self._move(Signal.GONE)
            self._events.append(e.Closed())
