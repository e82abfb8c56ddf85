"""Copies of all tables at one moment, from which what was written since is put back.

They are temporary tables of the observer's session, so nothing of them stays. What was written is
found without a trigger, which would change what is explored: a row that is new or changed has the
number of a later transaction (xmin) than the one that put the rows back, and a table that lost
some has fewer. A table of few rows is emptied and filled again, so that its rows lie in the order
in which they lay; in a larger one the rows that changed are put back.

Source: PostgreSQL documentation, 'System Columns'; session_replication_role = replica keeps
triggers and foreign keys from seeing rows go and come.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from psycopg import sql

from racewalk.errors import RacewalkError
from racewalk.reset import sequences
from racewalk.reset.tables import Stored, tables_of
from racewalk.schedule.observer import Observer

_FEW: Final = 1_000
"""Rows up to which a table is emptied and filled again."""
_NUMBER: Final = "SELECT pg_current_xact_id()::xid::text"
_OWN: Final = "xmin = pg_current_xact_id_if_assigned()::xid"


class Copies:
    """All rows and sequences as they are now.

    Args:
        observer: the direct connection.
        name: what the copies are called; those of an earlier one of this name are dropped.

    Raises:
        RacewalkError: a table cannot be read, or the role may not put rows back.
    """

    def __init__(self, observer: Observer, name: str) -> None:
        self._observer, self._name = observer, name
        self.tables = tables_of(observer)
        self._number = "0"
        self._question = observer.planned(_question(self.tables)) if self.tables else ""
        self._counts: dict[int, int] = {}
        try:
            observer.run("SET session_replication_role = replica; RESET session_replication_role")
        except RacewalkError as error:
            raise RacewalkError(
                f"{error}: use a superuser's URL, or let one GRANT SET ON PARAMETER "
                "session_replication_role to this role"
            ) from None
        self.take()

    def take(self) -> None:
        """Copy what is there now."""
        made = [self._copied(table) for table in self.tables]
        if made:
            observer = self._observer
            observer.run("SET client_min_messages = warning;" + ";".join(made))
            counts = " UNION ALL ".join(
                f"SELECT {t.oid}, count(*) FROM {self.copy(t)}"  # noqa: S608 - names of the catalog
                for t in self.tables
            )
            self._counts = {int(str(o)): int(str(n)) for o, n in observer.run(counts)}
        self._sequences = sequences.restoring(self._observer)
        self._number = str(self._observer.run(_NUMBER)[0][0])

    def _copied(self, table: Stored) -> str:
        return (
            f"DROP TABLE IF EXISTS {self.copy(table)}; CREATE TEMPORARY TABLE {self.copy(table)}"  # noqa: S608
            f" AS SELECT {_columns(table)} FROM ONLY {table.relation} ORDER BY ctid"
        )

    def copy(self, table: Stored) -> str:
        """Return the name of a table's copy, as SQL writes it."""
        return f"pg_temp.racewalk_{self._name}_{table.oid}"

    def is_new(self, alias: str) -> str:
        """Return SQL that says whether a row of this alias was written since."""
        return f"age({alias}.xmin) < age('{self._number}'::xid)"

    @property
    def question(self) -> str:
        """SQL that tells of each table its number, its rows, and whether one is new."""
        return f"{self._question}('{self._number}')" if self._question else "SELECT 0, 0, 0 LIMIT 0"

    def size(self, table: Stored) -> int:
        """Return how many rows of a table are put back where it was written."""
        return min(self._counts[table.oid], _FEW)

    def differences(self, table: Stored) -> tuple[str, str]:
        """Return SQL that tells of a table which rows are new, and which are no longer as then."""
        fresh, named = self.is_new("now_"), _columns(table, "now_")
        now = f"(SELECT {named} FROM ONLY {table.relation} AS now_ WHERE {fresh}) AS told"  # noqa: S608
        copy = self.copy(table)
        kept = f"SELECT FROM ONLY {table.relation} AS now_ WHERE NOT {fresh}"
        if table.key:
            same = " AND ".join(f"now_.{each} = told.{each}" for each in map(_quoted, table.key))
            gone = f"SELECT to_json(told) FROM {copy} AS told WHERE NOT EXISTS ({kept} AND {same})"  # noqa: S608
        else:
            # Each kept row takes away one that is equal to it.
            gone = (
                f"SELECT was FROM (SELECT to_json(told)::text FROM {copy} AS told EXCEPT ALL"  # noqa: S608
                f" SELECT to_json(told)::text FROM (SELECT {named} FROM ONLY {table.relation}"
                f" AS now_ WHERE NOT {fresh}) AS told) AS then_ (was)"
            )
        return f"SELECT to_json(told) FROM {now}", gone  # noqa: S608

    def just_written(self, table: Stored) -> str:
        """Return SQL that tells the rows that the transaction it comes in has written."""
        written = f"SELECT {_columns(table)} FROM ONLY {table.relation} WHERE {_OWN}"  # noqa: S608
        return f"SELECT to_json(told) FROM ({written}) AS told"  # noqa: S608

    def changed(self, told: Sequence[Sequence[object]]) -> list[Stored]:
        """Return the tables that were written, from what that question told."""
        found = {int(str(o)) for o, rows, new in told if new or rows != self._counts[int(str(o))]}
        return [table for table in self.tables if table.oid in found]

    def restoring(self, changed: Sequence[Stored]) -> list[str]:
        """Return statements that put back the rows of these tables, and all sequences.

        The last one tells the number that `restored` takes.
        """
        put = [statement for table in changed for statement in self._put_back(table)]
        role = ["SET LOCAL session_replication_role = replica"] if put else []
        return ["BEGIN", *role, *put, *self._sequences, _NUMBER, "COMMIT"]

    def put_back(self) -> None:
        """Put back what was written since.

        Raises:
            RacewalkError: it cannot be.
        """
        told = self._observer.results(self.question)[0].rows
        statements = self.restoring(self.changed(told))
        ((number,),) = self._observer.results(";".join(statements))[-2].rows
        self.restored(number)

    def restored(self, number: object) -> None:
        """Take the number of the transaction that put the rows back."""
        self._number = str(number)

    def _put_back(self, table: Stored) -> list[str]:
        columns, whole = _columns(table), self._counts[table.oid] <= _FEW or not table.key
        gone, missing = f"DELETE FROM ONLY {table.relation}", ""  # noqa: S608
        if not whole:
            same = " AND ".join(f"now_.{each} = then_.{each}" for each in map(_quoted, table.key))
            gone += f" AS now_ WHERE {self.is_new('now_')}"
            missing = f" WHERE NOT EXISTS (SELECT FROM ONLY {table.relation} AS now_ WHERE {same})"
        put = (
            f"INSERT INTO {table.relation} ({columns}) OVERRIDING SYSTEM VALUE"  # noqa: S608
            f" SELECT {columns} FROM {self.copy(table)} AS then_{missing} ORDER BY then_.ctid"
        )
        return [gone, put]


def _question(tables: Sequence[Stored]) -> str:
    return " UNION ALL ".join(
        f"SELECT {table.oid}, count(*), coalesce(min(age(xmin)) < age($1::xid), false)::int"  # noqa: S608
        f" FROM ONLY {table.relation}"
        for table in tables
    )


def _columns(table: Stored, alias: str = "") -> str:
    head = f"{alias}." if alias else ""
    return ", ".join(f"{head}{_quoted(each)}" for each in table.columns)


def _quoted(name: str) -> str:
    return sql.Identifier(name).as_string()
