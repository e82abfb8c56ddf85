"""A statement's text with its changes differs in these alone."""

import pytest

from racewalk.rewrite.changes import Change, Kind, Place
from racewalk.rewrite.control import Control, at_level, controls
from racewalk.rewrite.envelope import Envelope
from racewalk.rewrite.patches import patched
from racewalk.rewrite.texts import locks, shape, statements

VOID = "''::void"
SETS_SERIALIZABLE = "SET LOCAL transaction_isolation TO 'serializable'"


def without(statement: str, part: int = 0) -> str:
    """The statement without one of its locks."""
    place = Place(shape(statement), part=part)
    return patched(statement, (Change(Kind.TAKE_AWAY, "", place),))


def locking(statement: str, mode: str = "FOR UPDATE", of: str = "") -> str:
    """The statement with a lock put in."""
    return patched(statement, (Change(Kind.LOCK, mode, Place(shape(statement), of=of)),))


@pytest.mark.parametrize(
    ("statement", "left"),
    [
        ("SELECT n FROM t FOR UPDATE", "SELECT n FROM t "),
        ("select n\nfrom t\nfor  no key\tupdate", "select n\nfrom t\n"),
        ("SELECT 'FOR UPDATE' FROM t FOR SHARE", "SELECT 'FOR UPDATE' FROM t "),
        ('SELECT "FOR UPDATE" FROM t FOR KEY SHARE', 'SELECT "FOR UPDATE" FROM t '),
        ("SELECT $$FOR UPDATE$$ FROM t FOR UPDATE", "SELECT $$FOR UPDATE$$ FROM t "),
        ("SELECT n -- FOR UPDATE\nFROM t FOR UPDATE", "SELECT n -- FOR UPDATE\nFROM t "),
        ('SELECT n FROM t FOR UPDATE OF t, "U v" SKIP LOCKED', "SELECT n FROM t "),
        ("SELECT n FROM t FOR UPDATE OF grÃ¶\u00c3\u009fe", "SELECT n FROM t "),
        ("SELECT n FROM t FOR UPDATE NOWAIT /* x */", "SELECT n FROM t  /* x */"),
        ("SELECT n FROM t FOR UPDATE LIMIT 1", "SELECT n FROM t  LIMIT 1"),
        (
            "WITH c AS (SELECT 1 FROM t FOR UPDATE) SELECT 2",
            "WITH c AS (SELECT 1 FROM t ) SELECT 2",
        ),
        (
            "DECLARE c CURSOR FOR SELECT 1 FROM t FOR UPDATE",
            "DECLARE c CURSOR FOR SELECT 1 FROM t ",
        ),
        ("LOCK TABLE t IN SHARE ROW EXCLUSIVE MODE", "LOCK TABLE t IN ACCESS SHARE MODE"),
        ("LOCK t NOWAIT", "LOCK t IN ACCESS SHARE MODE NOWAIT"),
        ("LOCK TABLE t", "LOCK TABLE t IN ACCESS SHARE MODE"),
        (
            "SELECT pg_advisory_xact_lock(7)",
            (
                f"SELECT (SELECT CASE WHEN (7)::bigint IS NOT NULL THEN {VOID} END "
                "AS pg_advisory_xact_lock)"
            ),
        ),
        (
            "SELECT pg_catalog.pg_try_advisory_lock( $1, hashtext('a,b') ), 2",
            (
                "SELECT (SELECT CASE WHEN ($1)::integer IS NOT NULL AND (hashtext('a,b'))::integer "
                "IS NOT NULL THEN true END AS pg_try_advisory_lock), 2"
            ),
        ),
    ],
)
def test_a_lock_is_taken_away_and_nothing_else(statement: str, left: str) -> None:
    assert without(statement) == left


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT substring(name FROM 1 FOR 3) FROM t",
        "CREATE POLICY p ON t FOR UPDATE USING (true)",
        "SELECT pg_advisory_unlock(7)",
        "SELECT 'pg_advisory_lock(1)'",
        "LOCK TABLE t IN ACCESS SHARE MODE",
        "UPDATE t SET n = 1",
    ],
)
def test_what_is_no_lock_stays(statement: str) -> None:
    assert not locks(statement)
    assert without(statement) == statement


def test_each_lock_of_a_statement_is_one_by_itself() -> None:
    both = "SELECT pg_advisory_lock(1) FROM (SELECT 1 FROM t FOR SHARE) s"
    assert [lock.text for lock in locks(both)] == ["pg_advisory_lock", "FOR SHARE"]
    assert without(both, 1) == "SELECT pg_advisory_lock(1) FROM (SELECT 1 FROM t ) s"


@pytest.mark.parametrize(
    ("statement", "locked"),
    [
        ("SELECT n FROM t", "SELECT n FROM t FOR UPDATE"),
        ("SELECT n FROM t LIMIT 1 -- first", "SELECT n FROM t LIMIT 1 FOR UPDATE -- first"),
        ("SELECT n FROM t FOR KEY SHARE", "SELECT n FROM t FOR UPDATE"),
        ("SELECT n FROM t FOR SHARE LIMIT 1", "SELECT n FROM t FOR UPDATE LIMIT 1"),
        (
            "SELECT n FROM t FOR SHARE OF u LIMIT 1",
            "SELECT n FROM t FOR SHARE OF u FOR UPDATE LIMIT 1",
        ),
        (
            "SELECT n FROM (SELECT n FROM t FOR SHARE) s",
            "SELECT n FROM (SELECT n FROM t FOR SHARE) s FOR UPDATE",
        ),
    ],
)
def test_a_lock_is_put_in(statement: str, locked: str) -> None:
    assert locking(statement) == locked


def test_a_lock_names_its_table_where_there_are_several() -> None:
    joined = "SELECT * FROM a x LEFT JOIN b ON b.id = x.b"
    assert locking(joined, "FOR NO KEY UPDATE", "x").endswith("FOR NO KEY UPDATE OF x")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT n FROM t WHERE id = 1", "SELECT  n FROM t WHERE id = 22"),
        ("SELECT n FROM t WHERE a = 'x'", "SELECT n FROM t WHERE a = 'y''z' /* t:1 */"),
        ("SELECT 1 FROM t WHERE id IN (1, 2)", "SELECT 1 FROM t WHERE id IN ($1, $2, $3)"),
        ("SELECT E'a\\'b' FROM t", "SELECT $q$c$q$ FROM t"),
        ('DECLARE "c_1" CURSOR FOR SELECT 1', 'DECLARE "c_2" CURSOR FOR SELECT 1'),
        ('FETCH FORWARD 9 FROM "c_1"', 'FETCH FORWARD 9 FROM "c_2"'),
    ],
)
def test_statements_of_one_line_of_code_have_one_shape(one: str, other: str) -> None:
    assert shape(one) == shape(other)


def test_statements_of_other_tables_and_columns_have_other_shapes() -> None:
    said = ["SELECT a1 FROM t", "SELECT a2 FROM t", 'SELECT "a1 " FROM t', "SELECT a1 FROM t2"]
    assert len({shape(each) for each in said}) == len(said)


def test_a_text_is_cut_where_its_statements_end() -> None:
    text = " BEGIN; /* ; */ SELECT ';' FROM t; ;COMMIT ; -- end"
    assert [text[a:b] for a, b in statements(text)] == ["BEGIN", "SELECT ';' FROM t", "COMMIT"]


@pytest.mark.parametrize(
    ("statement", "levelled"),
    [
        ("BEGIN", "BEGIN ISOLATION LEVEL SERIALIZABLE"),
        ("begin work", "begin work ISOLATION LEVEL SERIALIZABLE"),
        ("BEGIN READ ONLY", "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY"),
        ("START TRANSACTION", "START TRANSACTION ISOLATION LEVEL SERIALIZABLE"),
        (
            "BEGIN ISOLATION LEVEL REPEATABLE  READ READ ONLY",
            "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY",
        ),
        (
            "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        ),
        ("SET LOCAL transaction_isolation TO 'read committed'", SETS_SERIALIZABLE),
        ("SET LOCAL transaction_isolation TO serializable", SETS_SERIALIZABLE),
        ("SET default_transaction_isolation = 'serializable'",) * 2,
        ("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED",) * 2,
        ("COMMIT", "COMMIT"),
        ("SELECT 'BEGIN'", "SELECT 'BEGIN'"),
    ],
)
def test_a_transaction_begins_at_another_level(statement: str, levelled: str) -> None:
    assert at_level(statement, "SERIALIZABLE") == levelled


@pytest.mark.parametrize(
    ("statement", "control", "is_plain"),
    [
        ("BEGIN", Control.BEGIN, True),
        ("BEGIN READ WRITE, ISOLATION LEVEL READ COMMITTED", Control.BEGIN, True),
        ("BEGIN ISOLATION LEVEL SERIALIZABLE", Control.BEGIN, False),
        ("END TRANSACTION", Control.COMMIT, True),
        ("COMMIT AND CHAIN", Control.COMMIT, False),
        ("ROLLBACK AND NO CHAIN", Control.ROLLBACK, True),
        ("ABORT", Control.ROLLBACK, True),
        ("ROLLBACK TO SAVEPOINT a", Control.NONE, True),
        ("PREPARE TRANSACTION 'a'", Control.OTHER, False),
        ("ROLLBACK PREPARED 'a'", Control.OTHER, False),
        ("SELECT 1", Control.NONE, True),
    ],
)
def test_what_begins_and_ends_a_transaction(
    statement: str, control: Control, is_plain: bool
) -> None:
    found = controls(statement)
    assert (found.control, found.plain) == (control, is_plain)


def said(envelope: Envelope, *statements: str) -> list[str]:
    """What is said in place of statements, each of them done well before the next one."""
    found = []
    for statement in statements:
        found += envelope.planned([statement], ahead=False)
        envelope.tagged("DONE")
        envelope.ready("T")
    return found


def test_inner_transactions_become_numbered_savepoints() -> None:
    envelope = Envelope()
    assert envelope.opening() == "BEGIN"
    assert envelope.opening() is None
    assert said(envelope, "BEGIN", "UPDATE t SET n = 1", "COMMIT", "BEGIN", "ROLLBACK") == [
        "SAVEPOINT racewalk_1",
        "UPDATE t SET n = 1",
        "RELEASE SAVEPOINT racewalk_1",
        "SAVEPOINT racewalk_2",
        "ROLLBACK TO SAVEPOINT racewalk_2",
    ]
    assert envelope.closing(failed=False) == "COMMIT"
    assert envelope.closing(failed=True) == "ROLLBACK"
    envelope.ready("I")
    assert envelope.closing(failed=False) is None


def test_a_commit_of_what_failed_is_a_rollback_and_is_told_as_one() -> None:
    envelope = Envelope()
    envelope.opening()
    said(envelope, "BEGIN")
    envelope.failed()
    envelope.ready("E")
    assert envelope.seen("E") == "E"
    assert envelope.planned(["COMMIT"], ahead=False) == ["ROLLBACK TO SAVEPOINT racewalk_1"]
    assert envelope.tagged("ROLLBACK") == "ROLLBACK"
    envelope.ready("T")
    assert envelope.seen("T") == "I"


def test_what_is_parsed_ahead_is_what_is_executed_then() -> None:
    envelope = Envelope()
    envelope.opening()
    ahead = envelope.planned(["BEGIN"], ahead=True)
    assert ahead == envelope.planned(["BEGIN"], ahead=False)
    assert envelope.tagged("SAVEPOINT") == "BEGIN"
    assert envelope.seen("T") == "T"
