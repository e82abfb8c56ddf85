"""asyncpg's pool under FastAPI: what it sends for itself, before the answer and after it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from racewalk.server.embedded import EmbeddedServer
from support.scenarios import Ran, racewalk, shop

ASGI = 'asgi = "apps.pools:app"'
RACE = """
[[race]]
name = "{path}"
requests = [{{ post = "{path}" }}, {{ post = "{other}" }}]
before = "INSERT INTO stock VALUES (8, 1)"
"""
Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, server: EmbeddedServer) -> Run:
    """Race two requests to the shop of a kind, or the two races of every shop."""

    def raced(kind: str, path: str = "", other: str = "", more: str = "") -> Ran:
        text = shop(server.url(), kind, ASGI)
        if path:
            head = text.partition("[[race]]")[0]
            text = head + RACE.format(path=path, other=other or path) + more
        file = tmp_path / "racewalk.toml"
        file.write_text(text)
        return racewalk("run", file, "--lanes", "1", "--json", "-")

    return raced


def test_what_is_sent_after_the_answer_belongs_to_the_request(run: Run) -> None:
    ran = run("lingering")
    assert ran.code == 0, ran.err
    broken, repaired = ran.races["sold once"], ran.races["sold once, locked"]
    assert (broken["verdict"], repaired["verdict"]) == ("unsafe", "safe")
    last = {step["request"]: step["sql"] for step in broken["counterexample"]["steps"]}
    assert set(last) == {0, 1}
    assert all("RESET ALL" in sql for sql in last.values())


@pytest.mark.acceptance
@pytest.mark.parametrize("path", ["/buy-later", "/buy-elsewhere"])
def test_so_does_a_task_in_the_background(run: Run, path: str) -> None:
    ran = run("within", path)
    found = ran.races[path]
    assert (ran.code, found["verdict"]) == (1, "unsafe"), ran.err
    said = [step["sql"] for step in found["counterexample"]["steps"]]
    assert sum("UPDATE stock" in sql for sql in said) == 2


@pytest.mark.acceptance
def test_so_does_one_that_a_refusal_alone_begins(run: Run) -> None:
    ran = run("within", "/buy-or-wait")
    found = ran.races["/buy-or-wait"]
    assert (ran.code, found["verdict"], found["schedules"]) == (0, "safe", 10), ran.err


@pytest.mark.acceptance
def test_where_nobody_knows_whether_more_comes_there_is_one_reason(run: Run) -> None:
    ran = run("restless", "/buy")
    found = ran.races["/buy"]
    assert (ran.code, found["verdict"]) == (3, "inconclusive"), ran.err
    assert found["reason"].startswith("request A sends statements after its answer, and")
    assert "give the connection back before the answer" in found["reason"]


@pytest.mark.acceptance
@pytest.mark.parametrize("kind", ["within", "lingering"])
def test_the_reset_and_a_value_in_bytes_are_read(run: Run, kind: str) -> None:
    ran = run(kind, "/buy-priced")
    found = ran.races["/buy-priced"]
    assert (found["verdict"], found["classes"]) == ("unsafe", 6), ran.err
    assert "not understood" not in ran.err


@pytest.mark.acceptance
def test_a_server_that_closes_after_a_fault_loses_no_request(run: Run) -> None:
    ran = run("within", "/buy-serial")
    found = ran.races["/buy-serial"]
    assert (ran.code, found["verdict"]) == (0, "safe"), ran.err
    assert found["errors"]["40001"] == found["errors"]["500"] > 0
    assert "a request failed (40001 serialization failure, 500)" in found["reason"]


def test_a_deadlock_that_ends_as_a_fault_is_told(run: Run) -> None:
    ran = run("within", "/move/7/8", "/move/8/7")
    found = ran.races["/move/7/8"]
    assert (ran.code, found["verdict"]) == (0, "safe"), ran.err
    many = found["errors"]["40P01"]
    assert 0 < many < found["schedules"]
    told = f"in {many} of them a request failed (40P01 deadlock detected, 500)"
    assert found["reason"] == told
    assert " ".join(ran.err.split()).count(told) == 2  # beside the race, and in the certificate


@pytest.mark.acceptance
def test_what_could_not_be_read_is_named(run: Run) -> None:
    ran = run("within", "/buy-opaque", more='expected = "unsafe"\n')
    assert ran.races["/buy-opaque"]["verdict"] == "unsafe", ran.err
    assert "not understood, so taken to touch everything" in ran.err
    assert "pg_notify" in ran.err
