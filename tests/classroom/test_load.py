"""Thirty students at once, on both stacks, and the desk killed in the middle."""

import statistics
import threading
import time
from collections import Counter

import pytest

from attack.store import HISTORY, read
from classroom.queue import Job
from tests.classroom.conftest import OwnClass, class_of
from tests.classroom.load import DEFENCES, WAITS_S, Seen, Student
from tests.classroom.test_class import wait_for
from tests.conftest import STACKS

STUDENTS = 30
SHORT_S, LONG_S = 25.0, 600.0
DRAINS_WITHIN_S = 900.0


@pytest.mark.acceptance
def test_thirty_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    with class_of(STUDENTS) as own_class:
        hold(own_class, SHORT_S, capsys)


@pytest.mark.exhaustive
def test_thirty_for_ten_minutes(capsys: pytest.CaptureFixture[str]) -> None:
    with class_of(STUDENTS) as own_class:
        hold(own_class, LONG_S, capsys)
        deadline = time.monotonic() + DRAINS_WITHIN_S
        while not all(job.over for job in own_class.queue.jobs()):
            assert time.monotonic() < deadline, "the queue does not come to its end"
            time.sleep(1)
        assert {job.state for job in own_class.queue.jobs()} == {"done"}


def hold(own_class: OwnClass, seconds: float, capsys: pytest.CaptureFixture[str]) -> None:
    """Have the class at work for so long, and look at all that came of it."""
    seen, together = Seen(), threading.Barrier(STUDENTS + 1)
    names = [f"s{number:02}" for number in range(1, STUDENTS + 1)]
    students = [Student(own_class, name, together, seconds, seen) for name in names]
    for student in students:
        student.start()
    for _ in (*STACKS, "all are in"):
        together.wait(WAITS_S)
    time.sleep(seconds / 2)
    wait_for(lambda: "running" in {job.state for job in own_class.queue.jobs()})
    before = own_class.queue.jobs()
    own_class.kill("desk")
    again = own_class.run("up")
    for student in students:
        student.join()
    jobs = own_class.queue.jobs()
    with capsys.disabled():
        print(*figures(own_class, seen, jobs, seconds), sep="\n")  # noqa: T201

    assert again.returncode == 0, again.stderr
    assert seen.wrong == []
    assert {status for _, status in seen.answers} <= {200, 302, 503}
    assert [job.id for job in jobs[: len(before)]] == [job.id for job in before]
    assert [(job.student, job.id) for job in jobs if job.kind == "grade"] == sorted(
        ((student.name, number) for student in students for number in student.handed_in),
        key=lambda each: each[1],
    )
    for student in students:
        require_own_results(own_class, student, jobs)


def require_own_results(own_class: OwnClass, student: Student, jobs: list[Job]) -> None:
    """Hold what a student finds against what they did."""
    for job in (each for each in jobs if each.student == student.name and each.outcome):
        assert job.outcome
        assert "failed" not in job.outcome, job
        if job.kind == "grade":
            assert job.outcome["reason"] == student.handed_in[job.id], job.outcome
        else:
            (row,) = job.outcome["rows"]
            assert row["others"] == []
            assert row["place"].startswith(f"{student.asked[job.id]} on ")
            if student.asked[job.id] in DEFENCES:
                assert row["verdict"] in ("held", "unknown"), row
                assert 500 not in statuses(own_class, job)
    voted = {
        vote.question: vote.last for vote in own_class.queue.votes() if vote.student == student.name
    }
    assert voted == student.votes


def statuses(own_class: OwnClass, job: Job) -> Counter[int | None]:
    """Return how often each status was answered to an attack."""
    folder = own_class.folder / "private" / "jobs" / f"{job.id}-{job.tries}"
    return Counter(request.status for trial in read(folder / HISTORY) for request in trial.requests)


def figures(own_class: OwnClass, seen: Seen, jobs: list[Job], seconds: float) -> list[str]:
    """Return what there is to tell of a class at work, in lines."""
    done = [job for job in jobs if job.state == "done"]
    attacks = [job for job in done if job.kind == "attack"]
    in_attacks = sum((statuses(own_class, job) for job in attacks), Counter[int | None]())
    lines = [
        "",
        (
            f"{STUDENTS} students for {seconds:.0f} s: {len(seen.logins)} logins, all at once, "
            f"the slowest {max(seen.logins):.1f} s"
        ),
        "by hand: " + ", ".join(f"{n} {kind}" for kind, n in sorted(seen.done.items())),
    ]
    lines += [
        f"{stack} answered by hand: "
        + ", ".join(f"{n} times {s}" for (of, s), n in sorted(seen.answers.items()) if of == stack)
        for stack in STACKS
    ]
    lines.append("in attacks: " + ", ".join(f"{n} times {s}" for s, n in in_attacks.most_common()))
    for kind in ("attack", "grade"):
        took = [
            j.ended_at - j.begun_at for j in done if j.kind == kind and j.ended_at and j.begun_at
        ]
        waited = [j.begun_at - j.asked_at for j in done if j.kind == kind and j.begun_at]
        if took:
            lines.append(
                f"{len(took)} of kind {kind}: median {statistics.median(took):.1f} s, slowest "
                f"{max(took):.1f} s; longest wait {max(waited):.1f} s"
            )
    again = sum(job.tries > 1 for job in jobs)
    lines.append(
        f"the desk was killed once: {again} jobs ran again, {len(jobs)} of {len(jobs)} kept"
    )
    return lines
