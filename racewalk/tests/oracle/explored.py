"""The same program in racewalk: its reduced search, and what it says."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass

from psycopg.conninfo import make_conninfo

from oracle.program import CLOSE, End, Program, Reply, Row, Said, ended, speak
from racewalk.commute.initial import reader_of
from racewalk.errors import RacewalkError
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Facts, Outcome
from racewalk.schedule.record import Answer, Run
from racewalk.schedule.runner import LiveRunner
from racewalk.search.budget import Budget
from racewalk.search.certificate import Certificate
from racewalk.search.explore import explore
from racewalk.search.one_per_class import OnePerClass
from racewalk.targets.scripts import ScriptedTarget
from racewalk.targets.session import CLOSE as CLOSED
from racewalk.targets.session import Close, Query, Result, Script, SqlError
from support.labs import Database

_PATIENCE = 10.0
_BUDGET = Budget(seconds=60)


@dataclass(frozen=True)
class Explored:
    """What racewalk found."""

    certificate: Certificate
    ends: frozenset[End]


def explored(program: Program, database: Database, observer: Observer) -> Explored:
    """Explore a program; whatever keeps it from being explored makes it inconclusive."""
    requests = len(program.requests)
    said: list[Said] = [() for _ in program.requests]
    ends: set[End] = set()
    last: list[list[tuple[Row, ...]]] = []

    def reset() -> Facts:
        queries = "; ".join(f"SELECT 'fact'; {query}" for query in program.asked)
        rows = observer.run(f"SET search_path = trial; {queries}; RESET search_path")
        found: list[list[Row]] = []
        for row in rows:
            if row == ("fact",):
                found.append([])
            else:
                found[-1].append(row)
        last[:] = [[tuple(rows) for rows in found]]
        observer.run(f"SET search_path = trial; {program.restore}; RESET search_path")
        broken = bool(program.broken and found[-1])
        return Facts((("found", json.dumps(found)), ("broken", broken)))

    def script(request: int) -> Script:
        said[request] = yield from _spoken(speak(program, request))
        return Answer("done", repr(said[request]))

    def seen(run: Run, _outcome: Outcome) -> None:
        ends.add(ended(program, last[0], tuple(said)))

    observer.run(
        "DROP SCHEMA IF EXISTS trial CASCADE; CREATE SCHEMA trial; SET search_path = trial;"
        f"{program.tables}; {program.restore};"
        "GRANT USAGE ON SCHEMA trial TO PUBLIC;"
        "GRANT ALL ON ALL TABLES IN SCHEMA trial TO PUBLIC;"
        "GRANT ALL ON ALL SEQUENCES IN SCHEMA trial TO PUBLIC; RESET search_path"
    )
    target = ScriptedTarget(
        make_conninfo(database.conninfo, options="-c search_path=trial"),
        [script] * requests,
        reset,
    )
    judges = {"holds": lambda facts, _answers: not facts["broken"]}
    try:
        with LiveRunner(target, observer, database.address, judges, patience=_PATIENCE) as runner:
            strategy = OnePerClass(requests, reader_of(observer, program.asked))
            certificate = explore(runner, requests, strategy, _BUDGET, seen)
    except RacewalkError as error:
        certificate = Certificate(requests, inconclusive=error.told)
    return Explored(certificate, frozenset(ends))


def _spoken(speaker: Generator[str, Reply, Said]) -> Generator[Query | Close, Result, Said]:
    """Speak for a request; return what it was answered."""
    reply: Reply | None = None
    while True:
        try:
            line = speaker.send(reply) if reply else next(speaker)
        except StopIteration as end:
            return tuple(end.value)
        try:
            result = yield (CLOSED if line == CLOSE else line)
            reply = Reply(tuple(tuple(map(_text, row)) for row in result.rows), result.tag)
        except SqlError as error:
            reply = Reply(error=error.sqlstate)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value)[0] if type(value).__name__ == "Truth" else str(value)
