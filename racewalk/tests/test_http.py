"""The raw HTTP client: where an answer ends, however it is cut into pieces."""

import socket
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racewalk.errors import DoubtError, LostError, ProtocolError
from racewalk.targets import bounds
from racewalk.targets.http import HttpConnection, ResponseReader, encoded
from racewalk.wire.loop import Loop, beside

REDIRECT = b"HTTP/1.1 302 FOUND\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nhello\r\n1;name=value\r\n!\r\n0\r\nTrailer: x\r\n\r\n"
)
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
AFTER_INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n" + PAGE


@pytest.mark.parametrize(
    ("answer", "status"),
    [(REDIRECT, 302), (PAGE, 200), (CHUNKED, 200), (NO_CONTENT, 204), (AFTER_INTERIM, 200)],
)
@given(data=st.data())
def test_whole_at_its_last_byte_and_not_before(
    answer: bytes, status: int, data: st.DataObject
) -> None:
    reader, at = ResponseReader(), 0
    while at < len(answer):
        assert reader.response is None
        size = data.draw(st.integers(1, len(answer) - at))
        reader.feed(answer[at : at + size])
        at += size
    assert reader.response
    assert reader.response.status == status
    assert reader.keeps_alive


def test_header_names_are_found_in_lower_case() -> None:
    reader = ResponseReader()
    reader.feed(REDIRECT)
    assert reader.response
    assert reader.response.headers["location"] == "/"


def test_without_a_length_the_end_of_the_stream_ends_it() -> None:
    reader = ResponseReader()
    reader.feed(b"HTTP/1.1 500 Oh\r\n\r\nsome")
    assert reader.response is None
    reader.feed(b"")
    assert reader.response
    assert not reader.keeps_alive


@pytest.mark.parametrize("part", [b"", REDIRECT[:20], PAGE[:-1], CHUNKED[:-3]])
def test_an_answer_cut_short_is_lost(part: bytes) -> None:
    reader = ResponseReader()
    if part:
        reader.feed(part)
    with pytest.raises(LostError, match="without an answer"):
        reader.feed(b"")


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"x" * 70_000,
    ],
)
def test_what_is_no_answer_is_refused(answer: bytes) -> None:
    with pytest.raises(ProtocolError):
        ResponseReader().feed(answer)


OK = b"HTTP/1.1 200 OK\r\n"
PIECE = b"x" * 4096
ENDLESS = {
    "without a length": (OK + b"\r\n", PIECE),
    "a length beyond the limit": (OK + b"Content-Length: 1000000000000\r\n\r\n", PIECE),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + PIECE + b"\r\n"),
    "interim answers": (b"HTTP/1.1 102 Wait\r\n\r\n", b"HTTP/1.1 102 Wait\r\n\r\n" * 1000),
}


def read(head: bytes, more: bytes, times: int) -> None:
    """Read an answer that goes on in the same way."""
    reader = ResponseReader()
    reader.feed(head)
    for _ in range(times):
        reader.feed(more)


@pytest.mark.parametrize("kind", ENDLESS)
def test_an_answer_without_end_is_given_up(kind: str) -> None:
    head, more = ENDLESS[kind]
    read(head, more, bounds.LARGEST_ANSWER // len(more) - 1)
    with pytest.raises(DoubtError, match="exceeds 16 MiB"):
        read(head, more, bounds.LARGEST_ANSWER // len(more) + 1)


def test_an_answer_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = count(1.0, 7.0)
    monkeypatch.setattr(bounds, "monotonic", lambda: next(moments))
    with pytest.raises(DoubtError, match="not complete 30 s after its first byte"):
        read(OK + b"\r\n", b"x", 1000)
    assert next(moments) == 1.0 + 6 * 7.0


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Listen on a loopback port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        yield listener


def test_a_connection_is_kept_and_opened_again_where_the_server_closed_it(
    listener: socket.socket,
) -> None:
    loop = Loop()
    connection = HttpConnection(loop, listener.getsockname()[1])
    connection.send(b"GET /one")
    peer, _ = listener.accept()
    assert peer.recv(100) == b"GET /one"
    peer.sendall(REDIRECT)
    while connection.response is None:
        loop.pump(5)
    connection.send(b"GET /two")
    assert peer.recv(100) == b"GET /two"
    peer.sendall(PAGE)
    while connection.response is None:
        loop.pump(5)
    assert connection.response.status == 200
    peer.close()
    while loop.pump(0.05):
        pass
    connection.send(b"GET /three")
    peer, _ = listener.accept()
    assert peer.recv(100) == b"GET /three"
    peer.close()
    with pytest.raises(LostError):
        loop.pump(5)
    connection.close()
    loop.close()


def test_nobody_listens() -> None:
    with pytest.raises(LostError, match="is gone"):
        HttpConnection(Loop(), 1).send(b"x")


def test_a_post_as_bytes() -> None:
    request = encoded("POST", "http://127.0.0.1:8001/withdraw1", {"Cookie": "a=b"}, b"amount=10")
    assert request == (
        b"POST /withdraw1 HTTP/1.1\r\nHost: 127.0.0.1:8001\r\nCookie: a=b\r\n"
        b"Content-Length: 9\r\n\r\namount=10"
    )


def test_beside_turns_the_loop_while_work_blocks(listener: socket.socket) -> None:
    loop, client = Loop(), socket.create_connection(listener.getsockname())
    peer, _ = listener.accept()
    loop.watch(peer.fileno(), 1, lambda _events: peer.sendall(peer.recv(100).upper()))
    client.sendall(b"hello")
    client.settimeout(5)
    assert beside(loop, lambda: client.recv(100)) == b"HELLO"
    with pytest.raises(ZeroDivisionError):
        beside(loop, lambda: 1 // 0)
    loop.forget(peer.fileno())
    peer.close()
    client.close()
    loop.close()


def test_the_end_of_the_loop_does_not_wait_for_work_beside_it(listener: socket.socket) -> None:
    loop, client = Loop(), socket.create_connection(listener.getsockname())
    peer, _ = listener.accept()

    def ends(_events: int) -> None:
        raise KeyboardInterrupt

    loop.watch(peer.fileno(), 1, ends)
    client.sendall(b"stop")
    with pytest.raises(KeyboardInterrupt):
        beside(loop, lambda: client.recv(100))  # which nobody answers
    peer.close()
    client.close()
    loop.close()
