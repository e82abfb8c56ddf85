"""Framing: whatever the cut, the same messages; whatever the bytes, messages or a refusal."""

import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racewalk.errors import ProtocolError
from racewalk.wire.framing import (
    SMALL_LIMIT,
    BackendFramer,
    FrontendFramer,
    Message,
    Packet,
    encode,
    fatal,
    notice_fields,
    startup_parameters,
)
from support import messages as m

STREAM = (
    m.SSL_REQUEST
    + m.GSS_REQUEST
    + m.startup(user="u", database="d")
    + encode("p", b"secret\0")
    + m.query("SELECT 1")
    + m.parse("SELECT $1", "s", (23,))
    + m.bind(b"\0\0\0\7", name="s", formats=(1,))
    + m.EXECUTE
    + m.SYNC
    + encode("d", b"copied")
    + encode("c")
    + m.FLUSH
    + m.TERMINATE
)
KINDS = [Packet.TLS, Packet.GSS, Packet.STARTUP, *"pQPBESdcHX"]


def test_whole_stream_is_cut_into_its_messages() -> None:
    messages = FrontendFramer().feed(STREAM)
    assert [message.kind for message in messages] == KINDS
    assert b"".join(message.raw for message in messages) == STREAM


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_cutting_does_not_matter(cuts: list[int]) -> None:
    framer, found = FrontendFramer(), list[Message]()
    edges = [0, *sorted(cuts), len(STREAM)]
    for start, end in itertools.pairwise(edges):
        found += framer.feed(STREAM[start:end])
    assert found == FrontendFramer().feed(STREAM)
    assert not framer.partial


@given(st.binary(max_size=200), st.booleans())
def test_garbage_gives_messages_or_a_refusal(data: bytes, started: bool) -> None:
    framer = FrontendFramer()
    if started:
        framer.feed(m.startup(user="u"))
    try:
        messages = framer.feed(data)
    except ProtocolError:
        return
    assert data.startswith(b"".join(message.raw for message in messages))


@given(st.binary(max_size=200))
def test_backend_garbage_gives_messages_or_a_refusal(data: bytes) -> None:
    try:
        messages = BackendFramer().feed(data)
    except ProtocolError:
        return
    assert data.startswith(b"".join(message.raw for message in messages))


def test_large_statement_passes_and_a_larger_one_is_refused_by_its_header() -> None:
    framer = FrontendFramer()
    framer.feed(m.startup(user="u"))
    (message,) = framer.feed(m.query("x" * 10_000_000))
    assert len(message.raw) > 10_000_000
    with pytest.raises(ProtocolError, match="above the limit") as refused:
        framer.feed(b"Q" + struct.pack("!i", 2**31 - 1))
    assert refused.value.sqlstate == "54000"


def test_kinds_without_data_have_a_small_limit() -> None:
    framer = FrontendFramer()
    framer.feed(m.startup(user="u"))
    with pytest.raises(ProtocolError, match="above the limit"):
        framer.feed(b"S" + struct.pack("!i", SMALL_LIMIT + 1))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "its length would be"),
        (b"\x16\x03\x01\x02\x00\x01", "its length would be"),
        (m.special(2 << 16), "protocol 2.0"),
    ],
)
def test_what_is_not_protocol_3_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ProtocolError, match=reason):
        FrontendFramer().feed(data)


def test_startup_parameters() -> None:
    packet = Message(Packet.STARTUP, m.startup(user="u", database="d"))
    assert startup_parameters(packet) == {"user": "u", "database": "d"}


@pytest.mark.parametrize("body", [b"", b"user\0", b"user\0u", b"user\0u\0", b"user\0u\0x\0\0"])
def test_broken_startup_parameters_are_refused(body: bytes) -> None:
    with pytest.raises(ProtocolError, match="broken parameters"):
        startup_parameters(Message(Packet.STARTUP, b"\0" * 8 + body))


def test_refusal_can_be_read_back() -> None:
    (message,) = BackendFramer().feed(fatal("08P01", "no"))
    assert notice_fields(message) == {"S": "FATAL", "V": "FATAL", "C": "08P01", "M": "no"}
