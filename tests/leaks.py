"""What leaked_session_lock leaves behind on purpose, and no test may inherit from another."""

import psycopg

from shared_db.locks import LEAKED_BY_FLASK


def end_leaked_locks(database: psycopg.Connection[tuple[object, ...]]) -> None:
    """End the connections that still hold a lock which leaked_session_lock lost."""
    database.execute(
        """SELECT pg_terminate_backend(pid) FROM pg_locks
           WHERE locktype = 'advisory' AND classid = %s""",
        [LEAKED_BY_FLASK],
    )
