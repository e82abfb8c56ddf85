"""A small application with planted behaviours, for the harness to judge.

It has the lab's login, form and ledger and none of its code, so a verdict on it tests the harness.
"""

import itertools
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg

from shared_db.lab_id import LAB_HEADER
from shared_db.spans import SPAN_HEADER

Withdraw = Callable[[psycopg.Connection[tuple[object, ...]], str, int], bool]

_ASKS_S = 0.01
"""How often a stub asks whether it is to end, in seconds: half a second would be lost at each."""
_one_at_a_time = threading.Lock()


def racing(connection: psycopg.Connection[tuple[object, ...]], user: str, amount: int) -> bool:
    """Check, then act."""
    row = connection.execute('SELECT money FROM "user" WHERE username = %s', (user,)).fetchone()
    money = int(str(row[0])) if row else 0
    if money < amount:
        return False
    connection.execute('UPDATE "user" SET money = %s WHERE username = %s', (money - amount, user))
    log(connection, user, amount)
    return True


def safe(connection: psycopg.Connection[tuple[object, ...]], user: str, amount: int) -> bool:
    """Let the write check."""
    debit = 'UPDATE "user" SET money = money - %s WHERE username = %s AND money >= %s'
    with connection.transaction():
        if connection.execute(debit, (amount, user, amount)).rowcount == 0:
            return False
        log(connection, user, amount)
    return True


def halving(connection: psycopg.Connection[tuple[object, ...]], user: str, amount: int) -> bool:
    """Pay half of what is asked for, in step with the balance."""
    return safe(connection, user, amount // 2)


def touching_another(
    connection: psycopg.Connection[tuple[object, ...]], user: str, amount: int
) -> bool:
    """Pay rightly, and change what somebody else has."""
    paid = safe(connection, user, amount)
    if paid:
        credit = """UPDATE "user" SET money = money + %s WHERE username = 'alice'"""
        connection.execute(credit, (amount,))
    return paid


def refusing(connection: psycopg.Connection[tuple[object, ...]], user: str, amount: int) -> bool:
    """Pay nobody."""
    return False


def lying(connection: psycopg.Connection[tuple[object, ...]], user: str, amount: int) -> bool:
    """Acknowledge every payout and make none."""
    return True


def crashing(connection: psycopg.Connection[tuple[object, ...]], user: str, amount: int) -> bool:
    """Pay rightly, and now and then end without an answer."""
    if safe(connection, user, amount):
        raise ConnectionAbortedError
    return False


class Unhandled(Exception):  # noqa: N818
    """An answer that no withdraw() gives: `status`, and where it redirects to."""

    def __init__(self, status: int, location: str = "") -> None:
        super().__init__(status, location)
        self.status, self.location = status, location


def answering(status: int, location: str = "") -> Withdraw:
    """Answer every request so, and never come to a withdrawal."""

    def withdraw(connection: object, user: str, amount: int) -> bool:
        raise Unhandled(status, location)

    return withdraw


def breaking_off(after: int, status: int, location: str = "") -> Withdraw:
    """Pay rightly so many times, then answer so for the rest of the salvo of 16, and so on."""
    numbers = itertools.count()

    def withdraw(
        connection: psycopg.Connection[tuple[object, ...]], user: str, amount: int
    ) -> bool:
        if next(numbers) % 16 >= after:
            raise Unhandled(status, location)
        return safe(connection, user, amount)

    return withdraw


def log(connection: psycopg.Connection[tuple[object, ...]], user: str, amount: int) -> None:
    """Write the log row of a payout."""
    connection.execute(
        """INSERT INTO withdraw_logs (user_id, amount)
           SELECT id, %s FROM "user" WHERE username = %s""",
        (amount, user),
    )


@contextmanager
def serve(
    database_url: str,
    withdraw: Withdraw,
    *,
    serial: bool = False,
    log_out_after: int | None = None,
    unknown: Collection[str] = (),
    lab_id: Callable[[str], str] = lambda path: "",
) -> Iterator[str]:
    """Yield the URL of a stub that withdraws in this way.

    Args:
        database_url: of the lab.
        withdraw: the planted behaviour.
        serial: let nothing overlap.
        log_out_after: end every session, once, after so many requests.
        unknown: users who cannot log in.
        lab_id: of the lab that an answer to this path says it comes from; '' for none.
    """
    served = itertools.count()
    sessions = [0]  # the last one is valid

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(200, "<main><form method=post><input type=hidden name=t value=1></form>")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path == "/login":
                user = body.split("username=")[1].split("&")[0]
                if user in unknown:
                    self._answer(200, "Wrong username or password")
                    return
                cookie = f"session={user}.{sessions[-1]}"
                self._answer(302, "", {"Location": "/", "Set-Cookie": cookie})
                return
            if next(served) == log_out_after:
                sessions.append(len(sessions))
            user, _, session = self.headers["Cookie"].split("session=")[1].partition(".")
            if int(session) != sessions[-1]:
                self._answer(302, "", {"Location": f"/login?next={self.path}"})
                return
            amount = int(body.split("amount=")[1].split("&")[0])
            if serial:
                with _one_at_a_time:
                    self._withdraw(user, amount)
            else:
                self._withdraw(user, amount)

        def _withdraw(self, user: str, amount: int) -> None:
            with psycopg.connect(database_url, autocommit=True) as connection:
                entered = time.monotonic_ns()
                try:
                    paid = withdraw(connection, user, amount)
                except ConnectionAbortedError:
                    self.close_connection = True
                    return
                except Unhandled as answer:
                    to = {"Location": answer.location} if answer.location else {}
                    self._answer(answer.status, "", to)
                    return
                left = time.monotonic_ns()
            headers = {SPAN_HEADER: f"{entered} {left} 1"}
            if paid:
                self._answer(302, "", headers | {"Location": "/"})
            else:
                self._answer(200, "Insufficient funds", headers)

        def _answer(self, status: int, body: str, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            if told := lab_id(self.path):
                self.send_header(LAB_HEADER, told)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=[_ASKS_S])
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
