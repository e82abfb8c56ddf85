"""Both applications map the tables of schema.sql, column by column, no more and no less.

Each framework makes its tables from its models in a schema of its own, schema.sql is loaded into
another, and PostgreSQL describes all three.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import psycopg
import pytest

from shared_db.schema import SCHEMA_SQL
from shared_db.server import connect
from tests.conftest import Lab
from tests.structure import structure, tables_of

TABLES = ["user", "withdraw_logs"]
MAKE_TABLES = {
    "flask": """
from flask_app import create_app
from flask_app.models import db
with create_app().app_context():
    db.create_all()
""",
    "django": """
import django
django.setup()
from django.apps import apps
from django.db import connection
with connection.schema_editor() as editor:
    for model in apps.get_app_config("django_app").get_models():
        editor.create_model(model)
""",
}
# What a framework writes otherwise, and why it means the same.
SYNONYMS = {
    # Django's Now(). It inserts DEFAULT, so what counts at run time is the schema's own now().
    "default statement_timestamp()": "default now()",
}
DRIFTS = [
    'ALTER TABLE "user" ADD COLUMN nickname varchar(20)',
    'ALTER TABLE "user" DROP COLUMN version',
    'ALTER TABLE "user" RENAME COLUMN money TO balance',
    'ALTER TABLE "user" ALTER COLUMN money TYPE bigint',
    'ALTER TABLE "user" ALTER COLUMN password TYPE varchar(127)',
    'ALTER TABLE "user" ALTER COLUMN money DROP DEFAULT',
    'ALTER TABLE "user" ALTER COLUMN money SET DEFAULT 10',
    'ALTER TABLE "user" ALTER COLUMN money DROP NOT NULL',
    'ALTER TABLE "user" ALTER COLUMN id DROP IDENTITY',
    'ALTER TABLE "user" DROP CONSTRAINT user_username_key',
    'ALTER TABLE "user" DROP CONSTRAINT user_no_overdraft',
    'ALTER TABLE "user" DROP CONSTRAINT user_pkey CASCADE',
    'ALTER TABLE "user" ADD UNIQUE (money)',
    'ALTER TABLE "user" ADD CHECK (money < 1000)',
    "ALTER TABLE withdraw_logs ALTER COLUMN idempotency_key SET NOT NULL",
    "ALTER TABLE withdraw_logs ALTER COLUMN created_time TYPE timestamp",
    "ALTER TABLE withdraw_logs DROP CONSTRAINT withdraw_logs_one_intent",
    "ALTER TABLE withdraw_logs DROP CONSTRAINT withdraw_logs_amount_positive",
    "ALTER TABLE withdraw_logs DROP CONSTRAINT withdraw_logs_user_id_fkey",
    "DROP TABLE withdraw_logs",
    "CREATE TABLE transfers (id integer)",
]

Connection = psycopg.Connection[tuple[object, ...]]
Facts = frozenset[str]


@pytest.fixture(scope="module")
def database(lab: Lab) -> Iterator[Connection]:
    """Return a connection to the lab's database."""
    assert lab.database_url, "this test reads the database: set DATABASE_URL"
    with connect(lab.database_url) as connection:
        yield connection


@contextmanager
def throw_away(database: Connection, name: str) -> Iterator[str]:
    """Make an empty schema, first in the search path, and drop it in the end."""
    database.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}".encode())
    database.execute(f"SET search_path TO {name}".encode())
    try:
        yield name
    finally:
        database.execute(f"RESET search_path; DROP SCHEMA {name} CASCADE".encode())


def facts_of(database: Connection, schema: str) -> Facts:
    """Return the facts of all tables of a schema."""
    return structure(database, schema, tables_of(database, schema))


@pytest.fixture(scope="module", params=MAKE_TABLES)
def modelled(request: pytest.FixtureRequest, lab: Lab, database: Connection) -> Facts:
    """Return the facts of an application's models."""
    stack: str = request.param
    with throw_away(database, f"models_of_{stack}") as schema:
        make_tables(stack, lab.database_url, schema)
        facts = facts_of(database, schema)
    for word, meaning in SYNONYMS.items():
        facts = frozenset(fact.replace(word, meaning) for fact in facts)
    return facts


def make_tables(stack: str, database_url: str, schema: str) -> None:
    """Have a framework make its tables, in a process of its own: both read the environment."""
    joint = "&" if "?" in database_url else "?"
    subprocess.run(
        [sys.executable, "-c", MAKE_TABLES[stack]],
        env={
            **os.environ,
            "DATABASE_URL": f"{database_url}{joint}options={quote(f'-csearch_path={schema}')}",
            "DJANGO_SETTINGS_MODULE": "django_app.settings",
            "SECRET_KEY": "for no session at all",
        },
        check=True,
    )


def test_schema_holds_what_it_should(database: Connection) -> None:
    """The reader sees every kind of fact: otherwise equality would prove little."""
    with throw_away(database, "as_written") as schema:
        database.execute(SCHEMA_SQL.encode())
        facts = facts_of(database, schema)
    assert facts >= {
        "user.id: integer, not null, identity d",
        "user.username: character varying(256), not null",
        "user.money: integer, not null, default 0",
        "user: primary key {id}",
        "user: unique {email}",
        "user: check ((money >= 0) OR (NOT forbid_overdraft))",
        "withdraw_logs: check (amount > 0)",
        "withdraw_logs.idempotency_key: character varying(64)",
        "withdraw_logs: {user_id} references user {id}, on delete a",
        "withdraw_logs: unique {idempotency_key,user_id}",
    }


def test_models_map_the_schema(database: Connection, modelled: Facts) -> None:
    with throw_away(database, "as_written") as schema:
        database.execute(SCHEMA_SQL.encode())
        assert facts_of(database, schema) == modelled


def test_models_map_the_tables_in_use(database: Connection, modelled: Facts) -> None:
    assert structure(database, "public", TABLES) == modelled


@pytest.mark.parametrize("drift", DRIFTS)
def test_drift_is_seen(database: Connection, modelled: Facts, drift: str) -> None:
    with throw_away(database, "drifted") as schema:
        database.execute(SCHEMA_SQL.encode())
        assert facts_of(database, schema) == modelled
        database.execute(drift.encode())
        assert facts_of(database, schema) != modelled
