"""What the application's own code does beside what it does to tables: no plan tells of that.

As in `test_corners`: brute force runs every schedule, and the reduced search has to find the same.
"""

from collections.abc import Callable, Sequence

import pytest

from racewalk.search.certificate import Certificate
from support.trials import Said, World

TABLES = """
CREATE TABLE stamped (who text PRIMARY KEY, at timestamptz);
CREATE SEQUENCE drawn
"""
RESTORE = "TRUNCATE stamped; SELECT setval('drawn', 1, false)"
ROWS = ("SELECT who, rank() OVER (ORDER BY at) FROM stamped ORDER BY who",)
LATER = """
CREATE TABLE later (x integer);
CREATE FUNCTION fires() RETURNS trigger LANGUAGE plpgsql AS $${}; RETURN NULL; END$$;
CREATE CONSTRAINT TRIGGER fires AFTER INSERT ON later DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION fires()
"""
COMPUTED = {
    "a draw": ("BEGIN PERFORM nextval('trial.drawn')", "SELECT nextval('drawn')"),
    "a draw without a plan": (
        "DECLARE x bigint; BEGIN x := nextval('trial.drawn')",
        "SELECT nextval('drawn')",
    ),
    "a large object": (
        "DECLARE x bigint; BEGIN x := lowrite(lo_open(77, 131072), 'zz')",
        "SELECT lo_get(77)",
    ),
}


@pytest.mark.parametrize("name", COMPUTED)
@pytest.mark.parametrize("end", [("COMMIT",), ("SET CONSTRAINTS ALL IMMEDIATE", "COMMIT")])
def test_what_a_trigger_computes_that_was_put_off(
    check_in: Callable[..., Certificate], name: str, end: Sequence[Said]
) -> None:
    body, look = COMPUTED[name]
    kept = "SELECT lo_unlink(oid) FROM pg_largeobject_metadata; SELECT lo_from_bytea(77, 'ab')"
    world = World(f"{TABLES}; {LATER.format(body)}", f"{RESTORE}; TRUNCATE later; {kept}", ROWS)
    certificate = check_in(world, ("BEGIN", "INSERT INTO later VALUES (1)", *end), (look,))
    assert len(certificate.outcomes) > 1


STAMPING = """
CREATE FUNCTION began() RETURNS timestamptz LANGUAGE sql {} AS 'SELECT now()';
CREATE TABLE noted (who text, at timestamptz);
CREATE FUNCTION notes() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN NEW.at := now(); RETURN NEW; END$$;
CREATE TRIGGER notes BEFORE INSERT ON noted FOR EACH ROW EXECUTE FUNCTION notes()
"""

NOTES = ["noted (who) VALUES ('{}')", "stamped VALUES ('{}', trial.began())"]


@pytest.mark.parametrize("kind", ["STABLE", "IMMUTABLE"])
@pytest.mark.parametrize(
    "note", ["noted (who) VALUES ('{}')", "stamped VALUES ('{}', trial.began())"]
)
def test_the_time_at_which_it_began_in_the_applications_own_code(
    check_in: Callable[..., Certificate], kind: str, note: str
) -> None:
    rows = (*ROWS, "SELECT who, rank() OVER (ORDER BY at) FROM noted ORDER BY who")
    world = World(f"{TABLES}; {STAMPING.format(kind)}", f"{RESTORE}; TRUNCATE noted", rows)
    programs = (("BEGIN", f"INSERT INTO {note.format(who)}", "COMMIT") for who in ("a", "b"))
    assert len(check_in(world, *programs).outcomes) > 1
