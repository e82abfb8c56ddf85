"""Both stacks when their database crashes, is back, or has no connection left: never a 500."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

import httpx
import psutil
import psycopg
import pytest

from attack.stacks import gunicorn, health, ports
from attack.stacks.where import Kind
from shared_db import embedded, rules, schema
from shared_db.embedded import EmbeddedServer
from shared_db.outages import RETRY_AFTER_S
from shared_db.server import connect
from tests.conftest import STACKS
from tests.contract.browser import Browser, Page

LAB_ID = "0123456789abcdef"
WORKERS = 1  # so that all requests share one pool
PATIENT = {"LOCK_TIMEOUT_MS": "0", "STATEMENT_TIMEOUT_MS": "0"}
WAITING = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
AT_ONCE = 16
PATHS = ("/", "/withdraw3", "/nothing")  # the page of an error shows who is logged in as well
WITHIN_S = 30.0


@dataclass(frozen=True)
class Served:
    """A stack on a database server of its own, and somebody who is logged in to it."""

    url: str
    server: EmbeddedServer
    cookies: httpx.Cookies

    def open(self, path: str = "/") -> Page:
        """Open a page as that user."""
        return Browser(self.url, self.cookies).get(path)

    def crash(self) -> None:
        """Kill a process of the server, as a fault does: it ends all sessions and recovers."""
        with connect(self.server.url()) as connection:
            psutil.Process(connection.info.backend_pid).kill()

    def is_back(self) -> bool:
        """Tell whether the server takes connections."""
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.server.url()).close()
            return True
        return False


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    """Return a server that may crash, with the lab's schema in it."""
    started = embedded.start("postgres-crash")
    try:
        with connect(started.url()) as connection:
            schema.load(connection, replace=True)
        yield started
    finally:
        started.stop()


@contextmanager
def served(stack: str, server: EmbeddedServer, variables: Mapping[str, str]) -> Iterator[Served]:
    """Yield a stack on a server, started with these variables."""
    with pytest.MonkeyPatch.context() as patch, closing(ports.listen(stack, 0, "{}")) as listener:
        for name, value in variables.items():
            patch.setenv(name, value)
        started = gunicorn.start(Kind(stack, WORKERS), listener, server.url(), LAB_ID)
        try:
            url = started.instance.url
            deadline = time.monotonic() + WITHIN_S
            while not health.is_healthy(url, LAB_ID):
                assert time.monotonic() < deadline, started.log.read_text()
                time.sleep(0.05)
            first = Browser(url)
            assert first.log_in("alice", "alice").status == 302
            yield Served(url, server, first.cookies)
        finally:
            started.process.terminate()
            started.stop()


def is_outage(page: Page) -> bool:
    """Tell whether an answer is the page of an outage, whole."""
    told = page.status == 503 and rules.OUTAGE in page.main
    return told and page.response.headers["Retry-After"] == str(RETRY_AFTER_S)


@contextmanager
def everybody_waits(lab: Served, count: int) -> Iterator[list[Future[Page]]]:
    """Have so many requests wait for a lock, each with a connection, until the block is left."""
    browser = Browser(lab.url, lab.cookies)
    forms = [browser.get("/withdraw3") for _ in range(count)]
    with psycopg.connect(lab.server.url()) as holder, ThreadPoolExecutor(count) as threads:
        holder.execute("""SELECT FROM "user" WHERE username = 'alice' FOR UPDATE""")
        sent = [threads.submit(browser.submit, form, {"amount": "1"}) for form in forms]
        deadline = time.monotonic() + WITHIN_S
        with connect(lab.server.url()) as connection:
            while connection.execute(WAITING).fetchone() != (count,):
                assert time.monotonic() < deadline, "they do not wait"
                time.sleep(0.02)
        yield sent
        holder.rollback()


@pytest.mark.parametrize("stack", STACKS)
def test_a_crash_is_told_by_503_and_gone_when_the_server_is_back(
    stack: str, server: EmbeddedServer
) -> None:
    with served(stack, server, PATIENT) as lab:
        for opens_meanwhile in (AT_ONCE, 0):
            with everybody_waits(lab, AT_ONCE // 2) as sent:
                pass
            assert all(each.result().status in (200, 302) for each in sent)
            lab.crash()
            during = [lab.open() for _ in range(opens_meanwhile)]
            assert all(page.status == 200 or is_outage(page) for page in during), during
            deadline = time.monotonic() + WITHIN_S
            while not lab.is_back():
                assert time.monotonic() < deadline, "it does not recover"
                time.sleep(0.05)
            # Alone: of many at once each would find one of the pool's dead connections out.
            assert lab.open().status == 200
            assert Browser(lab.url).log_in("bob", "bob").status == 302


@pytest.mark.parametrize("stack", STACKS)
def test_whoever_gets_no_connection_in_time_is_told_when_to_try_again(
    stack: str, server: EmbeddedServer
) -> None:
    with served(stack, server, PATIENT | {"POOL_SIZE": "1"}) as lab:
        with everybody_waits(lab, 1) as sent, ThreadPoolExecutor(len(PATHS)) as threads:
            refused = list(threads.map(lab.open, PATHS))
        assert [page.main for page in refused if not is_outage(page)] == []
        assert sent[0].result().status in (200, 302)
        assert lab.open().status == 200
