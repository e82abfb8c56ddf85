"""Replaces the application by one whose answer never ends."""

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
        yield b"x" * 65536


WSGIHandler.__call__ = answered


def withdraw(user: User, amount: int, *, key: str) -> None:
    raise InsufficientFunds
