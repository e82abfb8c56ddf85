"""What students asked for, and what came of it: a SQLite file that survives whatever ends the desk.

A row is a job: an attack on the student's own account, or the grading of a file. It waits, runs,
and is done; or it was cut short, when the desk ended in the middle more often than a job is tried.
"""

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from classroom import files
from shared_db.errors import LabError

Kind = Literal["attack", "grade"]
State = Literal["waiting", "running", "done", "cut"]
KINDS: Final[tuple[Kind, ...]] = ("attack", "grade")

MOST_TRIES = 3
_WAITS_S = 10.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    student TEXT NOT NULL,
    kind TEXT NOT NULL,
    asked TEXT NOT NULL,
    file BLOB,
    state TEXT NOT NULL DEFAULT 'waiting',
    tries INTEGER NOT NULL DEFAULT 0,
    asked_at REAL NOT NULL,
    begun_at REAL,
    ended_at REAL,
    outcome TEXT
) STRICT;
-- Nobody fills the queue: the write itself refuses a second one.
CREATE UNIQUE INDEX IF NOT EXISTS one_at_a_time ON jobs (student, kind)
    WHERE state IN ('waiting', 'running');
CREATE INDEX IF NOT EXISTS in_order ON jobs (kind, state, id);
CREATE TABLE IF NOT EXISTS votes (
    student TEXT NOT NULL,
    question TEXT NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    voted_at REAL NOT NULL,
    PRIMARY KEY (student, question)
) STRICT;
"""
_COLUMNS = "id, student, kind, asked, state, tries, asked_at, begun_at, ended_at, outcome"


@dataclass(frozen=True)
class Job:
    """One job. Times are seconds since the epoch; `outcome` is None until it is done."""

    id: int
    student: str
    kind: Kind
    asked: dict[str, str]
    state: State
    tries: int
    asked_at: float
    begun_at: float | None
    ended_at: float | None
    outcome: dict[str, Any] | None

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ("done", "cut")


@dataclass(frozen=True)
class Vote:
    """What a student chose first, and last: 'right', or the id of a misconception."""

    student: str
    question: str
    first: str
    last: str


class Queue:
    """The queue in a file; several processes may use it at once."""

    def __init__(self, path: Path | None = None, *, stay_open: bool = False) -> None:
        """Open the file, by default that of the class; make it where there is none.

        Args:
            path: of the file.
            stay_open: keep one connection, for whoever will not be let at the file any more; in
                one thread.

        Raises:
            LabError: it is no such file, or cannot be written.
        """
        self._path = path or files.QUEUE
        self._kept: sqlite3.Connection | None = None
        with self._connected() as connection:
            connection.executescript(_SCHEMA)
        if stay_open:
            self._kept = self._open()
            self.votes()  # opens what lies beside the file

    def ask(
        self, student: str, kind: Kind, asked: Mapping[str, str], file: bytes | None = None
    ) -> Job:
        """Put a job at the end of the queue.

        Args:
            student: who asks.
            kind: of the job.
            asked: what for, as names and words.
            file: to be graded.

        Raises:
            LabError: one of theirs of this kind is not done yet.
        """
        with self._connected() as connection:
            try:
                row = connection.execute(
                    f"INSERT INTO jobs (student, kind, asked, file, asked_at)"  # noqa: S608
                    f" VALUES (?, ?, ?, ?, ?) RETURNING {_COLUMNS}",
                    (student, kind, json.dumps(dict(asked)), file, time.time()),
                ).fetchone()
            except sqlite3.IntegrityError:
                raise LabError(
                    f"your last {kind} is not done yet: wait for it, `results` shows it"
                ) from None
        return _job(row)

    def take(self, kind: Kind) -> Job | None:
        """Return the first that waits, which runs from now on; None where none does."""
        with self._connected() as connection:
            row = connection.execute(
                "UPDATE jobs SET state = 'running', tries = tries + 1, begun_at = ?"  # noqa: S608
                " WHERE id = (SELECT min(id) FROM jobs WHERE kind = ? AND state = 'waiting')"
                f" RETURNING {_COLUMNS}",
                (time.time(), kind),
            ).fetchone()
        return _job(row) if row else None

    def finish(self, job: int, outcome: Mapping[str, Any]) -> None:
        """Keep what came of a job that runs."""
        with self._connected() as connection:
            connection.execute(
                "UPDATE jobs SET state = 'done', ended_at = ?, outcome = ?"
                " WHERE id = ? AND state = 'running'",
                (time.time(), json.dumps(dict(outcome)), job),
            )

    def resume(self) -> int:
        """Let what ran when the desk ended wait again, at its old place; return how many did.

        What was tried so often already is cut short, for it may be what ends the desk.
        """
        with self._connected() as connection:
            return connection.execute(
                "UPDATE jobs SET state = iif(tries < ?, 'waiting', 'cut'),"
                " ended_at = iif(tries < ?, NULL, ?) WHERE state = 'running'",
                (MOST_TRIES, MOST_TRIES, time.time()),
            ).rowcount

    def job(self, number: int) -> Job:
        """Return a job by its id.

        Raises:
            LabError: there is none.
        """
        found = next(self._jobs("WHERE id = ?", number), None)
        if found is None:
            raise LabError(f"there is no job {number}")
        return found

    def jobs(self, student: str = "") -> list[Job]:
        """Return the jobs of a student, or of all, the oldest first."""
        return list(self._jobs("WHERE student = ?", student) if student else self._jobs(""))

    def file_of(self, number: int) -> bytes:
        """Return the file that came with a job."""
        with self._connected() as connection:
            row = connection.execute("SELECT file FROM jobs WHERE id = ?", (number,)).fetchone()
        return bytes(row[0] or b"") if row else b""

    def before(self, job: Job) -> int:
        """Return how many of its kind are not done yet and were asked for before it."""
        with self._connected() as connection:
            (number,) = connection.execute(
                "SELECT count(*) FROM jobs WHERE kind = ? AND id < ?"
                " AND state IN ('waiting', 'running')",
                (job.kind, job.id),
            ).fetchone()
        return int(number)

    def vote(self, student: str, question: str, choice: str) -> Vote:
        """Keep a vote: the first stays, and the last is replaced."""
        with self._connected() as connection:
            row = connection.execute(
                "INSERT INTO votes (student, question, first, last, voted_at)"
                " VALUES (?1, ?2, ?3, ?3, ?4) ON CONFLICT (student, question)"
                " DO UPDATE SET last = excluded.last, voted_at = excluded.voted_at"
                " RETURNING student, question, first, last",
                (student, question, choice, time.time()),
            ).fetchone()
        return Vote(*row)

    def votes(self) -> list[Vote]:
        """Return all votes."""
        with self._connected() as connection:
            rows = connection.execute(
                "SELECT student, question, first, last FROM votes ORDER BY question, student"
            ).fetchall()
        return [Vote(*row) for row in rows]

    def _jobs(self, where: str, *values: object) -> Iterator[Job]:
        with self._connected() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM jobs {where} ORDER BY id",  # noqa: S608 - words of ours
                values,
            ).fetchall()
        yield from map(_job, rows)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            if self._kept:
                yield self._kept
                return
            with closing(self._open()) as connection:
                yield connection
        except sqlite3.DatabaseError as error:
            raise LabError(f"the queue in {self._path} cannot be used: {error}") from None

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_WAITS_S, isolation_level=None)
        # Readers wait for no writer; and what was told is on the disk.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")
        return connection


def _job(row: tuple[Any, ...]) -> Job:
    number, student, kind, asked, state, tries, asked_at, begun_at, ended_at, outcome = row
    told = json.loads(outcome) if outcome else None
    words = json.loads(asked)
    return Job(number, student, kind, words, state, tries, asked_at, begun_at, ended_at, told)
