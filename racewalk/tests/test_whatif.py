"""What if: what holds a race, what would repair it, and what cannot be changed, with its reason."""

import json
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import psycopg
import pytest

from racewalk.rewrite.changes import Change, Kind, Place
from racewalk.server.embedded import EmbeddedServer
from racewalk.whatif import inquiry
from racewalk.whatif.advice import advice
from racewalk.whatif.refusal import Refusals
from racewalk.whatif.relations import relations
from racewalk.whatif.result import Found, Result
from racewalk.whatif.said import Said
from racewalk.whatif.sites import Site, sites
from support.scenarios import empty, racewalk, shop

LATER = pytest.mark.acceptance
ALL = pytest.mark.exhaustive
COUNTS = ("verdict", "schedules", "unsafe")
FIELDS = {*COUNTS, "classes", "unsafe_classes", "exhausted", "errors"}
TABLES = """
CREATE TABLE stock (item integer PRIMARY KEY, n integer NOT NULL);
CREATE TABLE sale (id serial PRIMARY KEY, item integer NOT NULL REFERENCES stock);
CREATE TABLE note (n integer);
CREATE VIEW looked AS SELECT item, n FROM stock WHERE n > 0;
CREATE VIEW counted AS SELECT n, count(*) FROM stock GROUP BY n;
CREATE MATERIALIZED VIEW kept AS SELECT item, n FROM stock
"""
TAKE = "UPDATE stock SET n = n - 1 WHERE item = 7"
LOOK = "SELECT n FROM stock WHERE item = 7"
LOCKED = f"{LOOK} FOR UPDATE"


@pytest.fixture(scope="module")
def connection(server: EmbeddedServer) -> Iterator[psycopg.Connection]:
    """Connect to a small shop."""
    with psycopg.connect(empty(server, "whatif"), autocommit=True) as found:
        found.execute(TABLES)
        yield found


def listed(connection: psycopg.Connection, *requests: list[str]) -> list[Site]:
    """The changes that are tried where the requests say this when they come alone."""
    return sites(Said([tuple(each) for each in requests]), relations(connection))


def told(found: list[Site]) -> list[str]:
    """Them in words."""
    return [str(site.change) for site in found]


def test_each_lock_is_taken_away_and_each_select_of_what_is_written_locked(
    connection: psycopg.Connection,
) -> None:
    request = ["BEGIN", LOOK, LOCKED, "SELECT pg_advisory_xact_lock(1)", TAKE, "COMMIT"]
    assert told(listed(connection, request, request)) == [
        "without FOR UPDATE on statement 3",
        "without pg_advisory_xact_lock on statement 4",
        "FOR UPDATE on statement 2",
        "FOR NO KEY UPDATE on statement 2",
        "transactions at REPEATABLE READ",
        "transactions at SERIALIZABLE",
        "one transaction around the request",
    ]


def test_what_is_written_earlier_or_elsewhere_is_not_locked(connection: psycopg.Connection) -> None:
    found = listed(connection, ["SELECT n FROM note", TAKE, LOOK])
    assert not [site for site in found if site.change.kind is Kind.LOCK]


def test_a_row_that_others_refer_to_is_locked_and_so_is_what_lies_behind_a_view(
    connection: psycopg.Connection,
) -> None:
    sell = "INSERT INTO sale (item) VALUES (7)"
    for look in (LOOK, "SELECT n FROM looked WHERE item = 7"):
        found = listed(connection, [look, sell])
        assert "FOR UPDATE on statement 1" in told(found)


def of(found: list[Site]) -> list[str]:
    """The tables that are locked, for each change that puts a lock in; the stronger alone."""
    locks = [site.change for site in found if site.change.kind is Kind.LOCK]
    return [each.place.of for each in locks if each.place and each.text == "FOR UPDATE"]


def test_of_a_join_all_tables_that_are_written(connection: psycopg.Connection) -> None:
    note = "UPDATE note SET n = 1"
    look = "SELECT 1 FROM note, stock s JOIN sale ON true"
    assert of(listed(connection, [look, TAKE, note])) == ["note, s"]
    assert of(listed(connection, ["SELECT 1 FROM note, stock", TAKE, note])) == [""]
    sure = "SELECT 1 FROM note LEFT JOIN stock USING (n)"
    assert of(listed(connection, [sure, TAKE, note])) == ["note"]


def test_what_is_locked_in_part_may_be_locked_more(connection: psycopg.Connection) -> None:
    look = "SELECT 1 FROM note, stock s FOR UPDATE OF note"
    assert of(listed(connection, [look, TAKE])) == ["s"]
    assert of(listed(connection, [look.replace("OF note", "OF s"), TAKE])) == []


def test_the_query_of_a_cursor_may_be_locked(connection: psycopg.Connection) -> None:
    found = listed(connection, [f'DECLARE "c" NO SCROLL CURSOR FOR {LOOK}', TAKE])
    assert of(found) == [""]
    assert Refusals(connection, Said([(LOOK, TAKE)]), shared=False).of(found[:1]) == ""


def test_of_a_join_the_table_that_is_written(connection: psycopg.Connection) -> None:
    look = 'SELECT * FROM note AS o LEFT JOIN "stock" s ON s.n = o.n'
    other = 'SELECT * FROM "stock" LEFT JOIN note ON note.n = stock.n'
    places = [
        site.change.place for look in (look, other) for site in listed(connection, [look, TAKE])
    ]
    assert [place.of for place in places if place] == ["s", "s", '"stock"', '"stock"']


def test_a_statement_that_is_said_twice_is_changed_each_time_by_itself(
    connection: psycopg.Connection,
) -> None:
    found = listed(connection, [LOOK, LOOK.replace("7", "8"), TAKE])
    locks = [site.change for site in found if site.change.kind is Kind.LOCK]
    assert [(each.statement, each.place and each.place.nth) for each in locks] == [
        (1, 1),
        (1, 1),
        (2, 2),
        (2, 2),
    ]


def test_requests_that_differ_are_told_apart(connection: psycopg.Connection) -> None:
    found = listed(connection, [LOCKED, TAKE], [TAKE, LOCKED])
    assert told(found)[0] == "without FOR UPDATE on statement 1 of A"


def test_savepoints_of_other_names_make_no_other_request(connection: psycopg.Connection) -> None:
    said = [[f'SAVEPOINT "s{n}_x1"', LOCKED, TAKE, f'RELEASE SAVEPOINT "s{n}_x1"'] for n in (1, 2)]
    assert told(listed(connection, *said))[0] == "without FOR UPDATE on statement 2"


def test_the_levels_are_those_that_are_not_there_already(connection: psycopg.Connection) -> None:
    request = ["BEGIN", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", LOOK, TAKE, "COMMIT"]
    levels = [site.change.text for site in listed(connection, request)]
    assert "SERIALIZABLE" not in levels
    assert {"READ COMMITTED", "REPEATABLE READ"} < set(levels)


def test_the_level_is_the_sessions_where_none_is_said(connection: psycopg.Connection) -> None:
    said = Said([("BEGIN", LOOK, TAKE, "COMMIT")], defaults={"SERIALIZABLE"})
    levels = [site.change.text for site in sites(said, relations(connection))]
    assert "SERIALIZABLE" not in levels
    assert {"READ COMMITTED", "REPEATABLE READ"} < set(levels)


def test_of_three_locks_that_each_hold_none_is_said_to_hold_nothing() -> None:
    one, two, three = (Change(Kind.TAKE_AWAY, "FOR UPDATE", Place("", nth)) for nth in (1, 2, 3))
    safe = [Result((each,), "safe") for each in (one, two, three)]
    pairs = [Result(each, "safe") for each in combinations((one, two, three), 2)]
    singles = [Site(each) for each in (one, two, three)]
    as_is = Result((), "safe")
    assert inquiry.rest(singles, [*safe, *pairs], as_is) == singles
    assert not inquiry.rest(singles, [*safe, Result((one, two), "unsafe")], as_is)
    assert inquiry.rest(singles, [*safe, Result((one, two), "inconclusive")], as_is) == singles
    found = Found("race", as_is, [*safe, *pairs, Result((one, two, three), "unsafe")])
    assert "for another one does too" in found.sentence(safe[0])
    assert "nothing" not in found.sentence(pairs[0])
    assert "these are what holds it" in found.sentence(found.results[-1])


def test_a_lock_that_holds_nothing_is_not_among_those_that_hold_together() -> None:
    locks = [Site(Change(Kind.TAKE_AWAY, "FOR UPDATE", Place("", nth))) for nth in range(5)]
    needed = {locks[1].change, locks[2].change, locks[4].change}

    def tried(gone: Sequence[Site]) -> Result:
        changes = tuple(site.change for site in gone)
        return Result(changes, "unsafe" if needed <= {*changes} else "safe")

    assert {*inquiry.fewest(locks, tried).changes} == needed
    assert inquiry.fewest(locks[:3], tried).verdict == "safe"


@pytest.mark.parametrize(
    ("of", "sqlalchemy", "django"),
    [
        ("", "with_for_update()", "select_for_update()"),
        ("shop_order", "of=ShopOrder", 'of=("self",)'),
        ("shop_item", "of=ShopItem", "of=(<the field that leads to shop_item>,)"),
        ("o, shop_item", "of=(O, ShopItem)", 'of=("self", <the field that leads to shop_item>,)'),
    ],
)
def test_what_to_write_names_the_table(of: str, sqlalchemy: str, django: str) -> None:
    shape = 'SELECT * FROM "shop_order" o INNER JOIN "shop_item" ON o.item_id = "shop_item".id'
    change = Change(Kind.LOCK, "FOR UPDATE", Place(shape, of=of), 1)
    (told,) = advice(Result((change,), "safe"))
    assert str(change) == f"FOR UPDATE{f' OF {of}' if of else ''} on statement 1"
    assert sqlalchemy in told.sqlalchemy
    assert django in told.django


@pytest.mark.parametrize(
    ("look", "reason"),
    [
        ("SELECT sum(n) FROM stock", "FOR UPDATE is not allowed with aggregate functions"),
        ("SELECT DISTINCT n FROM stock", "FOR UPDATE is not allowed with DISTINCT clause"),
        ("SELECT n FROM stock GROUP BY n", "FOR UPDATE is not allowed with GROUP BY clause"),
        ("SELECT n FROM stock UNION SELECT 1", "not allowed with UNION/INTERSECT/EXCEPT"),
        ("SELECT rank() OVER (ORDER BY n) FROM stock", "not allowed with window functions"),
        ("WITH c AS (SELECT n FROM stock) SELECT n FROM c", "does not reach into a WITH query"),
        ("SELECT n FROM counted", "FOR UPDATE is not allowed with GROUP BY clause"),
        ("SELECT n FROM kept", 'cannot lock rows in materialized view "kept"'),
        ("SELECT n FROM note LEFT JOIN stock USING (n)", "nullable side of an outer join"),
        ("SELECT n FROM stock WHERE (((", "its text cannot be parsed"),
        ("SELECT n FROM looked WHERE item = $1", ""),
        (LOOK, ""),
    ],
)
def test_what_cannot_be_locked_is_told_with_the_reason(
    connection: psycopg.Connection, look: str, reason: str
) -> None:
    said = Said([(look, TAKE)])
    found = [
        site
        for site in sites(said, relations(connection))
        if site.change.kind is Kind.LOCK and site.change.text == "FOR UPDATE"
    ]
    assert len(found) == 1
    why = Refusals(connection, said, shared=False).of(found)
    assert reason in why if reason else why == ""


@pytest.mark.parametrize(
    ("request_", "kind", "reason"),
    [
        ([LOOK, TAKE], Kind.LEVEL, "no transaction is begun"),
        (["BEGIN", TAKE, "COMMIT AND CHAIN", "COMMIT"], Kind.ONE_TRANSACTION, "COMMIT AND CHAIN"),
        (["BEGIN READ ONLY", LOOK, "COMMIT"], Kind.ONE_TRANSACTION, "BEGIN READ ONLY"),
        (["BEGIN", TAKE, "PREPARE TRANSACTION 'a'"], Kind.ONE_TRANSACTION, "cannot become"),
        (["BEGIN", TAKE, "COMMIT"], Kind.ONE_TRANSACTION, ""),
        (["BEGIN", TAKE, "COMMIT"], Kind.LEVEL, ""),
    ],
)
def test_a_transaction_that_cannot_be_changed_is_told_with_the_reason(
    connection: psycopg.Connection, request_: list[str], kind: Kind, reason: str
) -> None:
    said = Said([tuple(request_)])
    change = Change(kind, "SERIALIZABLE" if kind is Kind.LEVEL else "")
    why = Refusals(connection, said, shared=False).of([Site(change)])
    assert reason in why if reason else why == ""


def test_a_process_that_requests_share_has_no_transaction_of_one_request(
    connection: psycopg.Connection,
) -> None:
    refusals = Refusals(connection, Said([("BEGIN", TAKE, "COMMIT")]), shared=True)
    assert "share a process" in refusals.of([Site(Change(Kind.ONE_TRANSACTION))])


def whatif(file: Path, race: str, *more: str) -> dict[str, dict[str, Any]]:
    """Ask; return what came of each single change, by what it does, and of the race as it is."""
    ran = racewalk("whatif", file, "--race", race, "--json", "-", *more)
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert set(told) == {"race", "as_is", "changes"}
    assert set(told["as_is"]) == FIELDS
    found = {"as it is": told["as_is"]}
    for each in told["changes"]:
        assert set(each) == {"changes", *FIELDS}
        assert all(set(one) == {"kind", "statement", "text"} for one in each["changes"])
        if len(each["changes"]) == 1:
            (one,) = each["changes"]
            found[f"{one['kind']} {one['text']}"] = each
    return found


@pytest.mark.parametrize(
    ("served", "driver"),
    [
        pytest.param('wsgi = "drivers:app"', "one_off", marks=LATER),
        pytest.param('asgi = "apps.drivers_async:app"', "asyncpg_pool", marks=LATER),
        pytest.param('wsgi = "drivers:app"', "persistent", marks=ALL),
        pytest.param('wsgi = "drivers:app"', "pooled", marks=ALL),
        pytest.param('wsgi = "drivers:app"', "pipelined", marks=ALL),
        pytest.param('wsgi = "drivers:app"', "psycopg2", marks=ALL),
        pytest.param('wsgi = "drivers:app"', "sqlalchemy_psycopg2", marks=ALL),
        pytest.param('asgi = "apps.drivers_async:app"', "psycopg_async", marks=ALL),
        pytest.param('asgi = "apps.drivers_async:app"', "sqlalchemy_asyncpg", marks=ALL),
    ],
)
def test_a_program_with_a_change_is_the_changed_program(
    tmp_path: Path, server: EmbeddedServer, served: str, driver: str
) -> None:
    file = tmp_path / "racewalk.toml"
    file.write_text(shop(server.url(), driver, served))
    broken, repaired = whatif(file, "sold once"), whatif(file, "sold once, locked")
    for changed, written in (
        (broken["lock FOR UPDATE"], repaired["as it is"]),
        (repaired["take_away FOR UPDATE"], broken["as it is"]),
    ):
        assert changed["exhausted"], changed
        assert [changed[each] for each in COUNTS] == [written[each] for each in COUNTS]
    for level in ("REPEATABLE READ", "SERIALIZABLE"):
        assert broken[f"level {level}"]["verdict"] == "safe"
        assert broken[f"level {level}"]["errors"]["40001"] > 0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--race", "nothing"], "nothing"),
        ([], "several races"),
        (["--race", "sold once", "--budget", "0"], "--budget"),
        (["--race", "sold once", "--budget", "nan"], "'nan' is no number of seconds"),
        (["--race", "sold once", "--json", "/nowhere/a.json"], "/nowhere/a.json"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path, server: EmbeddedServer, arguments: list[str], line: str
) -> None:
    file = tmp_path / "racewalk.toml"
    file.write_text(shop(server.url()))
    ran = racewalk("whatif", file, *arguments)
    assert ran.code == 2
    assert line in ran.err.splitlines()[-1]
    assert "Traceback" not in ran.err
