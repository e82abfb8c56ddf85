"""The queue: in order, one of a kind for each, and nothing lost whatever ends the desk."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from classroom.queue import MOST_TRIES, Job, Queue
from shared_db.errors import LabError

PAGE = {"strategy": "no_lock", "stack": "flask"}
# Takes a job, says so, and does not end by itself.
TAKES = """
import sys, time
from pathlib import Path
from classroom.queue import Queue
job = Queue(Path(sys.argv[1])).take("attack")
print(job.id, flush=True)
time.sleep(60)
"""


def ask(queue: Queue, *students: str) -> list[Job]:
    """Have these students ask for the same attack, one after the other."""
    return [queue.ask(student, "attack", PAGE) for student in students]


def test_first_come_first_served(queue: Queue) -> None:
    asked = ask(queue, "s02", "s01", "s03")
    taken = [queue.take("attack") for _ in asked]
    assert [job and job.id for job in taken] == [job.id for job in asked]
    assert queue.take("attack") is None


def test_each_sees_their_place(queue: Queue) -> None:
    first, second, third = ask(queue, "s01", "s02", "s03")
    assert [queue.before(job) for job in (first, second, third)] == [0, 1, 2]
    queue.take("attack")
    assert queue.before(third) == 2, "what runs is still before you"
    queue.finish(first.id, {"rows": []})
    assert [queue.before(job) for job in (second, third)] == [0, 1]


def test_kinds_have_lanes_of_their_own(queue: Queue) -> None:
    ask(queue, "s01")
    grading = queue.ask("s01", "grade", {"exercise": "3", "stack": "flask"}, b"x = 1\n")
    assert queue.before(grading) == 0
    taken = queue.take("grade")
    assert taken is not None
    assert taken.id == grading.id
    assert queue.file_of(taken.id) == b"x = 1\n"


def test_nobody_fills_the_queue(queue: Queue) -> None:
    (job,) = ask(queue, "s01")
    with pytest.raises(LabError, match="not done yet"):
        ask(queue, "s01")
    queue.take("attack")
    with pytest.raises(LabError, match="not done yet"):
        ask(queue, "s01")
    queue.finish(job.id, {"rows": []})
    assert ask(queue, "s01")


def test_the_outcome_is_kept(queue: Queue) -> None:
    (job,) = ask(queue, "s01")
    queue.take("attack")
    queue.finish(job.id, {"rows": [{"verdict": "held"}]})
    kept = queue.job(job.id)
    assert (kept.state, kept.outcome) == ("done", {"rows": [{"verdict": "held"}]})
    assert kept.begun_at is not None
    assert kept.ended_at is not None
    assert kept.ended_at >= kept.begun_at >= kept.asked_at


def test_what_does_not_run_is_not_finished(queue: Queue) -> None:
    (job,) = ask(queue, "s01")
    queue.finish(job.id, {"rows": []})
    assert queue.job(job.id).state == "waiting"


def test_kill_9_loses_nothing(queue: Queue, folder: Path) -> None:
    first, second = ask(queue, "s01", "s02")
    path = folder / "queue.sqlite3"
    desk = subprocess.Popen(
        [sys.executable, "-c", TAKES, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert desk.stdout
    assert int(desk.stdout.readline()) == first.id
    os.kill(desk.pid, signal.SIGKILL)
    desk.communicate()
    assert queue.job(first.id).state == "running"
    assert queue.resume() == 1
    assert queue.before(second) == 1, "it has its old place again"
    again = queue.take("attack")
    assert again is not None
    assert (again.id, again.tries) == (first.id, 2)


def test_what_ends_every_desk_is_cut_short(queue: Queue) -> None:
    (job,) = ask(queue, "s01")
    for _ in range(MOST_TRIES):
        assert queue.job(job.id).state == "waiting"
        queue.take("attack")
        queue.resume()
    cut = queue.job(job.id)
    assert cut.state == "cut"
    assert cut.ended_at is not None
    assert ask(queue, "s01"), "they can ask anew"


def test_the_first_vote_stays(queue: Queue) -> None:
    for choice in ("M3", "M13", "right"):
        vote = queue.vote("s01", "row_lock", choice)
    assert (vote.first, vote.last) == ("M3", "right")
    queue.vote("s02", "row_lock", "right")
    assert [(each.student, each.first) for each in queue.votes()] == [
        ("s01", "M3"),
        ("s02", "right"),
    ]


def test_jobs_of_one_student_are_theirs(queue: Queue) -> None:
    ask(queue, "s01", "s02")
    assert [job.student for job in queue.jobs("s02")] == ["s02"]
    assert [job.student for job in queue.jobs()] == ["s01", "s02"]


def test_another_file_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite3"
    path.write_text("this is no database, and long enough to be seen for none " * 20)
    with pytest.raises(LabError, match="cannot be used"):
        Queue(path)
    assert path.read_text().startswith("this is no database")


def test_who_holds_it_open_needs_no_file(queue: Queue, folder: Path) -> None:
    held = Queue(stay_open=True)
    folder.rename(folder.with_name("elsewhere"))
    try:
        (job,) = ask(held, "s01")
        assert held.take("attack")
        held.finish(job.id, {"rows": []})
        assert held.job(job.id).state == "done"
    finally:
        folder.with_name("elsewhere").rename(folder)
    assert queue.job(job.id).state == "done"


def test_two_at_once_do_not_take_the_same(queue: Queue, folder: Path) -> None:
    jobs = ask(queue, *(f"s{number:02}" for number in range(1, 31)))
    takes = (
        "import sys\nfrom pathlib import Path\nfrom classroom.queue import Queue\n"
        "queue = Queue(Path(sys.argv[1]))\n"
        "while job := queue.take('attack'):\n    print(job.id)\n"
    )
    command = [sys.executable, "-c", takes, str(folder / "queue.sqlite3")]
    desks = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    taken = [int(line) for desk in desks for line in desk.communicate()[0].split()]
    assert sorted(taken) == [job.id for job in jobs]
    with sqlite3.connect(folder / "queue.sqlite3") as connection:
        assert connection.execute("SELECT max(tries) FROM jobs").fetchone() == (1,)
