"""Connections that are closed while they hold something; what comes before the close is seen."""

from collections.abc import Sequence

import pytest

from oracle.compared import AGREE, INCONCLUSIVE, Both
from oracle.facts.made import ENOUGH, TAKE, TAKE_CHECKED, made
from oracle.walker import Walker
from racewalk.schedule.observer import Observer
from racewalk.server.embedded import EmbeddedServer
from racewalk.words import Verdict
from support.labs import Database

TRY, UNLOCK = "SELECT pg_try_advisory_lock(7)", "SELECT pg_advisory_unlock(7)"
HOLDS: dict[str, Sequence[Sequence[str]]] = {
    "an advisory lock": [[TRY]],
    "two, of which one is given back": [[TRY, TRY, UNLOCK]],
    "one that a query takes": [["SELECT pg_try_advisory_lock(id), n FROM item"]],
    "one whose answer is turned round": [["SELECT NOT pg_try_advisory_lock(7)"]],
    "one after all were given back": [[TRY, "SELECT pg_advisory_unlock_all()", TRY]],
    "a row, in an open transaction": [
        ["BEGIN", "SELECT n FROM item WHERE id = 1 FOR UPDATE SKIP LOCKED"]
    ],
    "a change that is rolled back": [
        ["BEGIN", TAKE],
        ["? SELECT n FROM item WHERE id = 1 FOR UPDATE NOWAIT"],
    ],
}
ORDINARY: dict[str, Sequence[Sequence[str]]] = {
    "nothing": [[ENOUGH, f"if: {TAKE}"]],
    "a lock that was given back": [[TRY, f"if: {TAKE_CHECKED}", f"if: {UNLOCK}"]],
    "all locks given back": [[TRY, TRY, "SELECT pg_advisory_unlock_all()"]],
    "a lock that was refused": [[TRY, f"if: {TAKE_CHECKED}", f"if: {UNLOCK}", ENOUGH]],
    "a session that was discarded": [[TRY, "DISCARD ALL"]],
    "a transaction that was ended": [["BEGIN", TAKE_CHECKED, "COMMIT"]],
    "a lock that nobody else asks for": [["SELECT pg_advisory_lock(1)"], [TAKE_CHECKED]],
    "an open transaction that has read": [["BEGIN", ENOUGH], [TAKE]],
}


def _compared(
    server: EmbeddedServer, database: Database, observer: Observer, *requests: Sequence[str]
) -> tuple[str, str, Verdict]:
    conninfo = server.create("closed")
    walker = Walker(server.url("closed"), conninfo)
    try:
        found = Both(walker, database, observer).compare(made(*requests, closes=True))
    finally:
        walker.close()
    return found.said, found.why, found.explored.certificate.verdict


@pytest.mark.parametrize("name", HOLDS)
def test_a_close_that_others_may_precede_is_a_doubt(
    server: EmbeddedServer, database: Database, observer: Observer, name: str
) -> None:
    said, why, _ = _compared(server, database, observer, *HOLDS[name])
    assert said == INCONCLUSIVE
    assert "is closed while it holds locks" in why


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_close_is_no_doubt(
    server: EmbeddedServer, database: Database, observer: Observer, name: str
) -> None:
    said, why, verdict = _compared(server, database, observer, *ORDINARY[name])
    assert said == AGREE, why
    assert verdict in (Verdict.SAFE, Verdict.UNSAFE)
