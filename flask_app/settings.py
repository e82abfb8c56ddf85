"""Flask's configuration, from the environment and runtime.toml."""

from typing import Any

from sqlalchemy import NullPool, make_url

from shared_db.database_url import database_url
from shared_db.runtime import HEALTH_TIMEOUT_S, allowed_hosts, required, runtime, session_options


def settings() -> dict[str, Any]:
    """Return the configuration for app.config.

    Raises:
        LabError: DATABASE_URL or SECRET_KEY is not set, or the first is no PostgreSQL URL.
    """
    url = make_url(database_url()).set(drivername="postgresql+psycopg")
    return {
        "SECRET_KEY": required("SECRET_KEY"),
        "SQLALCHEMY_DATABASE_URI": url.update_query_dict(
            {"options": session_options(str(url.query.get("options", "")))}
        ),
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": runtime().pool_size,
            "max_overflow": 0,
            "pool_timeout": runtime().pool_timeout_s,
            "pool_pre_ping": True,
            # What a statement is given, such as the hash of a password, is for no log.
            "hide_parameters": True,
            "isolation_level": runtime().isolation.upper(),
            "connect_args": {} if runtime().prepare else {"prepare_threshold": None},
        },
        # The health check asks by a connection of its own: a pool would make it wait for one.
        "SQLALCHEMY_BINDS": {
            "health": {
                "url": url,
                "poolclass": NullPool,
                "connect_args": {"connect_timeout": HEALTH_TIMEOUT_S},
            },
        },
        # Cookies ignore ports: without a name of its own each stack would log the other out.
        "SESSION_COOKIE_NAME": "flask_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": 64 * 1024,
        "TRUSTED_HOSTS": allowed_hosts(),
        # A form stays good as long as the session, as in Django.
        "WTF_CSRF_TIME_LIMIT": None,
    }
