"""The set-up, once, on an empty database; and what is refused before any application starts."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from racewalk.applications import Database
from racewalk.errors import RacewalkError, ScenarioError
from racewalk.files import read_text
from racewalk.scenario.file import Scenario
from racewalk.scenario.words import Written
from racewalk.targets import leash
from racewalk.targets.logs import last_line
from racewalk.targets.process import Instance
from racewalk.targets.race import Application
from racewalk.words import counted

OnPhase = Callable[[str], None]
"""Takes what is done next, in words."""
_TABLES: Final = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
"""


def set_up(
    scenario: Scenario,
    application: Application,
    database: Database,
    folder: Path,
    on_phase: OnPhase,
) -> None:
    """Run the set-up's commands and files of SQL; where they make no table, start the application.

    Args:
        scenario: whose set-up.
        application: of it.
        database: an empty one.
        folder: for logs.
        on_phase: called with each command, and with the start of the application.

    Raises:
        ScenarioError: something fails, or there is no table in the end.
    """
    log = folder / "setup.log"
    log.write_bytes(b"")
    lines = scenario.content.database.setup
    for number, line in enumerate(lines, 1):
        on_phase(f"Running the set-up, {number} of {len(lines)}")  # a line may hold a password
        if line.endswith(".sql") and (scenario.directory / line).is_file():
            _run_sql(scenario.directory / line, database)
        else:
            _run(line, application, database, log)
    if not _tables(database):
        on_phase("Starting the application to make its tables")
        try:
            instance = Instance(application, database.url, folder / "application.log")
            try:
                instance.wait_until_ready()
            finally:
                instance.stop()
        except RacewalkError as error:
            raise ScenarioError(str(error)) from None
    if not _tables(database):
        raise ScenarioError(_no_table(scenario, application, database))


def _no_table(scenario: Scenario, application: Application, database: Database) -> str:
    variables = " and ".join(application.variables(database.url))
    where = f"made no table in the database that {variables} names"
    address = "does it go by another address ([app] database_env, database_parts)?"
    if scenario.content.database.setup:
        return f"the set-up {where}: {address}"
    return (
        f"the application {where}, and [database] setup is empty: say there what makes them, "
        f"such as a file of SQL or the command of a migration; or {address}"
    )


def check(database: Database, races: Sequence[Written]) -> None:
    """Run what the races say in SQL, and undo it.

    Args:
        database: as the set-up left it.
        races: which.

    Raises:
        ScenarioError: something is no SQL, or an invariant does not hold.
    """
    with psycopg.connect(database.superuser_url) as connection:
        for race in races:
            where = f"race {race.name!r}"
            before = [race.before] if isinstance(race.before, str) else race.before
            for statement in filter(str.strip, before):
                _execute(connection, statement, f"{where}: before")
            for name, query in race.invariants.items():
                _holds(connection, query, f"{where}: the invariant {name!r}")
            connection.rollback()


def _holds(connection: psycopg.Connection, query: str, where: str) -> None:
    cursor = _execute(connection, query, where)
    rows = cursor.fetchall() if cursor.description else []
    if len(rows) != 1 or len(rows[0]) != 1:
        columns = counted(len(cursor.description or ()), "column")
        shape = f"{counted(len(rows), 'row')} of {columns}"
        raise ScenarioError(f"{where} gives {shape}, where one value, true or false, is expected")
    (value,) = rows[0]
    if value is None or not isinstance(value, bool):
        told = "NULL" if value is None else repr(value)
        raise ScenarioError(f"{where} gives {told}, where true or false is expected")
    if not value:
        raise ScenarioError(
            f"{where} is false before anything has raced: mend it, or what the set-up "
            "and `before` leave"
        )


def _execute(connection: psycopg.Connection, statement: str, where: str) -> psycopg.Cursor:
    try:
        return connection.execute(sql.SQL(statement))
    except psycopg.Error as error:
        told = str(error).splitlines()[0]
        raise ScenarioError(f"{where} is no SQL that can be run here: {told}") from None


def _tables(database: Database) -> int:
    with psycopg.connect(database.superuser_url) as connection:
        row = connection.execute(_TABLES).fetchone()
    return row[0] if row else 0


def _run_sql(path: Path, database: Database) -> None:
    with psycopg.connect(database.url, autocommit=True) as connection:
        try:
            text = read_text(path)
        except OSError as error:
            raise ScenarioError(f"setup: {path} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise ScenarioError(f"setup: {path} is no text in UTF-8") from None
        _execute(connection, text, f"setup: {path.name}")


def _run(line: str, application: Application, database: Database, log: Path) -> None:
    words = shlex.split(line)
    path = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
    env = {**os.environ, "PATH": path, **dict(application.env)}
    env |= application.variables(database.url)
    with log.open("ab") as out:
        start = out.tell()
        # Its input is held open: with that it ends, however this process does.
        with subprocess.Popen(
            [sys.executable, "-I", "-S", leash.__file__, *words],  # it needs no package
            cwd=application.directory,
            env=env,
            stdout=out,
            stderr=out,
            stdin=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            code = process.wait()
    if code:
        said = last_line(log, start)
        raise ScenarioError(
            f"setup: {line!r} ended with {code}{said and f': {said}'}; its log is {log}"
        )
