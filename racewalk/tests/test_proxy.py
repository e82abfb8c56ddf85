"""The proxy before a real PostgreSQL: it holds, forwards, passes or refuses, and never hangs."""

import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from racewalk.targets.session import _connect
from racewalk.wire.events import Closed, Completed, Held, Lost, Report, Waits
from racewalk.wire.framing import BackendFramer, Message, encode, notice_fields
from racewalk.wire.link import Link
from racewalk.wire.loop import Loop
from racewalk.wire.proxy import Address, Proxy
from racewalk.wire.reply import Reply
from racewalk.wire.states import LinkState
from support import messages as m
from support.labs import Database

DEADLINE_S = 10.0


@dataclass
class Recorder:
    """A watcher that writes everything down."""

    groups: list[str] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    waiting: list[bool] = field(default_factory=list)
    closings: int = 0

    def told(self, _link: Link, report: Report) -> None:
        """Sort what is told."""
        match report:
            case Held(group):
                self.groups.append(group.announcement)
            case Completed(_, reply):
                self.replies.append(reply)
            case Waits(waiting):
                self.waiting.append(waiting)
            case Lost(_, reason):
                self.losses.append(reason)
            case Closed():
                self.closings += 1


class Bench:
    """A proxy on a loop, and what was seen on it."""

    def __init__(self, address: Address) -> None:
        self.loop, self.seen = Loop(), Recorder()
        self.proxy = Proxy(self.loop, address, self.seen.told)
        self.port = self.proxy.listen(0)

    def until(self, condition: Callable[[], object]) -> None:
        """Pump until the condition holds."""
        deadline = monotonic() + DEADLINE_S
        while not condition():
            assert monotonic() < deadline, f"hang: {self.seen}"
            self.loop.pump(0.1)

    @property
    def link(self) -> Link:
        """The only link."""
        (link,) = self.proxy.links
        return link

    def release_next(self, count: int) -> None:
        """Release the held group once `count` have been held, and see it through."""
        self.until(lambda: len(self.seen.groups) == count)
        replies = len(self.seen.replies)
        next(link for link in self.proxy.links if link.state is LinkState.HELD).release()
        self.until(lambda: len(self.seen.replies) > replies)


class Client:
    """A raw socket to the proxy, on the same loop."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.socket = socket.create_connection(("127.0.0.1", bench.port))
        self.socket.setblocking(False)
        self.received, self.ended = b"", False

    def send(self, data: bytes) -> None:
        """Send all bytes, pumping where the socket is full."""
        while data:
            try:
                data = data[self.socket.send(data) :]
            except BlockingIOError:
                self.bench.loop.pump(0.01)

    def read(self) -> bytes:
        """Return all bytes received so far."""
        try:
            while data := self.socket.recv(65536):
                self.received += data
            self.ended = True
        except BlockingIOError:
            pass
        except ConnectionResetError:
            self.ended = True
        return self.received

    def end(self) -> bool:
        """Return whether the proxy has ended the stream."""
        self.read()
        return self.ended

    def messages(self) -> list[Message]:
        """Return the backend messages received so far."""
        return list(BackendFramer().feed(self.read()))


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    """Stand a proxy before the tests' server."""
    bench = Bench(database.address)
    yield bench
    bench.proxy.close()
    bench.loop.close()


@pytest.fixture
def raw(bench: Bench, database: Database) -> Iterator[Client]:
    """Log in through the proxy with libpq and go on with the raw socket."""
    conn = _connect(bench.loop, through(database, bench.port))
    client = Client.__new__(Client)
    client.bench, client.received, client.ended = bench, b"", False
    client.socket = socket.socket(fileno=socket.dup(conn.socket))
    client.socket.setblocking(False)
    yield client
    client.socket.close()
    conn.finish()


def through(database: Database, port: int) -> str:
    """Return the connection string that leads through the proxy."""
    return make_conninfo(database.conninfo, port=port, sslmode="disable", gssencmode="disable")


def test_held_from_the_first_message_on_and_forwarded_once_released(
    bench: Bench, raw: Client
) -> None:
    raw.send(m.query("SELECT 40 + 2 AS n"))
    bench.until(lambda: bench.seen.groups)
    assert bench.link.state is LinkState.HELD
    assert raw.read() == b""
    bench.release_next(1)
    (reply,) = bench.seen.replies
    assert (reply.columns, reply.rows, reply.tags) == (("n",), [(42,)], ["SELECT 1"])
    assert reply.status == "I"
    bench.until(lambda: [msg.kind for msg in raw.messages()] == ["T", "D", "C", "Z"])


def test_extended_group_and_transaction_status(bench: Bench, raw: Client) -> None:
    raw.send(m.query("BEGIN"))
    bench.release_next(1)
    assert bench.seen.replies[-1].status == "T"
    raw.send(m.parse("SELECT $1::int / 0") + m.bind(b"1") + m.EXECUTE + m.SYNC)
    bench.release_next(2)
    assert (bench.seen.replies[-1].error, bench.seen.replies[-1].status) == ("22012", "E")
    assert not bench.link.quiet


def test_groups_sent_ahead_are_held_one_by_one(bench: Bench, raw: Client) -> None:
    raw.send(m.query("SELECT 11") + m.query("SELECT 12"))
    bench.release_next(1)
    bench.release_next(2)
    assert bench.seen.groups == ["SELECT 11", "SELECT 12"]


def test_prepare_goes_with_the_execution_that_follows(bench: Bench, raw: Client) -> None:
    raw.send(m.parse("SELECT $1::int", "s") + m.SYNC)
    bench.until(lambda: bench.seen.groups)
    bench.link.release()
    bench.until(lambda: bench.link.state is LinkState.PREPARED)
    assert bench.seen.replies == []
    raw.send(m.bind(b"5", name="s") + m.EXECUTE + m.SYNC)
    bench.until(lambda: bench.seen.replies)
    assert bench.seen.groups == ["SELECT $1::int"]
    assert bench.seen.replies[0].tags == ["SELECT 1"]
    assert bench.proxy.noise["prepare"] == 1


def test_flush_cuts_a_group_and_its_rest_follows(bench: Bench, raw: Client) -> None:
    raw.send(m.parse("SELECT 13") + m.FLUSH)
    bench.until(lambda: bench.seen.groups)
    bench.link.release()
    bench.until(lambda: [msg.kind for msg in raw.messages()] == ["1"])
    raw.send(m.bind() + m.EXECUTE + m.SYNC)
    bench.until(lambda: bench.seen.replies)
    assert bench.seen.replies[0].tags == ["SELECT 1"]


def test_a_ping_that_is_cut_at_a_flush_does_not_let_its_rest_pass(
    bench: Bench, raw: Client
) -> None:
    raw.send(m.parse("SELECT 1") + m.bind() + m.EXECUTE + m.FLUSH)
    bench.until(lambda: len(bench.seen.groups) == 1)


def test_a_ping_inside_a_transaction_is_a_step(bench: Bench, raw: Client) -> None:
    raw.send(m.query("BEGIN"))
    bench.release_next(1)
    raw.send(m.query("SELECT 1"))
    bench.release_next(2)


def test_a_client_that_says_nothing_is_not_waited_for(bench: Bench) -> None:
    Client(bench)
    bench.until(lambda: bench.proxy.links)
    assert bench.link.quiet


def test_a_sync_after_a_copy_is_one_of_its_own(bench: Bench, raw: Client) -> None:
    raw.send(m.query("CREATE TEMPORARY TABLE copied (n integer)"))
    bench.release_next(1)
    raw.send(m.query("COPY copied FROM STDIN") + encode("d", b"1\n") + encode("c") + m.SYNC)
    bench.release_next(2)
    raw.send(m.query("SELECT pg_sleep(0.1)"))
    bench.release_next(3)
    assert bench.seen.replies[-1].tags == ["SELECT 1"]


def test_noise_passes_and_is_counted(bench: Bench, raw: Client) -> None:
    raw.send(m.query("SELECT 1") + m.query("DEALLOCATE ALL") + m.SYNC)
    bench.until(lambda: [msg.kind for msg in raw.messages()].count("Z") == 3)
    assert bench.seen.groups == []
    assert {
        "ping",
        "deallocate",
        "close or describe",
        "connection set-up",
    } <= bench.proxy.noise.keys()


def test_ten_megabytes_pass(bench: Bench, raw: Client) -> None:
    raw.send(m.query("SELECT length('" + "x" * 10_000_000 + "')"))
    bench.release_next(1)
    assert bench.seen.replies[0].rows == [(10_000_000,)]


def test_a_large_answer_passes_though_its_reader_is_slow(bench: Bench, raw: Client) -> None:
    raw.send(m.query("SELECT repeat('x', 100000) FROM generate_series(1, 50)"))
    bench.until(lambda: bench.seen.groups)
    bench.link.release()
    bench.loop.pump(0.1)
    ready = encode("Z", b"I")
    bench.until(lambda: raw.read().endswith(ready))
    assert bench.seen.replies[0].tags == ["SELECT 50"]


@pytest.mark.parametrize(
    "copy",
    [
        m.query("COPY copied FROM STDIN") + encode("d", b"1\n") + encode("d", b"2\n") + encode("c"),
        m.parse("COPY copied FROM STDIN")
        + m.bind()
        + m.EXECUTE
        + m.SYNC
        + encode("d", b"1\n2\n")
        + encode("c")
        + m.SYNC,
    ],
    ids=["simple", "extended"],
)
def test_copy_in(bench: Bench, raw: Client, copy: bytes) -> None:
    raw.send(m.query("CREATE TEMPORARY TABLE copied (n integer)"))
    bench.release_next(1)
    raw.send(copy)
    bench.release_next(2)
    assert bench.seen.replies[-1].tags == ["COPY 2"]
    raw.send(m.query("COPY copied TO STDOUT"))
    bench.release_next(3)
    assert bench.seen.replies[-1].tags == ["COPY 2"]


def test_copy_that_fails(bench: Bench, raw: Client) -> None:
    raw.send(m.query("CREATE TEMPORARY TABLE copied (n integer)"))
    bench.release_next(1)
    raw.send(m.query("COPY copied FROM STDIN") + encode("f", b"enough\0"))
    bench.release_next(2)
    assert bench.seen.replies[-1].error == "57014"


@pytest.mark.parametrize("request_packet", [m.SSL_REQUEST, m.GSS_REQUEST])
def test_encryption_is_refused_with_n(bench: Bench, request_packet: bytes) -> None:
    client = Client(bench)
    client.send(request_packet)
    bench.until(lambda: client.read() == b"N")


def refused(bench: Bench, client: Client) -> str:
    """Wait for the refusal and the end; return its SQLSTATE."""
    bench.until(client.end)
    last = client.messages()[-1]
    assert last.kind == "E"
    return notice_fields(last)["C"]


@pytest.mark.parametrize(
    ("data", "sqlstate"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "08P01"),
        (m.special(2 << 16), "0A000"),
        (m.startup(user="u", replication="database"), "0A000"),
    ],
)
def test_what_is_not_a_start_is_refused(bench: Bench, data: bytes, sqlstate: str) -> None:
    client = Client(bench)
    client.send(data)
    assert refused(bench, client) == sqlstate
    assert bench.proxy.noise["refused"] == 1


@pytest.mark.parametrize(
    ("data", "sqlstate"),
    [
        (b"\0\1\2\3\4\5\6", "08P01"),
        (b"Q" + struct.pack("!i", 2**31 - 1), "54000"),
        (b"Q\0\0\0\5x", "08P01"),
        (encode("B", b"\0"), "08P01"),
    ],
)
def test_garbage_after_login_is_refused(
    bench: Bench, raw: Client, data: bytes, sqlstate: str
) -> None:
    raw.send(data + m.SYNC)
    assert refused(bench, raw) == sqlstate
    bench.until(lambda: not bench.proxy.links)


def test_a_server_that_is_away_is_told(database: Database) -> None:
    bench = Bench(Address("127.0.0.1", 1))
    client = Client(bench)
    client.send(m.startup(user="u"))
    assert refused(bench, client) == "08001"
    del database
    bench.proxy.close()


def test_cut_off_in_mid_message_is_counted(bench: Bench, raw: Client) -> None:
    raw.send(m.query("SELECT 14")[:7])
    raw.socket.shutdown(socket.SHUT_RDWR)
    bench.until(lambda: not bench.proxy.links)
    assert bench.proxy.noise["cut off in mid-message"] == 1
    assert bench.seen.losses == []


def test_cut_off_while_held_is_a_loss(bench: Bench, raw: Client) -> None:
    raw.send(m.query("SELECT 15"))
    bench.until(lambda: bench.seen.groups)
    raw.socket.shutdown(socket.SHUT_RDWR)
    bench.until(lambda: not bench.proxy.links)
    assert bench.seen.losses == ["the client closed its connection"]


def test_a_backend_that_is_terminated_is_a_loss(bench: Bench, raw: Client) -> None:
    raw.send(m.query("SELECT pg_terminate_backend(pg_backend_pid())"))
    bench.until(lambda: bench.seen.groups)
    bench.link.release()
    bench.until(raw.end)
    assert bench.seen.losses == ["the server closed its connection"]


def test_closed_means_that_the_locks_are_gone(
    bench: Bench, raw: Client, database: Database
) -> None:
    raw.send(m.query("SELECT pg_advisory_lock(77)"))
    bench.release_next(1)
    raw.send(m.TERMINATE)
    bench.until(lambda: bench.seen.closings)
    with psycopg.connect(database.conninfo) as other:
        assert other.execute("SELECT pg_try_advisory_lock(77)").fetchone() == (True,)


def test_cancel_request_passes(bench: Bench, raw: Client, database: Database) -> None:
    del raw
    client = Client(bench)
    client.send(m.special(80877102, struct.pack("!ii", 999_999, 1)))
    bench.until(client.end)
    assert bench.proxy.noise["CancelRequest"] == 1
    assert conninfo_to_dict(database.conninfo)["port"]


def test_waits_are_reported_by_the_server_and_hidden_from_the_client(
    bench: Bench, raw: Client, database: Database
) -> None:
    with psycopg.connect(database.conninfo) as other:
        other.execute("SELECT pg_advisory_xact_lock(78)")
        raw.send(m.query("SELECT pg_advisory_xact_lock(78)"))
        bench.until(lambda: bench.seen.groups)
        bench.link.release()
        bench.until(lambda: bench.seen.waiting == [True])
        assert bench.link.waits_for == "ExclusiveLock on advisory lock"
    bench.until(lambda: bench.seen.replies)
    assert bench.seen.waiting == [True, False]
    bench.until(lambda: [msg.kind for msg in raw.messages()] == ["T", "D", "C", "Z"])


FRAGMENTS = st.sampled_from(
    [
        *(m.query("SELECT 16"), m.parse("SELECT 17"), m.bind(), m.EXECUTE, m.SYNC, m.FLUSH),
        *(m.query("COPY nowhere FROM STDIN"), encode("d", b"x"), encode("c"), m.TERMINATE),
        *(b"\0", b"Q\0"),
    ]
)


@given(st.lists(st.one_of(FRAGMENTS, st.binary(max_size=20)), max_size=8))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_client_ends(database: Database, fragments: list[bytes]) -> None:
    bench = Bench(database.address)
    conn = _connect(bench.loop, through(database, bench.port))
    client = socket.socket(fileno=socket.dup(conn.socket))
    client.send(b"".join(fragments))
    client.shutdown(socket.SHUT_WR)

    def released_to_the_end() -> bool:
        for link in tuple(bench.proxy.links):
            if link.state is LinkState.HELD:
                link.release()
        return not bench.proxy.links

    bench.until(released_to_the_end)
    client.close()
    conn.finish()
    bench.proxy.close()
    bench.loop.close()
