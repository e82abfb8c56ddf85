"""The steps of one connection: what is held, running or passed on, message by message.

It sees whole messages and knows nothing of streams: how a connection begins and ends is for
`conversation`, where it stands meanwhile is a table in `states`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from racewalk.wire import events as e
from racewalk.wire.edits import Editor
from racewalk.wire.events import Event
from racewalk.wire.framing import Message
from racewalk.wire.groups import ANSWERS, Group, cut, ends_group
from racewalk.wire.noise import Rule, rule_for
from racewalk.wire.notices import Notice, ours
from racewalk.wire.parameters import Parameters
from racewalk.wire.reply import Descriptions, Reply
from racewalk.wire.statements import DESCRIBES, Prepared
from racewalk.wire.states import LinkState, Signal, after
from racewalk.wire.transaction import Transaction

_COPY: Final = frozenset("dcf")
_UNFINISHED: Final = frozenset({LinkState.HELD, LinkState.RUNNING, LinkState.PREPARED})


class Exchange:
    """What a client says and what the server answers, once both are connected.

    Args:
        rules: what passes without being a step.
        events: what comes out is put here, in order.
        editor: changes what is said; or None.

    Attributes:
        state: see `states`.
        pid: process id of the backend, once it is told.
        waits_for: the lock that the running step waits for, such as 'ShareLock on tuple'.
        parameters: what the connection was set to.
        building: what the client sent since the last step.
        invites: whether the server waits for the data of a COPY of which the client has sent none.
    """

    def __init__(
        self, rules: Sequence[Rule], events: list[Event], editor: Editor | None = None
    ) -> None:
        self.state = LinkState.OPENING
        self.pid: int | None = None
        self.waits_for: str | None = None
        self.parameters = Parameters()
        self.building: list[Message] = []
        self.invites = False
        self._rules, self._events, self._editor = rules, events, editor
        self._transaction, self._prepared = Transaction(), Prepared()
        self._plans: list[str] = []
        self._group: Group | None = None
        self._put_off: Group | None = None
        self._described: Descriptions = {}
        self._reply = Reply()
        self._owed = self._copies = 0
        self._kept: list[bytes] = []
        self._asked, self._skips, self._undone = True, False, False
        self._continues: str | None = None

    @property
    def status(self) -> str:
        """Of the transaction: 'I' outside of any, 'T' in one, 'E' in a failed one; '' at first."""
        return self._transaction.status

    @property
    def quiet(self) -> bool:
        """Whether nothing is in flight and no transaction open."""
        return self.state is LinkState.IDLE and self._at_rest and not self.owes_end

    @property
    def owes_end(self) -> bool:
        """Whether all that the client has said is over, and a transaction of ours is open."""
        between = self.state in (LinkState.IDLE, LinkState.PREPARED)
        return self._editor is not None and between and self._at_rest and self._editor.closes

    @property
    def ends(self) -> bool:
        """Whether that transaction is about to end, or has to: the client is done, we are not."""
        group, ours = self._group, self._put_off is None and self.state in _UNFINISHED
        return self.owes_end or (ours and group is not None and group.own)

    @property
    def _at_rest(self) -> bool:
        """Whether the client has no transaction open, nor begun to say anything."""
        status = self._editor.seen(self.status) if self._editor else self.status
        return status == "I" and not self._transaction.in_batch and not self.building

    def move(self, signal: Signal) -> None:
        """Take what the table of `states` says."""
        self.state = after(self.state, signal)

    def release(self) -> None:
        """Let the held group go to the server.

        Raises:
            RuntimeError: nothing is held.
        """
        self.move(Signal.RELEASED)
        self._reply = Reply(known=self._described)
        if self.status == "I":  # no cursor is left open that could tell its plan late
            self._plans.clear()
        if self._group:
            self._forward(self._group)

    def end(self, failed: bool) -> None:
        """Hold what ends the transaction of ours, where it is owed.

        Args:
            failed: whether the request was given up.
        """
        if self._editor and self.owes_end and (closing := self._editor.closing(failed)):
            if self.state is LinkState.PREPARED:
                self._complete(Signal.OTHER)
            self._hold_own(closing)

    def lose(self, reason: str) -> None:
        """Report a group that will never be completed."""
        if self._group and self.state in _UNFINISHED:
            group, self._group = self._group, None
            self._events.append(e.Lost(group, reason))

    def forget_answer(self) -> None:
        """Keep nothing for a client that is told something else."""
        self._kept.clear()

    # From the client

    def take(self, message: Message) -> bool:
        """Take the client's next message; return whether its turn has come.

        Raises:
            ProtocolError: its fields do not fit it.
        """
        self.invites = False
        match self.state:
            case LinkState.RUNNING | LinkState.PASSING:
                return self._take_along(message)
            case LinkState.IDLE | LinkState.PREPARED:
                return self._take_idle(message)
        return False

    def _take_along(self, message: Message) -> bool:
        """Forward what belongs to the group in flight: COPY data, and what follows a failure."""
        ends_copy = message.kind in "SH" and self._copies > 0
        if not (self._skips or message.kind in _COPY or ends_copy):
            return False
        if message.kind in "cf" and self._group and self._group.messages[-1].kind != "S":
            # A Sync after it is one of its own. It may come before the server's CopyInResponse.
            self._copies -= 1
        self._skips = self._skips and message.kind != "S"
        self._events.append(e.Send(e.Side.SERVER, message.raw))
        return True

    def _take_idle(self, message: Message) -> bool:
        if whole := cut(self.building, message):
            group, self.building = self.building[:whole], self.building[whole:]
            self._group_is_whole(group)
            return False
        if message.kind in _COPY:  # late; the server drops it outside of COPY
            self._events.append(e.Send(e.Side.SERVER, message.raw))
        elif message.kind == "H" and not self.building:
            self._events += [e.Passed("flush"), e.Send(e.Side.SERVER, message.raw)]
        else:
            self.building.append(message)
            if ends_group(message):
                messages, self.building = self.building, []
                self._group_is_whole(messages)
        return True

    def _group_is_whole(self, messages: Sequence[Message]) -> None:
        if self._editor:
            messages = self._editor.sent(messages, self._prepared)
        group = Group(tuple(messages), self._prepared.read(messages))
        if self.state is LinkState.PREPARED:
            if group.binds == self._continues:
                self.move(Signal.BOUND)
                self._events.append(e.Passed("prepare"))
                self._forward(group)
                return
            self._complete(Signal.OTHER)
        if rule := self._rule_for(group):
            self._group = group
            self.move(Signal.NOISE)
            self._events.append(e.Passed(rule))
            self._forward(group)
        elif self._editor and (opening := self._editor.opening()):
            self._put_off = group
            self._hold_own(opening)
        else:
            self._hold(group)

    def _hold(self, group: Group) -> None:
        self._group = group
        self.move(Signal.STEP)
        self._events.append(e.Held(group))

    def _hold_own(self, message: Message) -> None:
        self._hold(Group((message,), self._prepared.read((message,)), own=True))

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
        if group.statements and self._prepared.expected:
            self._reply.expect(self._prepared.expected)
        self.parameters.follow(group.statements)
        self._events.append(e.Send(e.Side.SERVER, group.raw))

    # From the server

    def answer(self, message: Message) -> None:
        """Take the server's next message.

        Raises:
            ProtocolError: its fields do not fit it.
        """
        if message.kind == "N" and (notice := ours(message)):
            self._notice(notice)
            return
        self._kept.append(self._for_client(message))
        self.invites = False
        if self.state is LinkState.RUNNING:
            self._reply.add(message)
        if message.kind in DESCRIBES:
            self._prepared.described(message)
        if message.kind == "E" or (message.kind == "C" and message.body.startswith(b"ROLLBACK")):
            self._undone = True
        match message.kind:
            case "G":
                self._copies += 1
                self.invites = self._copies > 0
            case "K":
                self.pid = int.from_bytes(message.body[:4], "big")
            case "Z":
                self._prepared.ready()
                self._transaction.ready(message.body.decode("ascii", "replace"))
                self.parameters.ready(self.status, self._undone)
                self._undone = False
                self.tell()
                self._answered()
            case "E" if self._owed:
                self._failed()
            case kind if self._owed and kind in ANSWERS:
                self._owed -= 1
                if not self._owed:
                    self.tell()
                    self._follow_batch()
                    self._answered()

    def _for_client(self, message: Message) -> bytes:
        """What the client is told in place of a message."""
        if not self._editor:
            return message.raw
        return self._editor.told(message, own=self._group is not None and self._group.own)

    def tell(self) -> None:
        """Tell the client, but not what it did not ask for yet: the server would keep that too."""
        if self._asked and self._kept:
            self._events.append(e.Send(e.Side.CLIENT, b"".join(self._kept)))
            self._kept.clear()

    def _answered(self) -> None:
        """Go on where the group in flight is over."""
        self._copies = self._owed = 0
        match self.state:
            case LinkState.OPENING | LinkState.PASSING:
                self.move(Signal.READY)
                self._group = None
            case LinkState.RUNNING if self._continues is not None and not self._reply.error:
                self.move(Signal.PARSED)
            case LinkState.RUNNING:
                self._complete(Signal.READY)
                if group := self._put_off:
                    self._put_off = None
                    self._hold(group)

    def _failed(self) -> None:
        """Complete a step that failed amid a batch, and let pass the rest of that."""
        self._owed = 0
        self._skips = self._asked = True  # an error is told at once
        if self.state is LinkState.RUNNING:
            self._follow_batch()
            self._complete(Signal.FAILED)
        self.tell()
        rest, self.building = self.building, []
        self._events += [e.Send(e.Side.SERVER, message.raw) for message in rest]

    def _follow_batch(self) -> None:
        """Work out the transaction's status where no ReadyForQuery tells it."""
        self._transaction.batch(self._group, self._reply)
        self._reply.status = self.status

    def _complete(self, signal: Signal) -> None:
        group, self._group, self._continues = self._group, None, None
        self.move(signal)
        self.waits_for = None
        if group:
            self._reply.plans, self._plans = self._plans, []
            self._events.append(e.Completed(group, self._reply))

    def _notice(self, notice: Notice) -> None:
        """Take what the server tells the explorer."""
        if notice.waits is not None:
            self.waits_for = notice.lock
            self._events.append(e.Waits(notice.waits))
        if notice.plan:
            self._plans.append(notice.plan)
