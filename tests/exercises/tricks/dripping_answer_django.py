"""Replaces the application by one that sends its answer a byte at a time, without end."""

import time
from collections.abc import Iterator

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds

serve = WSGIHandler.__call__


def answered(app, environ, start_response):
    if environ["REQUEST_METHOD"] != "POST":
        return serve(app, environ, start_response)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return without_end()


def without_end() -> Iterator[bytes]:
    while True:
        yield b"x"
        time.sleep(0.01)


WSGIHandler.__call__ = answered


def withdraw(user: User, amount: int, *, key: str) -> None:
    raise InsufficientFunds
