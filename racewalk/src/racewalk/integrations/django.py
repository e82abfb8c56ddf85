"""Django: its test client runs a request in the calling thread, on that thread's connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connections
from psycopg.conninfo import make_conninfo

from racewalk.errors import ScenarioError
from racewalk.wire.proxy import LOOPBACK

_ALIAS = "default"
_NAMES = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}


def is_configured() -> bool:
    """Return whether there are settings of Django's to go by."""
    return bool(settings.configured)


class DjangoConnections:
    """The connections of a thread lead through a port. Implements `targets.calls.Connected`.

    Raises:
        ScenarioError: the database is another than PostgreSQL, or a transaction is open.
    """

    def __init__(self) -> None:
        connection = connections[_ALIAS]
        if connection.vendor != "postgresql":
            raise ScenarioError(
                f"DATABASES['default'] is {connection.vendor}: PostgreSQL is needed"
            )
        if connection.in_atomic_block:
            raise ScenarioError(
                "the test runs in a transaction, so that no other connection sees what it made: "
                "mark it with @pytest.mark.django_db(transaction=True)"
            )

    @property
    def url(self) -> str:
        """libpq connection string of the database, past any proxy."""
        given = connections[_ALIAS].settings_dict
        return make_conninfo(**{_NAMES[key]: given[key] for key in _NAMES if given[key]})

    def call(self, port: int, call: Callable[..., Any]) -> Any:
        """Call with the default connection of this thread leading through a port."""
        connection = connections[_ALIAS]
        given = connection.settings_dict
        if (given["HOST"], given["PORT"]) != (LOOPBACK, str(port)):
            connection.close()
            options = {k: v for k, v in given["OPTIONS"].items() if k != "pool"}
            connection.settings_dict = {
                **given,
                "HOST": LOOPBACK,
                "PORT": str(port),
                "OPTIONS": options | {"sslmode": "disable"},
            }
        return call()

    def close(self) -> None:
        """Close the connections of this thread."""
        connections.close_all()
