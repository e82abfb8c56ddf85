"""Sequences with CACHE: no session keeps numbers from one schedule to the next."""

from collections.abc import Callable

import pytest

from racewalk.commute.initial import reader_of
from racewalk.reset.sql import SqlReset
from racewalk.schedule.observer import Observer
from racewalk.schedule.runner import LiveRunner
from racewalk.search.certificate import Certificate
from racewalk.targets.scripts import ScriptedTarget
from racewalk.targets.session import Scripted
from racewalk.words import Verdict
from support.labs import Database
from support.oracle import brute_force, one_per_class
from support.trials import tells

DRAWS = "INSERT INTO ticket (who) VALUES ('{}')"
TABLES = {
    "a default": (
        "CREATE SEQUENCE number CACHE 10; CREATE TABLE ticket"
        " (id int PRIMARY KEY DEFAULT nextval('number'), who text)"
    ),
    "an identity": (
        "CREATE TABLE ticket (id int GENERATED ALWAYS AS IDENTITY (CACHE 5) PRIMARY KEY, who text)"
    ),
    "one that goes down, in steps": (
        "CREATE SEQUENCE number INCREMENT -3 CACHE 4; CREATE TABLE ticket"
        " (id int PRIMARY KEY DEFAULT -nextval('number'), who text)"
    ),
    "one that was used before": (
        "CREATE SEQUENCE number CACHE 3; SELECT nextval('number'), nextval('number');"
        "CREATE TABLE ticket (id int PRIMARY KEY DEFAULT nextval('number'), who text)"
    ),
}
_GONE = "DROP TABLE IF EXISTS ticket; DROP SEQUENCE IF EXISTS number"
ASKED = "SELECT string_agg(who, '' ORDER BY id) FROM ticket"
Search = Callable[[LiveRunner, Observer], Certificate]
SEARCHES: dict[str, Search] = {
    "all schedules": lambda lab, _observer: brute_force(lab),
    "one of each class": lambda lab, observer: one_per_class(lab, 2, reader_of(observer, [ASKED])),
}


def _searched(
    database: Database,
    observer: Observer,
    name: str,
    search: Search,
    *scripts: Scripted,
    never: str = "ba",
) -> Certificate:
    observer.run(
        f"{_GONE}; {TABLES[name]}; GRANT ALL ON ticket TO PUBLIC;"
        "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC"
    )
    reset = SqlReset(observer, {"order": ASKED}, ["TRUNCATE ticket"])
    reset()
    target = ScriptedTarget(database.conninfo, scripts, reset)
    judges = {"never": lambda facts, _answers: facts["order"] != never}
    try:
        with LiveRunner(target, observer, database.address, judges) as lab:
            return search(lab, observer)
    finally:
        observer.run(_GONE)


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("name", TABLES)
def test_who_draws_first_has_the_lower_number(
    database: Database, observer: Observer, name: str, search: str
) -> None:
    scripts = (tells(DRAWS.format("a")), tells(DRAWS.format("b")))
    found = _searched(database, observer, name, SEARCHES[search], *scripts)
    assert (found.exhausted, found.schedules, found.unsafe) == (True, 2, 1)


@pytest.mark.parametrize("search", SEARCHES)
def test_numbers_that_a_session_keeps_come_before_those_of_the_next(
    database: Database, observer: Observer, search: str
) -> None:
    """A draws 1 and 2, or 11 and 12, also where B draws in between: B is never in the middle."""
    scripts = (tells(DRAWS.format("a"), DRAWS.format("a")), tells(DRAWS.format("b")))
    found = _searched(database, observer, "a default", SEARCHES[search], *scripts, never="aba")
    assert (found.exhausted, found.verdict, found.schedules) == (True, Verdict.SAFE, 3)
