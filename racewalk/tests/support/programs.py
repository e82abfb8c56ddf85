"""Small programs over two cells and a list of notes, for a database and for a model of one."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from racewalk.schedule.record import Answer
from racewalk.targets.session import Result, Script, SqlError

SQL = {
    "begin": "BEGIN",
    "begin repeatable read": "BEGIN ISOLATION LEVEL REPEATABLE READ",
    "begin serializable": "BEGIN ISOLATION LEVEL SERIALIZABLE",
    "commit": "COMMIT",
    "rollback": "ROLLBACK",
    "read": "SELECT value FROM cell WHERE id = {key}",
    "sum": "SELECT coalesce(sum(value), 0)::integer FROM cell",
    "notes": "SELECT count(*)::integer FROM note WHERE cell_id = {key}",
    "lock": "SELECT value FROM cell WHERE id = {key} FOR UPDATE",
    "share": "SELECT value FROM cell WHERE id = {key} FOR SHARE",
    "set": "UPDATE cell SET value = {value} WHERE id = {key}",
    "double": "UPDATE cell SET value = value * 2 + {value} WHERE id = {key}",
    "take": "UPDATE cell SET value = value - 1 WHERE id = {key} AND value >= {value}",
    "absorb": "UPDATE cell SET value = value + (SELECT count(*) FROM note) WHERE id = {key}",
    "insert": "INSERT INTO note (cell_id, amount) VALUES ({key}, {value})",
    "advisory": "SELECT pg_advisory_xact_lock({key})",
    "session lock": "SELECT pg_advisory_lock({key})",
    "session unlock": "SELECT pg_advisory_unlock({key})",
}
START = {1: 3, 2: 5}
READS = frozenset({"read", "sum", "notes", "lock", "share"})


@dataclass(frozen=True)
class Op:
    """One statement; `key` says which cell, `value` is what it needs beside."""

    kind: str
    key: int = 1
    value: int = 0

    @property
    def sql(self) -> str:
        """Its SQL."""
        return SQL[self.kind].format(key=self.key, value=self.value)


@dataclass(frozen=True)
class Program:
    """What one request does.

    Attributes:
        begin: how its transaction begins, or None for autocommit.
        ops: its statements; the value of a 'set' or 'insert' is computed from what it read last.
        stops_above: it goes no further once it has read more than this.
        end: 'commit' or 'rollback'.
    """

    begin: str | None
    ops: tuple[Op, ...]
    stops_above: int = 1_000_000
    end: str = "commit"


Play = Generator[Op, Result, Answer]


def play(program: Program, request: int) -> Play:
    """Yield the statements; the answer tells all that was seen."""
    seen: list[object] = []
    held: list[int] = []  # as often as they were taken: such locks are counted
    failed = False
    try:
        if program.begin:
            yield Op(program.begin)
        last = 0
        for op in program.ops:
            computed = last * 3 + request + 1
            bound = replace(op, value=computed) if op.kind in ("set", "insert") else op
            result = yield bound
            if op.kind == "session lock":
                held.append(op.key)
            elif op.kind == "session unlock" and op.key in held:
                held.remove(op.key)
            if op.kind in READS:
                last = result.number
            seen.append(last if op.kind in READS else result.tag)
            if last > program.stops_above:
                break
    except SqlError as error:
        seen.append(error.sqlstate)
        failed = True
    if program.begin:
        try:
            yield Op("rollback" if failed else program.end)
        except SqlError as error:  # a COMMIT that fails ends the transaction too
            seen.append(error.sqlstate)
    for key in sorted(held):
        yield Op("session unlock", key)
    return Answer("failed", f"{request}: {seen}")


def scripted(program: Program) -> Callable[[int], Script]:
    """Return the program as a script of SQL texts."""

    def script(request: int) -> Script:
        playing = play(program, request)
        try:
            op = next(playing)
            while True:
                try:
                    result = yield op.sql
                except SqlError as error:
                    op = playing.throw(error)
                else:
                    op = playing.send(result)
        except StopIteration as end:
            answer: Answer = end.value
            return answer

    return script


KINDS = (
    *("read", "sum", "notes", "lock", "share", "set", "double", "take", "absorb", "insert"),
    *("advisory", "session lock", "session unlock"),
)


def programs(begins: tuple[str | None, ...], most: int) -> st.SearchStrategy[Program]:
    """Draw programs with at most so many statements beside those of the transaction."""
    ops = st.builds(Op, st.sampled_from(KINDS), st.sampled_from((1, 2)), st.integers(2, 4))
    return st.builds(
        Program,
        st.sampled_from(begins),
        st.lists(ops, min_size=1, max_size=most).map(tuple),
        st.sampled_from((4, 1_000_000)),
        st.sampled_from(("commit", "commit", "rollback")),
    )
