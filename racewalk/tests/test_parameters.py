"""What a connection's parameters were set to."""

import pytest

from racewalk.wire.parameters import DEFAULT, EVERY, UNKNOWN, Parameters
from racewalk.wire.statements import Statement, Value


@pytest.mark.parametrize(
    ("sql", "params", "found"),
    [
        ("SET lock_timeout = '5s'", (), {("lock_timeout", "5s")}),
        ("set session statement_timeout to 100", (), {("statement_timeout", "100")}),
        ("SET LOCAL TIME ZONE 'UTC'", (), {("timezone", "UTC"), ("timezone", DEFAULT)}),
        ("BEGIN; SET search_path = a, b; COMMIT", (), {("search_path", "a, b")}),
        ("SELECT set_config('TimeZone', $1, false)", ("UTC",), {("timezone", "UTC")}),
        ("SELECT set_config('a', $1, $2)", ("1", "off"), {("a", "1")}),
        ("SELECT set_config($1, $2, true)", ("x.y", None), {("x.y", "None"), ("x.y", DEFAULT)}),
        ("SELECT set_config('a', '1'::text, true)", (), {("a", "1"), ("a", DEFAULT)}),
        ("SELECT set_config('a', lower('B'), false)", (), {("a", UNKNOWN), ("a", DEFAULT)}),
        ("DO 'BEGIN SET a = 1; END'", (), {("a", "1")}),
        ("/* app */ SET a = 1", (), {("a", "1")}),
        ("DISCARD ALL", (), {(EVERY, DEFAULT)}),
        ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", (), set()),
        ("UPDATE t SET a = 1", (), set()),
    ],
)
def test_statements(sql: str, params: tuple[Value, ...], found: set[tuple[str, str]]) -> None:
    parameters = Parameters()
    parameters.follow([Statement(sql, params)])
    assert parameters.settings == found


def test_a_start_up() -> None:
    parameters = Parameters()
    options = r"-c search_path=a,\ b --lock-timeout=5s -cjit=off"
    parameters.begin({"user": "u", "database": "d", "TimeZone": "UTC", "options": options})
    assert parameters.settings == {
        ("timezone", "UTC"),
        ("search_path", "a, b"),
        ("lock_timeout", "5s"),
        ("jit", "off"),
    }


def test_every_value_is_kept() -> None:
    parameters = Parameters()
    parameters.follow([Statement("SET a = 1"), Statement("RESET a"), Statement("SET a = 2")])
    assert parameters.settings == {("a", "1"), ("a", DEFAULT), ("a", "2")}


@pytest.mark.parametrize(("status", "undone", "begins"), [("I", False, False), ("I", True, True)])
def test_what_is_rolled_back_may_be_as_it_began(status: str, undone: bool, begins: bool) -> None:
    parameters = Parameters()
    parameters.follow([Statement("SET a = 1")])
    parameters.ready("T", False)
    parameters.ready(status, undone)
    assert (("a", DEFAULT) in parameters.settings) == begins


def test_a_later_failure_gives_nothing_back() -> None:
    parameters = Parameters()
    parameters.follow([Statement("SET a = 1")])
    parameters.ready("I", False)
    parameters.ready("I", True)
    assert parameters.settings == {("a", "1")}


RESET = "SELECT pg_advisory_unlock_all();\nCLOSE ALL;\nUNLISTEN *;\nRESET ALL;"
"""How asyncpg's pool ends a use of a connection."""


def test_what_a_pool_gives_back_is_as_the_connection_began() -> None:
    parameters = Parameters()
    parameters.begin({"user": "u", "search_path": "shop"})
    parameters.follow([Statement("SET lock_timeout = '5ms'")])
    parameters.ready("I", False)
    parameters.follow([Statement(RESET)])
    parameters.ready("I", False)
    # The statement that gives all back has begun with what it gives back.
    assert ("lock_timeout", "5ms") in parameters.settings
    parameters.follow([Statement("SET a = 1")])
    assert parameters.settings == {("search_path", "shop"), ("a", "1")}


@pytest.mark.parametrize(
    ("before", "reset", "undone"),
    [
        ("I", f"{RESET} SET b = 2", False),
        ("I", "RESET ALL; SELECT set_config('b', '2', false)", False),
        ("I", RESET, True),
        ("T", RESET, False),
        ("I", "SELECT give_back(); RESET ALL", False),
        ("I", "RESET a", False),
    ],
)
def test_what_may_be_in_force_still_is_kept(before: str, reset: str, undone: bool) -> None:
    parameters = Parameters()
    parameters.follow([Statement("SET a = 1")])
    parameters.ready(before, False)
    parameters.follow([Statement(reset)])
    parameters.ready("I", undone)
    parameters.follow([Statement("SELECT 1")])
    assert ("a", "1") in parameters.settings


def test_what_is_set_in_the_same_pipeline_is_in_force_still() -> None:
    parameters = Parameters()
    parameters.follow([Statement("RESET ALL")])
    parameters.follow([Statement("SET a = 1")])
    parameters.ready("I", False)
    parameters.follow([Statement("SELECT 1")])
    assert ("a", "1") in parameters.settings
