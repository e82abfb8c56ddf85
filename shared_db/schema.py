"""Load schema.sql and the accounts to start with."""

import hashlib
from pathlib import Path

import psycopg

from shared_db.accounts import ACCOUNTS, STARTING_MONEY
from shared_db.errors import LabError
from shared_db.passwords import hash_password

SCHEMA_SQL = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
_FINGERPRINT = "overdraft schema " + hashlib.sha256(SCHEMA_SQL.encode()).hexdigest()[:16]


def load(connection: psycopg.Connection[tuple[object, ...]], *, replace: bool) -> None:
    """Create the tables and accounts that are missing, in one transaction.

    Args:
        connection: to the lab's own database, with the right to create tables.
        replace: where the tables come from another version of schema.sql, drop them first.

    Raises:
        LabError: they do, and replace is False; or the tables cannot be made.
    """
    with connection.transaction():
        # Two starts at the same moment would both find no table.
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('overdraft schema'))")
        found = _loaded_fingerprint(connection)
        if found is not None and found != _FINGERPRINT:
            if not replace:
                raise LabError(
                    'the database at DATABASE_URL holds tables "user" or "withdraw_logs" that are '
                    "not of this version of the lab: give the lab an empty database"
                )
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            found = None
        if found is None:
            _create_tables(connection)
        _add_accounts(connection)


def _create_tables(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    try:
        connection.execute(SCHEMA_SQL.encode())
        connection.execute(f"COMMENT ON TABLE \"user\" IS '{_FINGERPRINT}'".encode())
    except psycopg.errors.InsufficientPrivilege as error:
        raise LabError(
            f"the lab cannot make its tables at DATABASE_URL ({error.diag.message_primary}): "
            "give it an empty database of its own"
        ) from None


def _loaded_fingerprint(connection: psycopg.Connection[tuple[object, ...]]) -> str | None:
    row = connection.execute(
        """SELECT coalesce(obj_description(to_regclass('public."user"')::oid), '')
           WHERE coalesce(to_regclass('public."user"'),
                          to_regclass('public.withdraw_logs')) IS NOT NULL"""
    ).fetchone()
    return None if row is None else str(row[0])


def _add_accounts(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    known = {row[0] for row in connection.execute('SELECT username FROM "user"')}
    for account in ACCOUNTS:
        if account.username not in known:
            connection.execute(
                """INSERT INTO "user" (username, email, password, money, is_admin, forbid_overdraft)
                   VALUES (%s, %s, %s, %s, %s, %s)""",
                (
                    account.username,
                    account.email,
                    hash_password(account.password),
                    STARTING_MONEY,
                    account.is_admin,
                    account.forbid_overdraft,
                ),
            )
