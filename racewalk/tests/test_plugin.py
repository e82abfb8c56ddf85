"""The plugin for pytest, run by a pytest of its own: callables, scenarios, failures kept, xdist."""

import os
from pathlib import Path

import psycopg
import pytest

from racewalk.server.embedded import EmbeddedServer
from support.scenarios import APPS, empty, shop

pytest_plugins = ["pytester"]

ENGINE = """
import sqlalchemy as sa
engine = sa.create_engine({url!r})
LOOK = "SELECT n FROM stock WHERE item = 7"
def sell(engine, look=LOOK):
    with engine.begin() as connection:
        left = connection.exec_driver_sql(look).scalar()
        if left > 0:
            connection.exec_driver_sql("UPDATE stock SET n = n - 1 WHERE item = 7")
            connection.exec_driver_sql("INSERT INTO sale (item) VALUES (7)")
    return left > 0
def never_below_zero():
    with engine.connect() as connection:
        return connection.exec_driver_sql("SELECT n >= 0 FROM stock").scalar()
"""
ASYNCIO = """
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
engine = create_async_engine(URL)
async def sell(engine):
    async with engine.begin() as connection:
        left = (await connection.execute(text("SELECT n FROM stock WHERE item = 7"))).scalar()
        if left > 0:
            await connection.execute(text("UPDATE stock SET n = n - 1 WHERE item = 7"))
def test_it(race): race(sell, sell, engine=engine)
"""
UNLOCKED = "def test_it(race): race(sell, sell, engine=engine, invariant=never_below_zero)\n"
LOCKED = """
def test_it(race):
    lock = lambda engine: sell(engine, LOOK + " FOR UPDATE")
    found = race(lock, lock, engine=engine, invariant=never_below_zero, serial=True)
    assert found.schedules > 2
"""


@pytest.fixture
def url(server: EmbeddedServer, tmp_path: Path) -> str:
    """Make a database with a shop, whose settings nobody may keep."""
    name = f"plugin_{tmp_path.name.replace('-', '_')}"[:60].lower()
    found = empty(server, name)
    with psycopg.connect(found, autocommit=True) as connection:
        connection.execute((APPS / "stock.sql").read_bytes())
    return found


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


def test_an_unsafe_race_fails_with_the_picture_and_is_run_first_next_time(
    pytester: pytest.Pytester, url: str
) -> None:
    path = pytester.makepyfile(ENGINE.format(url=url) + UNLOCKED)
    first = run(pytester)
    first.assert_outcomes(failed=1)
    first.stdout.fnmatch_lines(
        [
            "unsafe*",
            "*UPDATE stock SET n = n - 1*",
            "*Broken: invariant.*",
            "again: pytest *--racewalk-schedule *",
        ]
    )
    assert "Traceback" not in first.stdout.str()
    assert list((pytester.path / ".racewalk" / "failures").glob("*.json"))
    second = run(pytester)
    second.stdout.fnmatch_lines(["unsafe: what failed last time fails again*"])
    path.write_text(ENGINE.format(url=url) + LOCKED)
    third = run(pytester, "-v")
    third.assert_outcomes(passed=1)
    third.stdout.fnmatch_lines(["*::test_it: safe: 0 of * schedules unsafe*"])
    assert not list((pytester.path / ".racewalk" / "failures").glob("*.json"))
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT n, (SELECT count(*) FROM sale) FROM stock").fetchall()
        settings = connection.execute(
            "SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d"
            " ON d.oid = s.setdatabase WHERE d.datname = current_database()"
        )
        assert rows == [(1, 0)]
        assert settings.fetchall() in ([], [(None,)])


@pytest.mark.acceptance
def test_serial_is_the_invariant_where_none_is_given(pytester: pytest.Pytester, url: str) -> None:
    pytester.makepyfile(
        ENGINE.format(url=url) + "def test_it(race): race(sell, sell, engine=engine)\n"
    )
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Broken: serial. Other than one after the other: *stock*"])


VACUOUS = {
    "race(lambda e: 1, lambda e: 2, engine=engine)": "none of the requests writes anything",
    "race(sell, lambda e: 1 / 0, engine=engine)": "alone, B raised ZeroDivisionError",
    "race(sell, sell, engine=engine, alone=lambda value: not value)": "alone, A did not succeed",
    "race(sell, lambda e: e.connect().close(), engine=engine)": "no two statements of different",
    "race(sell, sell, engine=engine, invariant=lambda: False)": "is false before anything",
}


@pytest.mark.acceptance
@pytest.mark.parametrize("call", VACUOUS)
def test_what_can_prove_nothing_fails(pytester: pytest.Pytester, url: str, call: str) -> None:
    pytester.makepyfile(ENGINE.format(url=url) + f"def test_it(race): {call}\n")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{VACUOUS[call]}*"])


@pytest.mark.acceptance
def test_a_lock_of_the_process_is_seen(pytester: pytest.Pytester, url: str) -> None:
    pytester.makepyfile(
        ENGINE.format(url=url)
        + """
import threading
lock = threading.Lock()
def one_at_a_time(engine):
    with lock:
        return sell(engine)
def test_it(race):
    race(one_at_a_time, one_at_a_time, engine=engine, invariant=never_below_zero, serial=True)
"""
    )
    result = run(pytester, "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*::test_it: safe: *"])


@pytest.mark.acceptance
@pytest.mark.parametrize(
    "let_in",
    [
        "lock.acquire(timeout=0.5)",
        "lock.acquire(timeout=0.05)",
        "any(lock.acquire(blocking=False) or time.sleep(0.03) for _ in range(3))",
    ],
)
def test_a_lock_of_the_process_with_a_timeout_is_a_doubt(
    pytester: pytest.Pytester, url: str, let_in: str
) -> None:
    pytester.makepyfile(
        ENGINE.format(url=url)
        + """
import threading, time
lock = threading.Lock()
def one_at_a_time(engine):
    if LET_IN:
        try:
            return sell(engine)
        finally:
            lock.release()
def test_it(race):
    race(one_at_a_time, one_at_a_time, engine=engine, invariant=never_below_zero)
""".replace("LET_IN", let_in)
    )
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*inconclusive: in doubt: request B slept inside*"])


@pytest.mark.acceptance
def test_asyncio(pytester: pytest.Pytester, url: str) -> None:
    driver = url.replace("postgresql:", "postgresql+asyncpg:")
    pytester.makepyfile(f"URL = {driver!r}\n{ASYNCIO}")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Broken: serial.*"])


@pytest.mark.acceptance
def test_scenarios_are_tests_and_spread_over_processes(
    pytester: pytest.Pytester, server: EmbeddedServer
) -> None:
    (pytester.path / "racewalk.toml").write_text(shop(server.url()))
    (pytester.path / "other.racewalk.toml").write_text(
        shop(server.url()).replace('expected = "unsafe"', "")
    )
    pytester.makepyfile('def test_one(race): race.scenario("racewalk.toml", "sold once, locked")\n')
    result = run(pytester, "-v", "-n", "2", "-p", "xdist")
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["*Broken: never below zero, serial.*"])
    with psycopg.connect(server.url()) as connection:
        left = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'racewalk%'")
        assert left.fetchall() == []


def test_a_scenario_that_is_wrong_is_told_in_a_line(pytester: pytest.Pytester) -> None:
    (pytester.path / "racewalk.toml").write_text("[app]\ncomand = 'x'\n")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*app: unknown key 'comand': did you mean 'command'?*"])
    assert "Traceback" not in result.stdout.str()


@pytest.mark.acceptance
def test_without_an_engine_and_without_django(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(race): race(print, print)\n")
    result = run(pytester, "-p", "no:django")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*needs engine=, or Django's settings*"])


@pytest.mark.acceptance
@pytest.mark.parametrize("example", ["django_shop"])
def test_an_example_under_pytest(
    pytester: pytest.Pytester,
    server: EmbeddedServer,
    monkeypatch: pytest.MonkeyPatch,
    example: str,
) -> None:
    from urllib.parse import urlsplit

    source = APPS.parents[1] / "examples" / example
    where = urlsplit(server.url())
    for name, value in (
        ("PGHOST", "127.0.0.1"),
        ("PGPORT", where.port),
        ("PGUSER", where.username),
        ("PGPASSWORD", where.password),
        ("PGDATABASE", "example"),
        ("PYTHONPATH", f"{source}:{os.environ.get('PYTHONPATH', '')}"),
    ):
        monkeypatch.setenv(name, str(value))
    result = run(
        pytester,
        "-vv",  # the project that it lies in asks for -q
        "--rootdir",
        str(pytester.path),
        "--ds",
        "shop.settings",
        str(source / "test_shop.py"),
    )
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*with_a_lock: safe: 0 of *"])


WRONG = {
    'race.scenario("racewalk.toml", "sold onc")': "no race 'sold onc': did you mean 'sold once'",
    'race.scenario("nonesuch.toml", "a")': "nonesuch.toml cannot be read: No such file",
    'race.scenario("bad.toml", "a")': "bad.toml is no TOML",
    'race(print, print, masks={"a": "("})': "the mask 'a' has no pattern",
    'race(print, print, ignore=["stock"])': "'stock' names no column",
    "race(print)": "1 calls given",
}


def test_what_is_asked_wrongly_is_told_in_a_line(
    pytester: pytest.Pytester, server: EmbeddedServer
) -> None:
    (pytester.path / "racewalk.toml").write_text(shop(server.url()))
    (pytester.path / "bad.toml").write_text("[app\n")
    tests = [f"def test_{number}(race): {call}\n" for number, call in enumerate(WRONG)]
    result = run(pytester, str(pytester.makepyfile("".join(tests))))
    result.assert_outcomes(failed=len(WRONG))
    told = [
        (f"*_ test_{number} _*", f"racewalk: *{WRONG[call]}*") for number, call in enumerate(WRONG)
    ]
    result.stdout.fnmatch_lines([line for lines in told for line in lines])
    assert "Traceback" not in result.stdout.str()
    assert "racewalk/integrations" not in result.stdout.str()


def test_a_lock_that_is_given_back_after_the_last_statement_is_seen(
    pytester: pytest.Pytester, url: str
) -> None:
    pytester.makepyfile(
        ENGINE.format(url=url)
        + """
import threading, time
lock = threading.Lock()
def holding(engine):
    with lock:
        sell(engine, LOOK + " FOR UPDATE")
        until = time.process_time() + 0.05
        while time.process_time() < until:
            pass
def waiting(engine):
    sell(engine, LOOK + " FOR UPDATE")
    with lock:
        pass
def test_it(race):
    race(waiting, holding, engine=engine, invariant=never_below_zero)
"""
    )
    result = run(pytester, "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*::test_it: safe: *"])
