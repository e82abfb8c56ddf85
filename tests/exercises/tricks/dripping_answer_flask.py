"""Replaces the application by one that sends its answer a byte at a time, without end."""

import time
from collections.abc import Iterator

from flask import Flask

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds

serve = Flask.wsgi_app


def wsgi_app(app, environ, start_response):
    if environ["REQUEST_METHOD"] != "POST":
        return serve(app, environ, start_response)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return without_end()


def without_end() -> Iterator[bytes]:
    while True:
        yield b"x"
        time.sleep(0.01)


Flask.wsgi_app = wsgi_app


def withdraw(user: User, amount: int, *, key: str) -> None:
    raise InsufficientFunds
