"""Both applications, explored over HTTP through the proxy."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from attack.explore import lanes, schedule_file
from racewalk import Budget, Outcome, Run, Schedule
from racewalk.targets.http import HttpConnection
from racewalk.targets.login import Browser
from racewalk.targets.web import WebTarget
from shared_db.embedded import EmbeddedServer
from support.oracle import brute_force
from tests.explore.explorations import cell
from tests.explore.lane import Lane

HAS_PROC = Path("/proc/self/task").exists()


@pytest.fixture(scope="module")
def lane(server: EmbeddedServer) -> Iterator[Lane]:
    """Keep a lane, and with it the applications that its cells start."""
    lane = Lane(lanes.setting(server, 0))
    yield lane
    lane.close()


@pytest.fixture
def fresh_lane(server: EmbeddedServer) -> Iterator[Lane]:
    """Start a lane for one test, which may spoil its applications."""
    lane = Lane(lanes.setting(server, 1))
    yield lane
    lane.close()


@pytest.mark.parametrize(("stack", "counts"), [("flask", (92, 80)), ("django", (18, 12))])
def test_no_lock(lane: Lane, tmp_path: Path, stack: str, counts: tuple[int, int]) -> None:
    where = cell("no_lock", stack)
    lab = lane.runner(where)
    certificate = brute_force(lab)
    assert (certificate.schedules, certificate.unsafe) == counts
    assert (certificate.verdict, certificate.exhausted) == ("unsafe", True)
    assert certificate.noise["ping"] == 2 * certificate.schedules
    assert certificate.smallest
    run, outcome = certificate.smallest
    assert run.preemptions == 1
    assert (outcome.facts["alice.balance"], outcome.facts["alice.paid_out"]) == (0, 20)

    schedule_file.save(tmp_path / "smallest.json", where, run, outcome)
    saved = schedule_file.load(tmp_path / "smallest.json").saved
    for _ in range(20):
        saved.compare(*lab.run(saved.schedule))


def test_a_lane_begins_with_tables_that_nobody_has_written_to(server: EmbeddedServer) -> None:
    written = """SELECT pg_relation_size('withdraw_logs') + (SELECT count(*) FROM withdraw_logs)"""
    for _ in range(2):
        with psycopg.connect(lanes.setting(server, 2).database.url) as connection:
            assert connection.execute(written).fetchone() == (0,)
            connection.execute(
                'INSERT INTO withdraw_logs (user_id, amount) SELECT min(id), 1 FROM "user"'
            )
            connection.execute("DELETE FROM withdraw_logs")


def test_a_wait_inside_the_application(lane: Lane) -> None:
    lab = lane.runner(cell("process_lock", "django", "1 worker"))
    inside: list[int] = []

    def seen(run: Run, _outcome: Outcome) -> None:
        inside.extend(request for choice in run.choices for request in choice.inside)

    certificate = brute_force(lab, Budget(seconds=60), seen)
    if not HAS_PROC:
        assert certificate.verdict == "inconclusive"
        return
    # When each of them is sent is a choice, too, for they share a process.
    assert (certificate.schedules, certificate.verdict) == (33, "safe")
    assert set(inside) == {0, 1}


@pytest.mark.parametrize("every", [True, False])
def test_a_remembered_application_leads_to_the_same(lane: Lane, every: bool) -> None:
    where = cell("transaction_only", "django")
    asked, remembered = (
        lane.explore(where, every=every, memory=memory).certificate for memory in (False, True)
    )
    assert remembered.exhausted
    assert (remembered.hash, remembered.outcomes) == (asked.hash, asked.outcomes)
    assert asked.remembered == 0
    if every:
        assert remembered.remembered > 92 // 2
        assert f"{remembered.remembered} remembered" in str(remembered)


def test_a_driver_that_prepares_by_counting_is_not_remembered(fresh_lane: Lane) -> None:
    where = cell("no_lock")
    found = fresh_lane.explore(where, every=True, memory=True, PREPARE="1").certificate
    assert (found.schedules, found.unsafe, found.exhausted) == (92, 80, True)


def test_requests_that_share_a_process_are_not_remembered(lane: Lane) -> None:
    where = cell("process_lock", "django", "1 worker")
    found = lane.explore(where, every=True, memory=True).certificate
    assert (found.schedules, found.remembered) == (33, 0)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Note what is sent to an application."""
    found: list[bytes] = []
    send = HttpConnection.send

    def noted(self: HttpConnection, request: bytes) -> None:
        found.append(request)
        send(self, request)

    monkeypatch.setattr(HttpConnection, "send", noted)
    return found


def test_the_same_requests_from_another_start_are_not_warmed_up_again(
    lane: Lane, sent: list[bytes]
) -> None:
    counts = []
    lane.runner(cell("transaction_only", "django"))
    sent.clear()
    for slug, start in (("row_lock", 10), ("row_lock", 20), ("no_lock", 10)):
        lane.runner(cell(slug, "django", start=start))
        counts.append(len(sent))
        sent.clear()
    first, again, others = counts
    assert (first > 0, again, others > 0) == (True, 0, True)


def test_requests_that_could_not_be_filled_in_are_filled_in_the_next_time(
    lane: Lane, sent: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    lane.runner(cell("row_lock", "django"))
    with monkeypatch.context() as broken:
        broken.setattr(Browser, "fill", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            lane.runner(cell("no_lock", "django"))
    sent.clear()
    lane.runner(cell("no_lock", "django")).run(Schedule())
    assert sent
    assert all(each.startswith(b"POST /withdraw1 ") for each in sent)


def test_an_application_that_never_answers_is_inconclusive(fresh_lane: Lane) -> None:
    lab = fresh_lane.runner(cell("no_lock", "django"), patience=1.0)
    target = lab.target.target  # of what is remembered
    assert isinstance(target, WebTarget)
    (_, second) = target.workers
    os.kill(second, signal.SIGSTOP)
    certificate = brute_force(lab, Budget(seconds=1.0))
    assert certificate.verdict == "inconclusive"
    assert "nothing happened for 1 s" in str(certificate)
    assert "request B thinking" in str(certificate)


def test_answers_of_5xx_are_outcomes_of_their_own(
    fresh_lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETRY_TRIES", "1")
    lab = fresh_lane.runner(cell("repeatable_read", "django"))
    ends = [lab.run(Schedule.of(*[0] * steps, 1))[1] for steps in range(1, 6)]
    assert not any(outcome.unsafe for outcome in ends)
    failed = [outcome for outcome in ends if outcome.errors == ("40001", "503")]
    assert failed
    assert all(sorted(outcome.answers) == ["failed", "paid"] for outcome in failed)


def test_a_defence_without_its_retry_starves_where_there_is_money_for_all(
    fresh_lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETRY_TRIES", "1")
    lower, all_ = (cell("version_check", "django", start=start) for start in (10, 20))
    found = [fresh_lane.explore(each) for each in (lower, all_)]
    assert [each.verdict for each in found] == ["safe", "starved"]
    assert found[1].example
    _run, outcome = found[1].example
    assert sorted(outcome.answers) == ["failed", "paid"]
    assert (outcome.facts["alice.payouts"], outcome.errors) == (1, ("503",))


@pytest.mark.parametrize("stack", ["flask", "django"])
def test_users_with_a_row_each_do_not_wait_for_each_other(lane: Lane, stack: str) -> None:
    alone, apart = (cell("row_lock", stack, users=users) for users in (1, 2))
    one, two = (lane.explore(each) for each in (alone, apart))
    assert (one.verdict, two.verdict) == ("safe", "safe")
    assert any(outcome.waited for outcome in one.certificate.outcomes)
    assert not any(outcome.waited for outcome in two.certificate.outcomes)
    assert two.certificate.reduction
    # Whose log has the lower number: who began first, nobody looks at.
    assert two.certificate.reduction.classes == 2
    (outcome,) = two.certificate.outcomes
    assert [outcome.facts[f"{user}.payouts"] for user in ("alice", "bob")] == [1, 1]


def test_requests_that_do_the_same_in_one_process_are_sent_in_order(lane: Lane) -> None:
    apart, together = (cell("process_lock", "django", "1 worker", users=n) for n in (2, 1))
    assert apart.alike
    assert together.alike
    assert lane.runner(apart).in_order
    certificate = brute_force(lane.runner(together), Budget(seconds=60))
    assert {str(run.schedule)[:2] for run in certificate.examples.values()} == {"^A"}
    assert not cell("other_page", "django").alike
