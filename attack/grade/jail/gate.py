"""The gate to the database: it alone knows the password, so nobody comes in past it.

Whoever is inside says no password. The gate asks for the role and the database that were given to
it, whatever the caller names, and proves the password to the server itself. So a repair that finds
the server's port, or the proxy's, is refused there.

Source: PostgreSQL documentation, 'Frontend/Backend Protocol', 'Start-up' and 'SASL
Authentication'.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from attack.grade.jail.scram import Proof

_SECONDS: Final = 10.0
_LONGEST: Final = 10_000
_CANCEL, _TLS, _GSS, _VERSION_3 = 80877102, 80877103, 80877104, 196608
_OK, _SASL, _CONTINUE, _FINAL = 0, 10, 11, 12


class Server(NamedTuple):
    """Where the gate leads to, and as whom."""

    host: str
    port: int
    role: str
    password: str
    database: str

    @classmethod
    def of(cls, url: str) -> Server:
        """Return what a database's URL says."""
        parts = urlsplit(url)
        return cls(
            parts.hostname or "127.0.0.1",
            parts.port or 5432,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            parts.path.lstrip("/"),
        )


class RefusedError(Exception):
    """The caller does not get in; the text is what they are told, or ''."""


def through(client: socket.socket, server: Server) -> socket.socket | None:
    """Open a session for a caller; return the connection to the server.

    Returns:
        None where nothing follows: the caller was refused, or asked for a cancellation.

    Raises:
        OSError, ValueError: a side is gone, or talks something else.
    """
    client.settimeout(_SECONDS)
    code, packet = _opening(client)
    if code == _CANCEL:
        with socket.create_connection((server.host, server.port), _SECONDS) as upstream:
            upstream.sendall(packet)
        return None
    asked = _parameters(packet)
    if code != _VERSION_3 or asked.get("user") != server.role:
        client.sendall(_refusal("28000", "this gate is for one role alone"))
        return None
    upstream = socket.create_connection((server.host, server.port), _SECONDS)
    try:
        upstream.sendall(_startup({**asked, "database": server.database}))
        _prove(upstream, server.password)
    except RefusedError as refused:
        client.sendall(_refusal("28000", str(refused)))
        upstream.close()
        return None
    except BaseException:
        upstream.close()
        raise
    client.sendall(b"R" + struct.pack("!II", 8, _OK))
    for each in (client, upstream):
        each.settimeout(None)
        if each.family != socket.AF_UNIX:
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return upstream


def _opening(client: socket.socket) -> tuple[int, bytes]:
    """The first packet that is no question for encryption, which there is none of."""
    while True:
        head = _exactly(client, 8)
        length, code = struct.unpack("!II", head)
        if not len(head) <= length <= _LONGEST:
            raise ValueError("no startup packet")
        if code not in (_TLS, _GSS):
            return code, head + _exactly(client, length - len(head))
        client.sendall(b"N")


def _parameters(packet: bytes) -> Mapping[str, str]:
    words = [word.decode("utf-8", "replace") for word in packet[8:].split(b"\0")]
    return {name: value for name, value in zip(words[::2], words[1::2], strict=False) if name}


def _startup(parameters: Mapping[str, str]) -> bytes:
    words = b"".join(f"{n}\0{v}\0".encode() for n, v in parameters.items()) + b"\0"
    return struct.pack("!II", 8 + len(words), _VERSION_3) + words


def _prove(upstream: socket.socket, password: str) -> None:
    proof = Proof(password)
    while True:
        kind, body = _message(upstream)
        if kind != b"R":
            raise RefusedError("the server refused the gate")
        (code,) = struct.unpack("!I", body[:4])
        match code:
            case 0:
                return
            case 10:
                first = proof.first
                said = b"SCRAM-SHA-256\0" + struct.pack("!I", len(first)) + first
                _say(upstream, said)
            case 11:
                _say(upstream, proof.final(body[4:]))
            case 12 if proof.accepts(body[4:]):
                continue
            case _:
                raise RefusedError("the server asks for another proof")


def _say(upstream: socket.socket, body: bytes) -> None:
    upstream.sendall(b"p" + struct.pack("!I", 4 + len(body)) + body)


def _message(upstream: socket.socket) -> tuple[bytes, bytes]:
    head = _exactly(upstream, 5)
    (length,) = struct.unpack("!I", head[1:])
    if not 4 <= length <= _LONGEST:
        raise ValueError("no message")
    return head[:1], _exactly(upstream, length - 4)


def _exactly(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise OSError("the connection ended")
        data += more
    return data


def _refusal(sqlstate: str, words: str) -> bytes:
    fields = b"".join(
        kind + text.encode() + b"\0"
        for kind, text in ((b"S", "FATAL"), (b"V", "FATAL"), (b"C", sqlstate), (b"M", words))
    )
    return b"E" + struct.pack("!I", 4 + len(fields) + 1) + fields + b"\0"
