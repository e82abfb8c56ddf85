"""What the first packet of a connection asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from racewalk.errors import ProtocolError
from racewalk.wire.framing import Message, Packet, startup_parameters

CONNECTED: Final = "connection set-up"
TLS_REFUSED: Final = f"{Packet.TLS} refused"
"""Rules by which first packets pass."""
_FALSE: Final = frozenset({"false", "off", "no", "0"})


@dataclass(frozen=True, slots=True)
class Opening:
    """How a first packet is met.

    Attributes:
        rule: by which it passes.
        answer: what the client is told at once, or b"".
        connects: whether it goes to the server.
        ends: whether nothing follows it.
        parameters: that the session begins with.
    """

    rule: str
    answer: bytes = b""
    connects: bool = False
    ends: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)


def opening(message: Message) -> Opening | None:
    """Return how a first packet is met, or None where it is none.

    Raises:
        ProtocolError: it asks for what is not explored.
    """
    match message.kind:
        case Packet.TLS | Packet.GSS:
            return Opening(f"{message.kind} refused", answer=b"N")
        case Packet.CANCEL:
            return Opening(str(message.kind), connects=True, ends=True)
        case Packet.STARTUP:
            parameters = startup_parameters(message)
            if parameters.get("replication", "false") not in _FALSE:
                raise ProtocolError("replication is not explored", "0A000")
            return Opening(CONNECTED, connects=True, parameters=parameters)
        case _:
            return None
