"""Both stacks without a database: 503 at once, and what went wrong stands in their logs."""

import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from attack.stacks import gunicorn, health, ports
from attack.stacks.gunicorn import Server
from attack.stacks.where import Kind
from shared_db import rules
from shared_db.outages import RETRY_AFTER_S
from tests.conftest import STACKS
from tests.contract.browser import Browser
from tests.stacks.conftest import free_port

LAB_ID = "0123456789abcdef"
WORKERS = 3  # the logs of the lab's own instances have other names
AT_ONCE_S = 0.5


KINDS = [*(Kind(stack, WORKERS) for stack in STACKS), Kind("django", 1, atomic_requests=True)]


@pytest.fixture(scope="module", params=KINDS, ids=str)
def orphan(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Return a stack that was started on a database that is not there, its workers warm."""
    nowhere = f"postgresql://overdraft:secret@127.0.0.1:{free_port()}/overdraft"
    with closing(ports.listen(request.param.stack, 0, "{}")) as listener:
        server = gunicorn.start(request.param, listener, nowhere, LAB_ID)
        try:
            for _ in range(3 * WORKERS):
                browser(server).get("/healthz")
            yield server
        finally:
            server.process.terminate()
            server.stop()


def browser(server: Server) -> Browser:
    return Browser(server.instance.url)


def test_the_health_check_says_so_at_once(orphan: Server) -> None:
    for _ in range(5):
        asked = time.monotonic()
        page = browser(orphan).get("/healthz")
        assert time.monotonic() - asked < AT_ONCE_S
        assert (page.status, page.response.text) == (503, rules.NO_DATABASE)
    assert not health.is_healthy(orphan.instance.url, LAB_ID)


def test_another_lab_is_told_by_its_answer(orphan: Server) -> None:
    with pytest.raises(health.ForeignAnswerError, match="was answered by another lab"):
        health.is_healthy(orphan.instance.url, "fedcba9876543210")


def test_a_page_says_so_and_the_log_says_why(orphan: Server) -> None:
    before = orphan.log.read_text().count("Traceback")
    # With ATOMIC_REQUESTS the form cannot be had either: each page begins with a transaction.
    atomic = orphan.instance.atomic_requests
    page = browser(orphan).get("/login") if atomic else browser(orphan).log_in("alice", "alice")
    assert (page.status, page.text("h1")) == (503, "503 Service Unavailable")
    assert rules.OUTAGE in page.main
    assert page.response.headers["Retry-After"] == str(RETRY_AFTER_S)
    text = orphan.log.read_text()
    assert text.count("Traceback") > before
    assert "OperationalError" in text
    assert "/login" in text
    assert "secret" not in text
