"""The address of a database, as the environment names it: read before anything else reads it.

Nothing of one that cannot be read is repeated, nor what libpq says of it: where a password holds a
character that ends it, the rest of it stands in the place of the host, the port or the database.
"""

import os

import psycopg
from psycopg.conninfo import conninfo_to_dict

from shared_db.errors import LabError
from shared_db.runtime import required

_NAMES = ("DATABASE_URL", "ADMIN_URL")
_SCHEMES = ("postgresql://", "postgres://")


def database_url() -> str:
    """Return DATABASE_URL, without which an application cannot start.

    Raises:
        LabError: it is not set, or no PostgreSQL URL.
    """
    url = required("DATABASE_URL")
    require_readable(url)
    return url


def named(url: str) -> str:
    """Return the variable of the environment that names this database, or '' where none does."""
    return next((name for name in _NAMES if os.environ.get(name) == url), "")


def require_readable(url: str) -> None:
    """Refuse what is no URL, or one that would be read in another way than it was meant.

    Raises:
        LabError: it is such.
    """
    name = named(url) or _NAMES[0]
    if not url.startswith(_SCHEMES):  # a string of libpq's is none to SQLAlchemy
        raise LabError(f"{name} is no PostgreSQL URL: it has to begin with postgresql://")
    if not _can_be_read(url):
        raise LabError(
            f"{name} is no PostgreSQL URL: it has to be like postgresql://user:password@host:5432/"
            "database, and in the password %40 stands for @, %2F for /, %25 for %"
        )


def _can_be_read(url: str) -> bool:
    try:
        parameters = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return False
    authority, _, path = url.partition("://")[2].partition("?")[0].partition("/")
    ports = str(parameters.get("port", "")).split(",")
    return authority.count("@") <= 1 and "@" not in path and all(map(_is_port, ports))


def _is_port(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit() and 0 < int(text) < 65536)
