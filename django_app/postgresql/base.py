"""Django's PostgreSQL, whose pool hands out no dead connection, and waits for none in vain.

When the server has crashed, every connection of the pool is dead. psycopg's pool would find that
out one by one, with a pause after each, and say after five seconds that it had none. SQLAlchemy's
drops all that are older than the first dead one, and so does this.
"""

import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool, PoolTimeout

from shared_db.runtime import runtime


class DatabaseWrapper(base.DatabaseWrapper):
    """A thread's connection."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        """Return a connection that answers, a new one or one of the pool.

        Raises:
            OperationalError: none was to be had in the time of runtime.toml, or, without a pool,
                at once.
        """
        if not self.pool:
            return self._next(conn_params)
        deadline = time.monotonic() + runtime().pool_timeout_s
        while True:
            try:
                connection = self._next(conn_params)
            except PoolTimeout:
                # It waited for what the pool has given up meanwhile: asked anew, the pool tries.
                if time.monotonic() >= deadline:
                    raise
                continue
            try:
                ConnectionPool.check_connection(connection)
            except OperationalError:
                self.pool.putconn(connection)
                self.pool.drain()
                if time.monotonic() >= deadline:
                    raise
            else:
                return connection

    def _next(self, conn_params: dict[str, Any]) -> Connection[Any]:
        connection: Connection[Any] = super().get_new_connection(conn_params)
        return connection
