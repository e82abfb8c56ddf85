"""The counts that were counted independently, and what a search says of itself."""

from collections import Counter
from threading import Lock

import pytest

from racewalk.errors import DivergenceError, StalledError
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Answer, Run
from racewalk.schedule.runner import LiveRunner
from racewalk.schedule.schedule import Schedule
from racewalk.search.budget import Budget
from racewalk.search.certificate import Certificate
from racewalk.targets.session import Script, Scripted, SqlError
from support.account import AccountTarget
from support.labs import Database, MakeLab
from support.oracle import brute_force
from support.withdrawals import SCRIPTS, START, row_lock, transaction

COUNTS = {
    "autocommit": (16, 12, 0),
    "transaction": (92, 80, 0),
    "row_lock": (36, 0, 0),
    "conditional_update": (24, 0, 0),
    "serializable": (92, 0, 80),
}
"""Schedules, unsafe ones, ones with an error."""


@pytest.mark.parametrize("name", COUNTS)
def test_counts_of_two_requests(make_lab: MakeLab, name: str) -> None:
    lab = make_lab([SCRIPTS[name]] * 2)
    certificates = [brute_force(lab) for _ in range(3)]
    for certificate in certificates:
        found = (certificate.schedules, certificate.unsafe, certificate.with_errors)
        assert found == COUNTS[name]
        assert certificate.exhausted
        assert certificate.verdict == ("unsafe" if COUNTS[name][1] else "safe")
    assert len({certificate.hash for certificate in certificates}) == 1


def test_one_side_of_serializable_is_aborted(make_lab: MakeLab) -> None:
    certificate = brute_force(make_lab([SCRIPTS["serializable"]] * 2))
    kinds = {outcome: sorted(outcome.answers) for outcome in certificate.outcomes}
    for outcome, answers in kinds.items():
        assert (answers == ["failed", "paid"]) == (outcome.errors == ("40001",))


def test_every_schedule_is_run_once(make_lab: MakeLab) -> None:
    runs: list[Run] = []

    def seen(run: Run, _outcome: Outcome) -> None:
        runs.append(run)

    brute_force(make_lab([transaction] * 2), seen=seen)
    assert len({run.schedule for run in runs}) == len(runs) == 92


def test_smallest_counterexample_replays(make_lab: MakeLab) -> None:
    lab = make_lab([transaction] * 2)
    certificate = brute_force(lab)
    assert certificate.smallest
    run, outcome = certificate.smallest
    assert run.preemptions == 1
    assert (outcome.facts["balance"], outcome.facts["paid_out"]) == (20, 160)
    for _ in range(20):
        assert lab.run(run.schedule, run) == (run, outcome)


def test_a_wait_is_recorded(make_lab: MakeLab) -> None:
    run, outcome = make_lab([row_lock] * 2).run(Schedule.of(0, 0, 1, 1))
    (waiting,) = [step for step in run.steps if step.waited_for]
    assert waiting.request == 1
    assert waiting.waited_for == "ShareLock on transaction"
    assert waiting.completed > waiting.released == 3
    assert run.choices[4].enabled == (0,)
    assert run.choices[4].waiting == (1,)
    assert not outcome.unsafe


def test_a_budget_makes_inconclusive_what_it_cuts_short(make_lab: MakeLab) -> None:
    certificate = brute_force(make_lab([row_lock] * 2), Budget(schedules=10))
    assert (certificate.schedules, certificate.verdict) == (10, "inconclusive")
    assert "budget of 10 schedules" in str(certificate)
    certificate = brute_force(make_lab([transaction] * 2), Budget(schedules=10))
    assert (certificate.verdict, certificate.exhausted) == ("unsafe", False)
    assert brute_force(make_lab([row_lock] * 2), Budget(seconds=0)).verdict == "inconclusive"


def locks_out(request: int) -> Script:
    """Lock two things, each request in its own order."""
    yield "BEGIN"
    try:
        for key in (1, 2) if request == 0 else (2, 1):
            yield f"SELECT pg_advisory_xact_lock({key})"
    except SqlError as error:
        yield "ROLLBACK"
        return Answer("failed", error.sqlstate)
    yield "COMMIT"
    return Answer("refused")


def test_deadlocks_have_always_the_same_victim(make_lab: MakeLab) -> None:
    lab = make_lab([locks_out] * 2)
    certificates = [brute_force(lab) for _ in range(5)]
    assert len({certificate.hash for certificate in certificates}) == 1
    assert all(certificate.exhausted for certificate in certificates)
    errors = {outcome.errors for outcome in certificates[0].outcomes}
    assert errors == {(), ("40P01",)}
    run, _ = lab.run(Schedule.of(0, 0, 1, 1, 0, 1))
    assert [step.request for step in run.steps if step.error] == [1]
    run, _ = lab.run(Schedule.of(0, 0, 1, 1, 1, 0))
    assert [step.request for step in run.steps if step.error] == [0]


def test_three_requests_in_order_of_their_waiting(make_lab: MakeLab) -> None:
    lab = make_lab([SCRIPTS["conditional_update"]] * 3)
    certificates = [brute_force(lab, Budget(schedules=300)) for _ in range(2)]
    for certificate in certificates:
        assert (certificate.unsafe, certificate.diverged) == (0, False)
    assert certificates[0].hash == certificates[1].hash
    run, _ = lab.run(Schedule.of(2, 2, 1, 1, 0, 0, 2))
    woken = [step.request for step in run.steps if step.waited_for]
    assert woken == [1, 0]


@pytest.mark.exhaustive
def test_counts_of_three_requests(make_lab: MakeLab) -> None:
    certificate = brute_force(make_lab([transaction] * 3, plans=False))
    assert certificate.exhausted
    assert certificate.schedules == 48_540


class Forgetful:
    """A script that does something else each time it is run."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, request: int) -> Script:
        """Read another number on each run of request 0."""
        self.runs += request == 0
        yield f"SELECT {self.runs + 100}"
        yield "SELECT 200"
        return Answer("refused")


def test_what_differs_between_two_runs_is_a_divergence(make_lab: MakeLab) -> None:
    certificate = brute_force(make_lab([Forgetful(), Forgetful()]))
    assert (certificate.verdict, certificate.diverged) == ("inconclusive", True)
    assert "it came otherwise than before: " in str(certificate)


def test_a_choice_that_is_not_open_is_a_divergence(make_lab: MakeLab) -> None:
    with pytest.raises(DivergenceError, match="choice 4 of AABBB: B cannot go on, A can"):
        make_lab([row_lock] * 2).run(Schedule.of(0, 0, 1, 1, 1))


def test_plans_are_told_where_they_are_asked_for(database: Database, observer: Observer) -> None:
    for plans in (True, False, True):
        target = AccountTarget(observer, database.superuser, [row_lock], START)
        with LiveRunner(target, observer, database.address, plans=plans) as lab:
            run, _ = lab.run()
        assert any(step.plans for step in run.steps) == plans


class InOneProcess(AccountTarget):
    """Scripts that share a process, so that it is a choice when each begins."""

    shared_port = True


def tries(lock: Lock) -> Scripted:
    """Return a script that gives up where another holds the process's lock."""

    def script(_request: int) -> Script:
        if not lock.acquire(blocking=False):
            return Answer("refused")
        try:
            yield "SELECT balance FROM account"
        finally:
            lock.release()
        return Answer("paid")

    return script


def test_requests_that_are_alike_meet_a_lock_that_is_tried_at_any_time(
    database: Database, observer: Observer
) -> None:
    target = InOneProcess(observer, database.superuser, [tries(Lock())] * 2, START)
    with LiveRunner(target, observer, database.address) as lab:
        every = brute_force(lab)
        lab.in_order = True
        in_order = brute_force(lab)
    ends = [Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()]
    for certificate, counts in zip((every, in_order), ends, strict=True):
        for outcome, schedules in certificate.outcomes.items():
            counts[tuple(sorted(outcome.answers))] += schedules
    # The second begins while the first holds the lock, or after it has given it back.
    assert ends[1] == {("paid", "refused"): 1, ("paid", "paid"): 1}
    assert ends[0] == {answers: 2 * schedules for answers, schedules in ends[1].items()}


def leaves_open(_request: int) -> Script:
    """End inside a transaction."""
    yield "BEGIN"
    return Answer("paid")


def test_a_request_that_leaves_its_transaction_open_is_not_done(
    database: Database, observer: Observer
) -> None:
    target = AccountTarget(observer, database.superuser, [leaves_open], START)
    with (
        LiveRunner(target, observer, database.address, patience=0.2) as lab,
        pytest.raises(StalledError, match="request A thinking"),
    ):
        lab.run()


def never_ends(_request: int) -> Script:
    """Try again for ever."""
    while True:
        yield "SELECT 300"


def test_endless_retries_are_inconclusive(make_lab: MakeLab) -> None:
    certificate = brute_force(make_lab([never_ends]))
    assert certificate.verdict == "inconclusive"
    assert "more than 500 steps" in str(certificate)


def test_a_certificate_of_nothing_is_safe_only_if_exhausted() -> None:
    assert Certificate(2, inconclusive="no time").verdict == "inconclusive"
