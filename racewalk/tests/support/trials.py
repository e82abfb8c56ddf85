"""Requests of any SQL on tables of any making, judged by all that they left and all they said."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.conninfo import make_conninfo

from racewalk.schedule.masks import Masks
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Facts
from racewalk.schedule.record import Answer
from racewalk.targets.scripts import ScriptedTarget
from racewalk.targets.session import CLOSE, Close, On, Query, Script, Scripted, SqlError
from racewalk.wire.loop import Loop

SCHEMA = "trial"
_NOTHING = """DO $$ DECLARE schema text; BEGIN
    FOR schema IN SELECT nspname FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
    LOOP EXECUTE format('DROP SCHEMA %I CASCADE', schema); END LOOP;
END $$"""
"""Removes what other tests left: a table of the same name could be meant as well."""
_MASKS = Masks()


@dataclass(frozen=True)
class World:
    """A database to race in.

    Attributes:
        tables: SQL that makes it, in the schema `SCHEMA`, which is empty before.
        restore: SQL that brings its rows and sequences back to the start.
        rows: queries of all that a schedule left, in a total order each, times aside.
        told: whether whoever reads the statements is told these queries: then nobody else looks.
        options: start-up options of the clients' connections.
    """

    tables: str
    restore: str
    rows: tuple[str, ...]
    options: str = ""
    told: bool = False

    @property
    def facts(self) -> tuple[str, ...] | None:
        """What a reader is told of the queries."""
        return self.rows if self.told else None


class Trial(ScriptedTarget):
    """Scripts that race in a world.

    Args:
        observer: the direct connection.
        conninfo: libpq connection string for the sessions; host and port are replaced.
        scripts: what each request runs.
        world: where they race.
    """

    def __init__(
        self, observer: Observer, conninfo: str, scripts: Sequence[Scripted], world: World
    ) -> None:
        options = f"-c search_path={SCHEMA} {world.options}"
        super().__init__(
            make_conninfo(conninfo, options=options), scripts, self._look_and_restore, connections=2
        )
        self._observer, self._world = observer, world
        self._resets = 0
        gathered = (
            f"SELECT coalesce(json_agg(r), '[]')::text FROM ({query}) r"  # noqa: S608
            for query in world.rows
        )
        path = f"SET search_path = {SCHEMA}"
        self._message = "; ".join((path, *gathered, world.restore, "RESET search_path"))

    def open(self, loop: Loop, ports: Sequence[int]) -> None:
        """Make the world and connect each session to its port."""
        self._observer.run(
            f"{_NOTHING}; CREATE SCHEMA {SCHEMA};"
            f"SET search_path = {SCHEMA}; {self._world.tables}; {self._world.restore};"
            f"GRANT USAGE ON SCHEMA {SCHEMA} TO PUBLIC;"
            f"GRANT ALL ON ALL TABLES IN SCHEMA {SCHEMA} TO PUBLIC;"
            f"GRANT ALL ON ALL SEQUENCES IN SCHEMA {SCHEMA} TO PUBLIC;"
            "RESET search_path"
        )
        super().open(loop, ports)

    def _look_and_restore(self) -> Facts:
        """Read all rows, which are the facts, and restore the start."""
        found = self._observer.run(self._message)[: len(self._world.rows)]
        self._resets += 1
        if self._resets % 200 == 0:
            self._observer.run("VACUUM")
        return Facts((("rows", _MASKS.text(repr(found))),))


Said = Query | Close | On


def transaction(*statements: str, level: str = "") -> list[Said]:
    """Return a program of one transaction."""
    return [f"BEGIN{level and f' ISOLATION LEVEL {level}'}", *statements, "COMMIT"]


def tells(*statements: Said) -> Scripted:
    """Return a script that runs statements and answers with all that they gave.

    After an error it rolls back if it began with BEGIN, else it goes on.
    """

    def script(request: int) -> Script:
        told: list[object] = []
        for statement in statements:
            try:
                result = yield statement
                told.append((result.rows, result.tag))
            except SqlError as error:
                told.append(error.sqlstate)
                if str(statements[0]).startswith("BEGIN"):
                    yield "ROLLBACK"
                    break
        return Answer("failed", _MASKS.text(f"{request}: {told}"))

    return script


__all__ = ["CLOSE", "On", "Said", "Trial", "World", "tells", "transaction"]
