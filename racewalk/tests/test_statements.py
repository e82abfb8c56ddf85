"""Decoding: SQL and values out of groups."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racewalk.errors import ProtocolError
from racewalk.wire.framing import FrontendFramer, Message, encode
from racewalk.wire.groups import Group, ends_group
from racewalk.wire.noise import RULES, rule_for
from racewalk.wire.reply import Reply
from racewalk.wire.statements import Opaque, Prepared, Statement, Value, one_line
from support import messages as m


def framed(data: bytes) -> tuple[Message, ...]:
    """Cut a client's bytes after a start-up."""
    framer = FrontendFramer()
    framer.feed(m.startup(user="u"))
    return tuple(framer.feed(data))


def group(data: bytes, prepared: Prepared | None = None) -> Group:
    """Read one group."""
    messages = framed(data)
    assert [ends_group(message) for message in messages] == [False] * (len(messages) - 1) + [True]
    return Group(messages, (prepared or Prepared()).read(messages))


def test_query() -> None:
    assert group(m.query("SELECT 1")).statements == (Statement("SELECT 1"),)


@pytest.mark.parametrize(
    ("raw", "oid", "form", "value"),
    [
        (struct.pack("!h", -7), 21, 1, -7),
        (struct.pack("!i", 80), 23, 1, 80),
        (struct.pack("!q", 2**40), 20, 1, 2**40),
        (struct.pack("!h", 80), 0, 1, Opaque("\\x0050")),
        (b"80", 23, 0, 80),
        (b"80", 0, 0, "80"),
        ("é".encode(), 25, 0, "é"),
        ("é".encode(), 25, 1, "é"),
        (b"\1", 16, 1, Opaque("true")),
        (b"\1\2\3", 17, 1, Opaque("\\x010203")),
        (b"t", 16, 0, Opaque("true")),
        (struct.pack("!q", 86_400_000_001), 1184, 1, Opaque("2000-01-02 00:00:00.000001+00:00")),
        (struct.pack("!q", -1_000_000), 1114, 1, Opaque("1999-12-31 23:59:59")),
        (struct.pack("!q", 2**63 - 1), 1184, 1, Opaque("\\x7fffffffffffffff")),
        (struct.pack("!i", 31), 1082, 1, Opaque("2000-02-01")),
        (b"1.0", 1700, 0, Opaque("1.0")),
        (b"9" * 5000, 23, 0, "9" * 5000),
        (None, 23, 1, None),
    ],
)
def test_values(raw: bytes | None, oid: int, form: int, value: object) -> None:
    data = m.parse("SELECT $1", oids=(oid,)) + m.bind(raw, formats=(form,)) + m.EXECUTE + m.SYNC
    (statement,) = group(data).statements
    assert statement == Statement("SELECT $1", (value,))  # type: ignore[arg-type]


def test_types_that_the_server_tells() -> None:
    prepared = Prepared()
    describe = encode("D", b"S" + b"a\0")
    group(m.parse("SELECT $1", name="a") + describe + m.SYNC, prepared)
    prepared.described(Message("t", encode("t", struct.pack("!hI", 1, 25))))
    told = group(m.bind(b"ab", formats=(1,), name="a") + m.EXECUTE + m.SYNC, prepared)
    assert told.statements == (Statement("SELECT $1", ("ab",)),)


def test_rows_that_were_described_once_are_read_ever_after() -> None:
    prepared = Prepared()
    describe = encode("D", b"S" + b"a\0")
    group(m.parse("SELECT n, said FROM t", name="a") + describe + m.SYNC, prepared)
    columns = b"".join(
        name + b"\0" + struct.pack("!IhIhih", 0, 0, oid, 4, -1, 0)
        for name, oid in ((b"n", 23), (b"said", 25))
    )
    for kind, body in (("t", struct.pack("!h", 0)), ("T", struct.pack("!h", 2) + columns)):
        prepared.described(Message(kind, encode(kind, body)))
    group(m.bind(name="a", results=(1, 0)) + m.EXECUTE + m.SYNC, prepared)
    assert prepared.expected
    reply = Reply()
    reply.expect(prepared.expected)
    row = struct.pack("!hiii", 2, 4, 5, 2) + b"hi"
    reply.add(Message("D", encode("D", row)))
    assert (reply.columns, reply.rows) == (("n", "said"), [(5, "hi")])
    group(m.parse("DELETE FROM t", name="a") + m.bind(name="a") + m.EXECUTE + m.SYNC, prepared)
    assert prepared.expected is None


def test_the_same_bytes_are_other_values_where_other_types_were_told() -> None:
    bound = m.bind(b"7", name="s") + m.EXECUTE + m.SYNC
    found: list[Value] = []
    for oid in (25, 23, 25):
        prepared = Prepared()
        group(m.parse("SELECT $1", "s", (oid,)) + m.SYNC, prepared)
        found += group(bound, prepared).statements[0].params
    assert found == ["7", 7, "7"]


def test_a_value_of_an_unknown_type_equals_no_text() -> None:
    assert Statement("SELECT $1", (Opaque("a"),)) != Statement("SELECT $1", ("a",))
    assert len({Opaque("a"), "a", Opaque("a")}) == 2


@pytest.mark.parametrize("formats", [(1,), (1, 1)])
def test_one_format_stands_for_all(formats: tuple[int, ...]) -> None:
    value = struct.pack("!i", 5)
    data = (
        m.parse("f($1, $2)", oids=(23, 23))
        + m.bind(value, value, formats=formats)
        + m.EXECUTE
        + m.SYNC
    )
    assert group(data).statements[0].params == (5, 5)


def test_prepared_statements_are_remembered_until_closed() -> None:
    prepared = Prepared()
    first = group(m.parse("SELECT $1", "s", (23,)) + m.SYNC, prepared)
    assert (first.statements, first.prepares, first.executes) == ((), "s", False)
    assert first.announcement == "SELECT $1"
    second = group(m.bind(b"7", name="s") + m.EXECUTE + m.SYNC, prepared)
    assert second.statements == (Statement("SELECT $1", (7,)),)
    assert second.binds == "s"
    group(m.close_statement("s") + m.SYNC, prepared)
    assert prepared.statements == {}


@given(st.sampled_from("QPBEFC"), st.binary(max_size=60))
def test_broken_bodies_are_refused(kind: str, body: bytes) -> None:
    message = Message(kind, kind.encode() + struct.pack("!i", len(body) + 4) + body)
    prepared = Prepared()
    try:
        statements = prepared.read((message,))
    except ProtocolError:
        return
    assert all(isinstance(one_line(statement.sql), str) for statement in statements)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (m.query("SELECT 1"), "ping"),
        (m.query(""), "ping"),
        (m.query(";"), "ping"),
        (m.parse("") + m.bind() + m.EXECUTE + m.SYNC, "ping"),
        (m.query("DEALLOCATE ALL"), "deallocate"),
        (m.close_statement("s") + m.SYNC, "close or describe"),
        (m.SYNC, "close or describe"),
        (m.parse("SELECT balance FROM account", "s") + m.SYNC, None),
        (m.parse("SELECT 2") + m.bind() + m.SYNC, None),
        (m.parse("SELECT balance FROM account") + m.FLUSH, None),
        (m.query("SELECT 1 FROM account"), None),
        (m.query("BEGIN"), None),
    ],
)
def test_noise(data: bytes, rule: str | None) -> None:
    assert rule_for(group(data), RULES, "I") == rule
