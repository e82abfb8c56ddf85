"""One client connection and its connection to the server: what is held, running, or passed.

    OPENING ──ReadyForQuery──▶ IDLE ──group──▶ HELD ──release──▶ RUNNING ──ReadyForQuery──▶ IDLE
                                 └──noise──▶ PASSING ──ReadyForQuery──▶ IDLE
    any ──end of stream, refusal──▶ CLOSING ──end of the server's stream──▶ CLOSED

A driver that prepares on its own sends Parse and Sync, waits, then sends Bind, Execute and Sync.
Both make one step: the first is held, and once released lets the second follow at once, for
parsing takes locks and may take the snapshot, and the step must happen in one place. In between
the link is PREPARED.
"""

from __future__ import annotations

import re
import socket
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from racewalk.errors import ProtocolError
from racewalk.wire.framing import (
    BackendFramer,
    FrontendFramer,
    Message,
    Packet,
    fatal,
    notice_fields,
    startup_parameters,
)
from racewalk.wire.groups import Group, ends_group
from racewalk.wire.loop import Channel, Loop
from racewalk.wire.noise import Rule, rule_for
from racewalk.wire.parameters import Parameters
from racewalk.wire.reply import Reply
from racewalk.wire.statements import Prepared
from racewalk.wire.watcher import LinkState, Watcher

_COPY: Final = frozenset("dcf")
_FALSE: Final = frozenset({"false", "off", "no", "0"})
_INBOX_LIMIT: Final = 64 * 1024 * 1024
_STILL_WAITING: Final = re.compile(r" still waiting for (\w+ on [a-z ]*[a-z])")
_UNFINISHED: Final = frozenset({LinkState.HELD, LinkState.RUNNING, LinkState.PREPARED})


class Link:
    """A client, its server connection, and the rules by which bytes go from one to the other.

    Args:
        loop: the event loop that both sockets are on.
        client: the accepted connection; the link owns it.
        connect: opens a connection to the server.
        watcher: is told what happens.
        request: whose connection this is, or None where the watcher must find out.
        rules: what passes without being a step.
    """

    def __init__(
        self,
        loop: Loop,
        client: socket.socket,
        connect: Callable[[], socket.socket],
        watcher: Watcher,
        request: int | None,
        rules: Sequence[Rule],
    ) -> None:
        self.request = request
        self.state = LinkState.OPENING
        self.pid: int | None = None
        self.status = ""
        self.waits_for: str | None = None
        self._loop, self._connect, self._watcher, self._rules = loop, connect, watcher, rules
        self._front, self._back = FrontendFramer(), BackendFramer()
        self._client = Channel(loop, client, self._from_client)
        self._server: Channel | None = None
        self._prepared, self.parameters = Prepared(), Parameters()
        self._plans: list[str] = []
        self._inbox, self._inbox_bytes = deque[Message](), 0
        self._building: list[Message] = []
        self._group: Group | None = None
        self._copying = self._streaming = False
        self._continues: str | None = None
        self._reply = Reply()

    @property
    def quiet(self) -> bool:
        """Whether nothing is in flight and no transaction open: its work is over, or not begun."""
        if self.state is LinkState.OPENING and not self._server:
            return True
        idle = self.state is LinkState.IDLE and not self._building and not self._inbox
        return self.state is LinkState.CLOSED or (idle and self.status == "I")

    def release(self) -> None:
        """Forward the held group; `completed` follows when the server is ready again."""
        if self.state is not LinkState.HELD or self._group is None:
            raise RuntimeError(f"nothing is held on a connection that is {self.state.value}")
        self._reply = Reply()
        if self.status == "I":  # no cursor is left open that could tell its plan late
            self._plans.clear()
        self._continues = self._group.prepares
        self._forward(self._group, LinkState.RUNNING)
        self._advance()

    def close(self) -> None:
        """Close both sockets at once."""
        self.state = LinkState.CLOSED
        self._client.close()
        if self._server:
            self._server.close()

    # From the client

    def _from_client(self, data: bytes) -> None:
        if self.state in (LinkState.CLOSING, LinkState.CLOSED):
            if not data:
                self._client.close()
            return
        if not data:
            self._client_gone()
            return
        try:
            messages = self._front.feed(data)
            self._inbox_bytes += sum(len(message.raw) for message in messages)
            if self._inbox_bytes > _INBOX_LIMIT:
                raise ProtocolError("too much was sent ahead of its turn", "54000")
            self._inbox.extend(messages)
            self._advance()
        except ProtocolError as error:
            self._refuse(error)

    def _advance(self) -> None:
        """Take messages from the inbox for as long as the state allows the next one."""
        while self._inbox:
            message = self._inbox.popleft()  # before it is taken, which may come back to here
            if not self._take(message):
                self._inbox.appendleft(message)
                return
            self._inbox_bytes -= len(message.raw)

    def _take(self, message: Message) -> bool:
        match self.state:
            case LinkState.OPENING:
                return self._take_opening(message)
            case LinkState.RUNNING | LinkState.PASSING:
                return self._take_along(message)
            case LinkState.IDLE | LinkState.PREPARED:
                self._take_idle(message)
                return True
        return False

    def _take_opening(self, message: Message) -> bool:
        match message.kind:
            case Packet.TLS | Packet.GSS:
                self._client.send(b"N")
                self._watcher.passed(self, f"{message.kind} refused")
            case Packet.CANCEL:
                self._open_server(message)
                self._watcher.passed(self, message.kind)
                self._leave()
            case Packet.STARTUP:
                if startup_parameters(message).get("replication", "false") not in _FALSE:
                    raise ProtocolError("replication is not explored", "0A000")
                self.parameters.begin(startup_parameters(message))
                self._open_server(message)
                self._watcher.passed(self, "connection set-up")
            case "p":
                self._to_server(message.raw)
            case _:
                return False
        return True

    def _take_along(self, message: Message) -> bool:
        """Forward what belongs to the group in flight: COPY data, and its rest behind a Flush."""
        if not (
            message.kind in _COPY or (self._copying and message.kind in "SH") or self._streaming
        ):
            return False
        if self._streaming and self._group:
            statements = self._prepared.read((message,))
            self._group = self._group.extended(message, statements)
            self._streaming = message.kind != "S"
        if message.kind in "cf" and self._group and self._group.messages[0].kind == "Q":
            self._copying = False  # a Sync after it is one of its own
        self._to_server(message.raw)
        return True

    def _take_idle(self, message: Message) -> None:
        if message.kind == "X":
            self._to_server(message.raw)
            self._leave()
        elif message.kind in _COPY:
            self._to_server(message.raw)  # late COPY data; the server drops it outside of COPY
        else:
            self._building.append(message)
            if ends_group(message):
                self._group_is_whole()

    def _group_is_whole(self) -> None:
        messages, self._building = tuple(self._building), []
        group = Group(messages, self._prepared.read(messages))
        if self.state is LinkState.PREPARED:
            if group.binds == self._continues:
                self._continues = None
                self._watcher.passed(self, "prepare")
                self._forward(group, LinkState.RUNNING)
                return
            self._complete()
        self._group = group
        if rule := rule_for(group, self._rules, self.status):
            self._watcher.passed(self, rule)
            self._forward(group, LinkState.PASSING)
        else:
            self.state = LinkState.HELD
            self._watcher.held(self, group)

    def _forward(self, group: Group, state: LinkState) -> None:
        self.state, self._group, self._streaming = state, group, group.is_open
        self.parameters.follow(group.statements)
        self._to_server(group.raw)

    # From the server

    def _from_server(self, data: bytes) -> None:
        if self.state is LinkState.CLOSED:
            return
        if not data:
            self._server_gone()
            return
        out: list[bytes] = []
        try:
            for message in self._back.feed(data):
                if message.kind == "N" and self._is_ours(message):
                    continue
                out.append(message.raw)
                if self.state is LinkState.RUNNING:
                    self._reply.add(message)
                match message.kind:
                    case "t":
                        self._prepared.typed(message)
                    case "G":
                        self._copying = True
                        self._advance()
                    case "K":
                        self.pid = int.from_bytes(message.body[:4], "big")
                    case "Z":
                        self._send_client(out)
                        self._ready(message)
        except ProtocolError as error:
            self._refuse(error)
            return
        self._send_client(out)

    def _ready(self, message: Message) -> None:
        self.status = message.body.decode("ascii", "replace")
        self._copying = False
        self._prepared.ready()
        match self.state:
            case LinkState.OPENING | LinkState.PASSING:
                self.state, self._group = LinkState.IDLE, None
            case LinkState.RUNNING if self._continues is not None and not self._reply.error:
                self.state = LinkState.PREPARED
            case LinkState.RUNNING:
                self._complete()
        self._advance()

    def _complete(self) -> None:
        group, self._group, self._continues = self._group, None, None
        self.state, self.waits_for = LinkState.IDLE, None
        if group:
            self._reply.plans, self._plans = self._plans, []
            self._watcher.completed(self, group, self._reply)

    def _is_ours(self, message: Message) -> bool:
        """Take the server's reports on waits and plans, which the lab's settings made it send."""
        fields = notice_fields(message)
        if fields.get("V") != "LOG":
            return False
        if fields.get("R") == "ProcSleep":
            wait = _STILL_WAITING.search(fields.get("M", ""))
            if wait or " acquired " in fields.get("M", ""):
                self.waits_for = wait[1] if wait else None
                self._watcher.waits(self, wait is not None)
        elif fields.get("R") == "explain_ExecutorEnd":
            self._plans.append(fields.get("M", "").partition("plan:\n")[2])
        return True

    # Ends

    def _client_gone(self) -> None:
        if self._front.partial or self._building:
            self._watcher.passed(self, "cut off in mid-message")
        self._lose("the client closed its connection")
        self._client.close()
        self._leave()

    def _server_gone(self) -> None:
        self._lose("the server closed its connection")
        self.state = LinkState.CLOSED
        if self._server:
            self._server.close()
        self._client.finish()
        self._watcher.closed(self)

    def _refuse(self, error: ProtocolError) -> None:
        self._lose(str(error))
        self._watcher.passed(self, "refused")
        self._client.send(fatal(error.sqlstate, str(error)))
        self._client.finish()
        self._leave()

    def _lose(self, reason: str) -> None:
        """Report a group that will never be completed."""
        if self._group and self.state in _UNFINISHED:
            group, self._group = self._group, None
            self._watcher.lost(self, group, reason)

    def _leave(self) -> None:
        """End the server's session and wait for the end of its stream: then its locks are gone."""
        self._inbox.clear()
        if self._server:
            self.state = LinkState.CLOSING
            self._server.finish()
        else:
            self.state = LinkState.CLOSED
            self._watcher.closed(self)

    # Sockets

    def _open_server(self, first: Message) -> None:
        try:
            sock = self._connect()
        except OSError as error:
            raise ProtocolError(f"no server: {error}", "08001") from error
        self._server = server = Channel(self._loop, sock, self._from_server)
        self._client.drained = lambda: server.listen(True)
        server.drained = lambda: self._client.listen(True)
        server.send(first.raw)

    def _to_server(self, raw: bytes) -> None:
        if self._server:
            self._server.send(raw)
            if self._server.congested:
                self._client.listen(False)

    def _send_client(self, out: list[bytes]) -> None:
        if out:
            self._client.send(b"".join(out))
            out.clear()
            if self._client.congested and self._server:
                self._server.listen(False)
