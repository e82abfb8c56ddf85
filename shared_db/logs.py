"""Logs of both applications: tracebacks in full, and no row of a table.

PostgreSQL shows the row that it refuses, the hash of a password with it ("Failing row contains"),
and psycopg repeats that in the error, so that it would stand in every traceback.
"""

import logging
import re
from typing import Any, Final

# From the word to the end of the message: a value may have several lines. What follows it are
# SQLAlchemy's own lines, or the next part of a traceback.
_DETAIL: Final = re.compile(
    r"^DETAIL: .*?(?=^(?:HINT|CONTEXT|QUERY): |^\[SQL: |^\(Background on "
    r"|^\n(?:The above exception|During handling)|\Z)",
    re.MULTILINE | re.DOTALL,
)


class Formatter(logging.Formatter):
    """A formatter that leaves out the details of PostgreSQL's errors."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text, its traceback too."""
        return _DETAIL.sub("DETAIL: left out\n", super().format(record)).rstrip("\n")


LOGGING: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "shared_db.logs.Formatter",
            "format": "[%(asctime)s] %(levelname)s in %(name)s: %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
"""For logging.config.dictConfig."""
