"""The role that the applications log in as, and its database."""

import psycopg
from psycopg import sql

APP_ROLE = "overdraft"


def create_role_and_database(admin: psycopg.Connection[tuple[object, ...]], password: str) -> None:
    """Make the role and a database of the same name where they are missing.

    Args:
        admin: a superuser's connection that commits each statement.
        password: of the role; one that is there already gets it too.
    """
    role = sql.Identifier(APP_ROLE)
    # Hashed here: the statement may end up in the server's log.
    hashed = admin.pgconn.encrypt_password(
        password.encode(), APP_ROLE.encode(), b"scram-sha-256"
    ).decode()
    known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (APP_ROLE,)).fetchone()
    verb = sql.SQL("ALTER" if known else "CREATE")
    admin.execute(sql.SQL("{} ROLE {} LOGIN CREATEDB PASSWORD {}").format(verb, role, hashed))
    if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (APP_ROLE,)).fetchone():
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
