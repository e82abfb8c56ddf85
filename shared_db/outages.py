"""Whether what went wrong is the database's absence: no connection was to be had, or it ended."""

from psycopg import OperationalError

# Of 'PostgreSQL Error Codes', appendix A of its manual: all of class 08 are of connections.
_CONNECTIONS = "08"
_ENDED = frozenset({"57P01", "57P02", "57P03"})  # the server ends, has crashed, or starts
_TOO_MANY = "53300"

RETRY_AFTER_S = 5
"""What the 503 of such an answer says: by then a server that crashed is usually back."""


def is_outage(error: BaseException | None) -> bool:
    """Tell whether an error, or one that it came of, says that there is no connection.

    Args:
        error: as the application met it: the driver's own, or one that was raised from it.
    """
    while error is not None:
        if isinstance(error, OperationalError) and _is_of_connections(error.sqlstate):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_of_connections(sqlstate: str | None) -> bool:
    # Whoever reaches no server, or waits in vain for a connection of a pool, has no SQLSTATE.
    return (
        sqlstate is None
        or sqlstate.startswith(_CONNECTIONS)
        or sqlstate in _ENDED
        or sqlstate == _TOO_MANY
    )
