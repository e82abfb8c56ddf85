"""What is read out of statements, and what a transaction makes of it."""

from dataclasses import replace

import pytest

from racewalk.commute.access import UNREADABLE, Access, Footprint, Mode, Rows, Verb
from racewalk.commute.catalog import Facts, Function
from racewalk.commute.effects import Reader
from racewalk.commute.followed import Followed
from racewalk.commute.reading import reading
from racewalk.commute.schema import ForeignKey, Schema, Table, Unique
from racewalk.commute.session import timeouts
from racewalk.commute.transactions import StepFootprint
from racewalk.schedule.record import Answer, Run, Step
from racewalk.wire.parameters import Parameters
from racewalk.wire.statements import Statement, Value
from support.readers import catalog


def draw(name: str) -> Access:
    """Return the drawing from a sequence."""
    return Access(Verb.DRAW, Rows("sequence", frozenset({("name", name)})))


CLOCK = Access(Verb.CLOCK)
ASK = Access(Verb.ASK)
END = Access(Verb.END)
DRAWN = {draw("logs_id_seq"), Access(Verb.LOCK, Rows("index logs_pkey"), Mode.SHARE)}
"""What the generated key of a log does: it is drawn, and meets only keys that are given by hand."""


USER = Table(
    "user",
    {"id": "integer", "username": "text", "money": "integer"},
    (Unique("user_pkey", ("id",)), Unique("user_username_key", ("username",))),
    drawn=frozenset({"id"}),
    defaults={"id": "nextval('user_id_seq'::regclass)"},
)
LOGS = Table(
    "withdraw_logs",
    {"id": "integer", "user_id": "integer", "idempotency_key": "text"},
    (Unique("logs_pkey", ("id",)), Unique("one_intent", ("user_id", "idempotency_key"))),
    (ForeignKey(("user_id",), "user", ("id",)),),
    drawn=frozenset({"id"}),
    defaults={"id": "nextval('logs_id_seq'::regclass)", "created_time": "now()"},
)
SCHEMA = Schema([USER, LOGS, Table("view", opaque=True)])
ME = Rows("user", frozenset({("id", 1)}))
READ = Access(Verb.READ, ME)
KEPT = {
    Access(Verb.LOCK, Rows("index user_pkey", frozenset({("id", 1)})), Mode.SHARE),
    Access(Verb.LOCK, Rows("index user_username_key"), Mode.SHARE),
}
"""What an UPDATE holds of the keys that it leaves as they are."""
KEPT_NO_MORE = {Access(Verb.UNLOCK, access.rows, access.mode) for access in KEPT}
UPDATE = 'UPDATE "user" SET money = money - 10 WHERE "user".id = 1'
SELECT = 'SELECT money FROM "user" WHERE id = 1'
INSERT = "INSERT INTO withdraw_logs (user_id, amount) VALUES (1, 10) RETURNING id"


def lock(mode: Mode, rows: Rows = ME) -> Access:
    """Return the asking for a lock."""
    return Access(Verb.LOCK, rows, mode)


def unlock(mode: Mode, rows: Rows = ME) -> Access:
    """Return the giving back of a lock."""
    return Access(Verb.UNLOCK, rows, mode)


def run(*steps: tuple[str, str], params: tuple[Value, ...] = ()) -> Run:
    """Make a run of one request: SQL, and the transaction's status or the error after it."""
    made: list[Step] = []
    for index, (sql, after) in enumerate(steps):
        status, _, error = after.partition(" ")
        tags = () if error else (f"{sql.split()[0].upper()} 1",)
        if sql == "COMMIT" and not error:
            tags = ("COMMIT",)
        made.append(
            Step(
                0,
                (Statement(sql, params),),
                (),
                (),
                tags,
                error or None,
                status,
                None,
                index,
                index,
            )
        )
    return Run((), tuple(made), (Answer("paid"),))


def prints(*steps: tuple[str, str], reader: Reader | None = None) -> list[StepFootprint]:
    """Return the footprints of one request's steps."""
    return Followed(reader or Reader(SCHEMA, catalog())).footprints(run(*steps))


def whole(sql: str, *params: Value) -> Footprint:
    """Return the footprint of a statement inside a transaction."""
    return Followed(Reader(SCHEMA, catalog())).footprints(run((sql, "T"), params=params))[0].whole


@pytest.mark.parametrize(
    ("sql", "params"),
    [
        ('SELECT "user".id FROM "user" WHERE "user".id = $1::INTEGER', (1,)),
        ('SELECT "user".id FROM "user" WHERE "user".id = $1', ("1",)),
        ('SELECT "user"."id" FROM "user" WHERE "user"."id" = 1 LIMIT 21', ()),
        ('SELECT u.money FROM "user" AS u WHERE (u.id = 1 AND u.money > 5)', ()),
        ('SELECT money FROM "user" WHERE id IN (1)', ()),
        ('SELECT money FROM "user" WHERE 1 = id', ()),
    ],
)
def test_the_row_is_known(sql: str, params: tuple[Value, ...]) -> None:
    assert whole(sql, *params) == {READ}


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT money FROM "user"',
        'SELECT money FROM "user" WHERE id = 1 OR money = 2',
        'SELECT money FROM "user" WHERE id > 1',
        'SELECT money FROM "user" WHERE id = money',
        'SELECT count(*) FROM (SELECT 1 FROM "user") AS sub',
    ],
)
def test_the_row_is_not_known(sql: str) -> None:
    assert whole(sql) == {Access(Verb.READ, Rows("user"))}


def test_conditions_hold_after_an_update_too() -> None:
    sql = 'UPDATE "user" SET money = 5 WHERE id = 1 AND money = 15'
    assert whole(sql) == {READ, lock(Mode.NO_KEY_UPDATE)} | KEPT


@pytest.mark.parametrize(
    ("clause", "mode"),
    [
        ("FOR UPDATE", Mode.UPDATE),
        ('FOR NO KEY UPDATE OF "user"', Mode.NO_KEY_UPDATE),
        ("FOR SHARE NOWAIT", Mode.SHARE),
        ("FOR KEY SHARE SKIP LOCKED", Mode.KEY_SHARE),
    ],
)
def test_row_locks(clause: str, mode: Mode) -> None:
    assert whole(f"{SELECT} {clause}") == {READ, lock(mode)}


def test_an_insert_locks_its_parent_and_the_keys_that_can_meet_others() -> None:
    parent = {Access(Verb.REFERENCE, ME), lock(Mode.KEY_SHARE)}
    assert whole(INSERT) == parent | DRAWN | {CLOCK}
    key = Rows("index one_intent", frozenset({("user_id", 1), ("idempotency_key", "k")}))
    sql = "INSERT INTO withdraw_logs (user_id, idempotency_key) VALUES ($1, $2)"
    assert whole(sql, 1, "k") == parent | DRAWN | {CLOCK, lock(Mode.UPDATE, key)}
    assert whole(sql, 1, None) == parent | DRAWN | {CLOCK}


def test_a_key_that_is_written_back_is_not_changed() -> None:
    sql = "UPDATE \"user\" SET username = 'alice', money = 5 WHERE id = 1"
    names = Rows("index user_username_key")
    changed = {READ, lock(Mode.UPDATE), lock(Mode.UPDATE, names)}
    changed |= {access for access in KEPT if access.rows != names}
    assert whole(sql) == changed
    reader = Reader(SCHEMA, catalog(), lambda _table, _where, _column: "alice")
    assert prints((sql, "T"), reader=reader)[0].whole == {READ, lock(Mode.NO_KEY_UPDATE)} | KEPT
    assert ("keys", "user") not in reader.tables.learnt
    prints(("UPDATE \"user\" SET username = 'bob' WHERE id = 1", "T"), reader=reader)
    assert ("keys", "user") in reader.tables.learnt
    assert prints((sql, "T"), reader=reader)[0].whole == changed, "now it may be another"


def test_a_write_shows_when_it_commits() -> None:
    begin, update, insert, commit = prints(
        ("BEGIN", "T"), (UPDATE, "T"), (INSERT, "T"), ("COMMIT", "I")
    )
    assert begin.whole == set()
    assert update.whole == {READ, lock(Mode.NO_KEY_UPDATE)} | KEPT
    assert insert.whole == {Access(Verb.REFERENCE, ME)} | DRAWN, "its lock is held already"
    log = Rows("withdraw_logs", frozenset({("user_id", 1)}))
    changes = {Access(Verb.CHANGE, ME), Access(Verb.CREATE, log)}
    index = unlock(Mode.SHARE, Rows("index logs_pkey"))
    assert commit.whole == changes | KEPT_NO_MORE | {unlock(Mode.NO_KEY_UPDATE), index, END}


def test_a_rollback_shows_nothing() -> None:
    *_, rollback = prints(("BEGIN", "T"), (UPDATE, "T"), ("ROLLBACK", "I"))
    assert rollback.whole == {unlock(Mode.NO_KEY_UPDATE), END} | KEPT_NO_MORE


def test_autocommit_does_all_at_once_but_not_while_it_waits() -> None:
    (update,) = prints((UPDATE, "I"))
    asking = {READ, lock(Mode.NO_KEY_UPDATE)} | KEPT
    assert update.whole == (
        asking | KEPT_NO_MORE | {Access(Verb.CHANGE, ME), unlock(Mode.NO_KEY_UPDATE), END}
    )
    assert update.asking == asking | {Access(Verb.WAIT)}


def test_a_failure_gives_the_locks_back_at_once() -> None:
    steps = (("BEGIN", "T"), (UPDATE, "T"), (INSERT, "E 23514"), ("ROLLBACK", "I"))
    _, _, failed, rollback = prints(*steps)
    assert unlock(Mode.NO_KEY_UPDATE) in failed.whole
    assert rollback.whole == {END}


def test_after_a_savepoint_nothing_is_sure() -> None:
    steps = [("BEGIN", "T"), ("SAVEPOINT a", "T"), (UPDATE, "T"), (INSERT, "E 23505")]
    steps += [("ROLLBACK TO SAVEPOINT a", "T"), (INSERT, "T"), ("COMMIT", "I")]
    *_, back, insert, commit = prints(*steps)
    assert unlock(Mode.NO_KEY_UPDATE) in back.whole
    assert lock(Mode.KEY_SHARE) in insert.whole
    assert {unlock(Mode.NO_KEY_UPDATE), unlock(Mode.KEY_SHARE)} <= commit.whole


def test_a_snapshot_is_taken_once() -> None:
    select = (SELECT, "T")
    steps = (("BEGIN ISOLATION LEVEL REPEATABLE READ", "T"), select, select, (UPDATE, "T"))
    _, first, second, update = prints(*steps)
    assert first.whole == {Access(Verb.SNAPSHOT)}
    assert second.whole == {ASK}
    assert update.whole == {lock(Mode.NO_KEY_UPDATE)} | KEPT
    _, show, first = prints(
        ("BEGIN", "T"), ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "T"), select
    )
    assert show.whole == set()
    assert first.whole == {Access(Verb.SNAPSHOT)}


def test_serializable() -> None:
    _, read, update, commit = prints(
        ("BEGIN ISOLATION LEVEL SERIALIZABLE", "T"),
        ('SELECT money FROM "user" WHERE id = 1', "T"),
        (UPDATE, "T"),
        ("COMMIT", "I"),
    )
    assert Access(Verb.SERIAL_READ, Rows("user")) in read.whole
    assert Access(Verb.SERIAL_WRITE, Rows("user")) in update.whole
    assert Access(Verb.SERIAL_END) in commit.whole


def test_advisory_locks() -> None:
    rows = Rows("advisory", frozenset({("1 of 1", 7)}))
    taken, ended = prints(("SELECT pg_advisory_xact_lock(7)", "T"), ("COMMIT", "I"))
    assert taken.whole == {lock(Mode.UPDATE, rows)}
    assert ended.whole == {unlock(Mode.UPDATE, rows), END}
    taken, given_back = prints(
        ("SELECT pg_advisory_lock(7)", "I"), ("SELECT pg_advisory_unlock(7)", "I")
    )
    assert taken.whole == {lock(Mode.UPDATE, rows), END}
    assert given_back.whole == {unlock(Mode.UPDATE, rows), END}
    (unknown,) = prints(("SELECT pg_advisory_xact_lock(hashtext('a'))", "T"))
    assert unknown.whole == {lock(Mode.UPDATE, Rows("advisory"))}


UNREAD = [
    "LOCK TABLE withdraw_logs",
    "TRUNCATE withdraw_logs",
    "SELECT pay_out(1)",
    "SELECT other.upper('a')",
    "SELECT * FROM view",
    "SELECT * FROM nowhere",
    'DELETE FROM "user" WHERE id = 1',
    'UPDATE "user" SET id = 2 WHERE id = 1',
    'WITH "user" AS (SELECT * FROM "user") SELECT money FROM "user"',
    'SELECT money FROM ("user" u LEFT JOIN withdraw_logs l ON l.user_id = u.id) WHERE u.id = 1',
    'INSERT INTO "user" (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET (id, money) = (1, 2)',
    'SELECT xmin FROM "user" WHERE id = 1',
    "this is no SQL",
]
FACTS = Facts(
    functions={"pay_out": (Function(1, 1, False),), "upper": (Function(1, 1, False),)},
    settings=frozenset({("default_transaction_isolation", "read committed")}),
)
LASTING = [
    "SET session_replication_role = replica",
    "SET ROLE other",
    "DISCARD ALL",
    "SELECT set_config('session_replication_role', 'replica', false)",
]


@pytest.mark.parametrize("sql", UNREAD)
def test_what_is_not_understood_conflicts_with_everything(sql: str) -> None:
    reader = Reader(SCHEMA, catalog(facts=FACTS))
    read, update, commit, later = prints(
        (sql, "T"), (UPDATE, "T"), ("COMMIT", "I"), ("SELECT 1", "I"), reader=reader
    )
    assert read.whole >= UNREADABLE
    assert (read.unreadable, read.watched, read.read) == (1, 0, 0)
    assert update.whole >= UNREADABLE, "it may hold any lock"
    assert commit.whole >= UNREADABLE, "what it did shows then"
    assert not later.whole & UNREADABLE, "that is over with its transaction"
    assert reading(run((sql, "T")), [read]).unreadable.total() == 1


@pytest.mark.parametrize("sql", LASTING)
def test_what_changes_a_session_is_never_over(sql: str) -> None:
    reader = Reader(SCHEMA, catalog("set_config"))
    *_, later = prints((sql, "T"), ("COMMIT", "I"), ("SELECT 1", "I"), reader=reader)
    assert later.whole >= UNREADABLE


def test_what_changes_the_tables_is_a_doubt() -> None:
    reader = Reader(SCHEMA, catalog())
    prints(('ALTER TABLE "user" ADD x integer', "I"), reader=reader)
    assert reader.doubts == {"a statement changes what the database is made of"}


SECOND = 'SELECT money FROM "user" WHERE id = 2'


@pytest.mark.parametrize(
    "sql",
    [
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SET default_transaction_isolation = 'serializable'",
    ],
)
def test_a_level_for_all_transactions_to_come(sql: str) -> None:
    settings = Parameters()
    settings.follow([Statement(sql)])
    steps = run(("BEGIN", "T"), (SECOND, "T")).steps
    told = tuple(replace(step, settings=settings.settings) for step in steps)
    _, read = Followed(Reader(SCHEMA, catalog())).footprints(Run((), told, ()))
    assert Access(Verb.SERIAL_READ) in read.whole


@pytest.mark.parametrize(
    "sql", ["SHOW transaction_isolation", "RELEASE SAVEPOINT a", "BEGIN", "RESET ALL"]
)
def test_nothing_is_touched(sql: str) -> None:
    assert whole(sql) == set()


def test_what_touches_nothing_is_told_apart_from_nothing() -> None:
    assert whole("SELECT 1") == {ASK}


TIMEOUTS = {
    "lock_timeout": ("ShareLock on transaction", "I"),
    "statement_timeout": ("ShareLock on transaction", "I"),
    "transaction_timeout": (None, "T"),
    "idle_in_transaction_session_timeout": (None, "T"),
    "idle_session_timeout": (None, "I"),
}


@pytest.mark.parametrize("name", TIMEOUTS)
def test_a_timeout_is_told_from_the_length_of_a_race_on(name: str) -> None:
    waited_for, status = TIMEOUTS[name]
    (step,) = run(("SELECT 1", status)).steps
    step = replace(step, waited_for=waited_for)
    for value, doubted, assumed in (
        ("999", True, False),
        ("0.9s", True, False),
        ("soon", True, False),
        ("1s", False, True),
        ("1000", False, True),
        ("1min", False, True),
        ("0", False, False),
        ("default", False, False),
    ):
        given = frozenset({(name, value)})
        for found in (timeouts(frozenset(), replace(step, settings=given)), timeouts(given, step)):
            assert tuple(map(bool, found)) == (doubted, assumed), value
        other = "T" if name == "idle_session_timeout" else "I"
        elsewhere = replace(step, waited_for=None, status=other)
        assert timeouts(given, elsewhere) == (frozenset(), frozenset()), "it could end nothing"


def test_a_transaction_takes_its_time_where_that_is_used() -> None:
    reader = Reader(SCHEMA, catalog("now"))
    steps = (
        *(("BEGIN", "T"), (SELECT, "T"), ("COMMIT", "I"), ("BEGIN", "T")),
        *(("SELECT now()", "T"), ("COMMIT; BEGIN", "T"), ("SELECT now()", "T"), ("COMMIT", "I")),
    )
    prints(*steps, reader=reader)
    found = prints(*steps, reader=reader)
    takes = [index for index, step in enumerate(found) if Access(Verb.CLOCK) in step.whole]
    assert takes == [3, 5], "the first transaction does not look at it"


def test_a_message_of_several_statements() -> None:
    (step,) = prints((f"BEGIN; {UPDATE}; COMMIT", "I"))
    assert lock(Mode.NO_KEY_UPDATE) in step.whole
    assert unlock(Mode.NO_KEY_UPDATE) in step.asking, "it may have committed before it waits"


def test_a_comment_does_not_hide_a_level() -> None:
    begin, _, second = prints(
        ("BEGIN ISOLATION LEVEL REPEATABLE READ /* app */", "T"), (SELECT, "T"), (SELECT, "T")
    )
    assert begin.unreadable == 0
    assert READ not in second.whole


def test_a_text_that_the_column_would_cut_tells_no_rows_apart() -> None:
    table = Table("short", {"code": "text(3)"}, (Unique("short_code_key", ("code",)),))
    (step,) = prints(
        ("INSERT INTO short (code) VALUES ('abc ')", "T"), reader=Reader(Schema([table]), catalog())
    )
    assert lock(Mode.UPDATE, Rows("index short_code_key")) in step.whole
