"""Frontend messages, written down by hand."""

import struct

from racewalk.wire.framing import encode


def startup(**parameters: str) -> bytes:
    """Return a StartupMessage of protocol 3.0."""
    pairs = b"".join(f"{key}\0{value}\0".encode() for key, value in parameters.items())
    body = struct.pack("!i", 3 << 16) + pairs + b"\0"
    return struct.pack("!i", len(body) + 4) + body


def special(code: int, rest: bytes = b"") -> bytes:
    """Return an untyped request packet, such as SSLRequest."""
    return struct.pack("!ii", 8 + len(rest), code) + rest


SSL_REQUEST = special(80877103)
GSS_REQUEST = special(80877104)
SYNC = encode("S")
FLUSH = encode("H")
TERMINATE = encode("X")
EXECUTE = encode("E", b"\0" + struct.pack("!i", 0))


def query(sql: str) -> bytes:
    """Return a Query."""
    return encode("Q", sql.encode() + b"\0")


def parse(sql: str, name: str = "", oids: tuple[int, ...] = ()) -> bytes:
    """Return a Parse."""
    types = struct.pack(f"!h{len(oids)}I", len(oids), *oids)
    return encode("P", f"{name}\0{sql}\0".encode() + types)


def bind(
    *values: bytes | None,
    name: str = "",
    formats: tuple[int, ...] = (),
    results: tuple[int, ...] = (),
) -> bytes:
    """Return a Bind of the unnamed portal."""
    body = b"\0" + name.encode() + b"\0" + struct.pack(f"!h{len(formats)}h", len(formats), *formats)
    body += struct.pack("!h", len(values))
    for value in values:
        body += struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value
    return encode("B", body + struct.pack(f"!h{len(results)}h", len(results), *results))


def close_statement(name: str) -> bytes:
    """Return a Close of a prepared statement."""
    return encode("C", b"S" + name.encode() + b"\0")


def describe() -> bytes:
    """Return a Describe of the unnamed portal."""
    return encode("D", b"P\0")
