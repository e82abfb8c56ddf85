"""Times that lie ahead: an application that decides by one is remembered by the time itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from racewalk.memory.target import RememberedTarget
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Facts
from racewalk.schedule.record import Answer
from racewalk.schedule.runner import LiveRunner
from racewalk.search.certificate import Certificate
from racewalk.targets.scripts import ScriptedTarget
from racewalk.targets.session import Script, Scripted
from racewalk.words import Verdict
from support.labs import Database
from support.oracle import brute_force
from support.trials import tells

TABLE = "CREATE TABLE hold (id int PRIMARY KEY, ends timestamptz, taken bool)"
IN_TEN_YEARS = f"timestamptz '{datetime.now(UTC).year + 10}-05-01 00:00+00'"
Decide = Callable[[datetime], bool]


def _in_time(ends: datetime) -> bool:
    return ends - datetime.now(UTC) > timedelta(minutes=5)


BY: dict[str, tuple[str, str, Decide]] = {
    "a year that is paid for": (
        IN_TEN_YEARS,
        f"{IN_TEN_YEARS} + interval '1 year'",
        lambda ends: ends.astimezone(UTC).year > datetime.now(UTC).year + 10,
    ),
    "an hour of tomorrow": (
        "date_trunc('day', now()) + interval '1 day 9 hours'",
        "date_trunc('day', now()) + interval '1 day 15 hours'",
        lambda ends: ends.hour > 12,
    ),
    "the next attempt": ("now() + interval '20 s'", "now() + interval '20 min'", _in_time),
    "no end": (
        "now() + interval '1 hour'",
        "timestamptz '9999-12-31 00:00+00'",
        lambda ends: ends.year > 9000,
    ),
}


def _takes(decide: Decide) -> Scripted:
    def script(_request: int) -> Script:
        ((ends,),) = (yield "SELECT ends FROM hold").rows
        if not decide(datetime.fromisoformat(str(ends))):
            return Answer("refused")
        yield "UPDATE hold SET taken = true"
        return Answer("taken")

    return script


def _search(
    database: Database, observer: Observer, by: tuple[str, str, Decide]
) -> tuple[list[Certificate], int]:
    """Explore by the application alone, then three times with memory; say what was remembered."""
    start, later, decide = by
    insert = f"INSERT INTO hold VALUES (1, {start}, false)"  # noqa: S608 - of this module
    observer.run(f"DROP TABLE IF EXISTS hold; {TABLE}; GRANT ALL ON hold TO PUBLIC")

    def reset() -> Facts:
        rows = observer.run(f"SELECT taken FROM hold; TRUNCATE hold; {insert}")  # noqa: S608
        return Facts((("taken", rows == [("t",)]),))

    reset()
    moves = tells("UPDATE hold SET ends = " + later, "SELECT 1", "SELECT 2")  # noqa: S608
    inner = ScriptedTarget(database.conninfo, [moves, _takes(decide)], reset)
    target = RememberedTarget(inner, now=observer.clock())
    judges = {"nobody takes it": lambda facts, _answers: not facts["taken"]}
    with LiveRunner(target, observer, database.address, judges, ears=target.ear) as lab:
        found = [brute_force(lab)]
        target.on = True
        found += [brute_force(lab) for _ in range(3)]
        target.on = False
    return found, target.remembered


@pytest.mark.parametrize("name", BY)
def test_what_decides_is_found_with_memory_too(
    database: Database, observer: Observer, name: str
) -> None:
    found, _ = _search(database, observer, BY[name])
    assert all(each.exhausted and each.verdict is Verdict.UNSAFE for each in found)
    assert len({(each.hash, each.unsafe, each.schedules) for each in found}) == 1


@pytest.mark.parametrize("name", BY)
def test_what_decides_nothing_is_safe(database: Database, observer: Observer, name: str) -> None:
    start, later, _ = BY[name]
    found, remembered = _search(database, observer, (start, later, lambda ends: ends.year < 2000))
    assert all(each.exhausted and each.verdict is Verdict.SAFE for each in found)
    assert len({(each.hash, each.schedules) for each in found}) == 1
    assert remembered or "now()" in start + later, "a time that comes again is remembered"
