"""Applications in trouble: python troubles.py KIND PORT."""

import os
import random
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

KIND, PORT = sys.argv[1], int(sys.argv[2])
URL = os.environ["DATABASE_URL"]


def buy() -> int:
    """Do what the shop does, with what is wrong here."""
    import psycopg

    url = URL
    if KIND == "elsewhere":
        return 201
    if KIND == "tls":
        url += "?sslmode=require"
    with psycopg.connect(url) as connection:
        if KIND == "restless" and random.random() < 2:  # noqa: S311
            connection.execute(f"SELECT {random.getrandbits(60)}")
        connection.execute("UPDATE stock SET n = n - 1 WHERE item = 7")
    return 201


class Handler(BaseHTTPRequestHandler):
    """Answers."""

    protocol_version = "HTTP/1.1"
    forked = False

    def do_GET(self) -> None:
        """Say how it goes."""
        if KIND == "endless-start":
            self.answer_without_end()
        self.answer(500 if KIND == "broken" else 200)

    def do_POST(self) -> None:
        """Sell."""
        if KIND == "late" and not self.forked:
            type(self).forked = True
            if os.fork() == 0 or os.fork() == 0:
                self.server.serve_forever()
        if KIND == "prints-on":
            for _ in range(600):
                with suppress(OSError):  # the log takes no more
                    os.write(1, b"more and more\n" * 75_000)
        if KIND == "endless":
            buy()
            self.answer_without_end()
        try:
            self.answer(buy())
        except Exception as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)  # noqa: T201
            self.answer(500)

    def answer_without_end(self) -> None:
        """Answer more and more."""
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        while True:
            self.wfile.write(b"more and more\n" * 5000)

    def answer(self, status: int) -> None:
        """Answer with a status."""
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


class Server(HTTPServer):
    """Shares its port with its workers."""

    allow_reuse_port = True


def serve(handler: Callable[..., BaseHTTPRequestHandler]) -> None:
    """Serve until the end."""
    server = Server(("127.0.0.1", PORT), handler, bind_and_activate=False)
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.server_bind()
    server.server_activate()
    if KIND == "workers":
        for _ in range(3):
            if os.fork() == 0:
                break
        else:
            time.sleep(600)
    server.serve_forever()


if KIND == "ends":
    import nowhere  # type: ignore[import-not-found]  # noqa: F401
if KIND == "deaf":
    sys.exit(0)
serve(Handler)
