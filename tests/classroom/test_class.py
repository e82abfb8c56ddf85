"""A class that runs: accounts of their own, attacks on them alone, reset, and kill -9."""

import json
import stat
import time
from collections.abc import Callable

import psutil
import psycopg
import pytest

from attack import targets
from attack.client import LoginRefusedError, Session
from attack.ledger import Ledger
from classroom.questions import questions
from classroom.queue import Job
from shared_db.accounts import ADMIN, STRICT, USERS
from tests.classroom.conftest import STUDENTS, OwnClass
from tests.conftest import STACKS
from tests.contract.browser import Browser

pytestmark = pytest.mark.acceptance

WITHIN_S = 60.0
MONEY = """SELECT username, money, count(amount) FROM "user"
           LEFT JOIN withdraw_logs ON user_id = "user".id GROUP BY username, money"""


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until a condition holds.

    Raises:
        AssertionError: it does not within a minute.
    """
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.05)


def ask(own_class: OwnClass, student: str, slug: str, stack: str) -> Job:
    """Have a student ask for an attack."""
    return own_class.queue.ask(student, "attack", {"strategy": slug, "stack": stack})


def over(own_class: OwnClass, job: Job) -> Job:
    """Return a job when it is over."""
    wait_for(lambda: own_class.queue.job(job.id).over)
    return own_class.queue.job(job.id)


def log_in(own_class: OwnClass, stack: str, username: str, password: str) -> None:
    """Log in to a stack, and out of the connection."""
    Session(targets.load(), own_class.url(stack), username, password).close()


def money(own_class: OwnClass) -> dict[str, tuple[int, int]]:
    """Return the money of every account and how many log rows it has."""
    with psycopg.connect(own_class.database_url) as connection:
        return {name: (money, rows) for name, money, rows in connection.execute(MONEY)}


def test_each_logs_in_with_their_own_password(own_class: OwnClass) -> None:
    passwords = own_class.passwords
    assert len(set(passwords.values())) == len(passwords) == STUDENTS + 2
    for stack in STACKS:
        log_in(own_class, stack, "s01", passwords["s01"])
        log_in(own_class, stack, ADMIN.username, passwords[ADMIN.username])
        log_in(own_class, stack, STRICT.username, STRICT.password)
        wrong = (
            ("s01", "s01"),
            ("s01", passwords["s02"]),
            (ADMIN.username, ADMIN.password),
            (USERS[0].username, USERS[0].password),
            ("s04", "s04"),
        )
        for username, password in wrong:
            with pytest.raises(LoginRefusedError):
                log_in(own_class, stack, username, password)


@pytest.mark.parametrize("stack", STACKS)
def test_a_page_says_how_to_vote(own_class: OwnClass, stack: str) -> None:
    browser = Browser(own_class.url(stack))
    assert browser.log_in("s01", own_class.passwords["s01"]).status == 302
    asked = next(each for each in questions().values() if each.slug == "row_lock")
    assert f"vote {asked.lesson} and the letter" in browser.get("/withdraw3").main


def test_no_password_is_anywhere_but_in_the_private_folder(own_class: OwnClass) -> None:
    private = own_class.folder / "private"
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    words = [each.encode() for each in own_class.passwords.values()]
    for path in own_class.folder.rglob("*"):
        inside = path.is_relative_to(private) or "postgres" in path.parts
        if path.is_file() and not inside:
            assert not any(word in path.read_bytes() for word in words), path


@pytest.mark.parametrize("stack", STACKS)
def test_an_attack_is_on_the_account_of_whoever_asked(own_class: OwnClass, stack: str) -> None:
    before = money(own_class)
    job = over(own_class, ask(own_class, "s01", "row_lock", stack))
    assert job.outcome is not None
    (row,) = job.outcome["rows"]
    assert (row["verdict"], row["others"]) == ("held", [])
    after = money(own_class)
    assert after.pop("s01") == (0, 16)
    before.pop("s01")
    assert after == before


def test_a_race_is_found(own_class: OwnClass) -> None:
    job = over(own_class, ask(own_class, "s02", "no_lock", "flask"))
    assert job.outcome is not None
    assert [row["verdict"] for row in job.outcome["rows"]] == ["exploited"]


def test_one_is_reset_in_a_second_while_another_is_attacked(own_class: OwnClass) -> None:
    over(own_class, ask(own_class, "s01", "row_lock", "flask"))
    running = ask(own_class, "s02", "row_lock", "django")
    wait_for(lambda: own_class.queue.job(running.id).state == "running")
    took = list[float]()
    for _ in range(3):
        began = time.monotonic()
        done = own_class.run("reset", "1")
        took.append(time.monotonic() - began)
        assert (done.returncode, done.stdout) == (0, "s01 holds 10 money again.\n")
        assert money(own_class)["s01"] == (10, 0)
    job = over(own_class, running)
    assert job.outcome is not None
    assert [row["verdict"] for row in job.outcome["rows"]] == ["held"]
    assert min(took) < 1.0, took  # the quickest: whatever else the machine does comes on top


def test_who_is_attacked_is_not_reset(own_class: OwnClass) -> None:
    ledger = Ledger(targets.load(), own_class.database_url)
    ledger.lock("s01")
    try:
        before = money(own_class)
        refused = own_class.run("reset", "1")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "s01: attacked at this moment" in refused.stderr
        assert money(own_class) == before
        assert own_class.run("reset", "2").returncode == 0
    finally:
        ledger.close()
    assert own_class.run("reset", "all").stdout == f"{STUDENTS} accounts hold 10 money again.\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("up", "0"), "STUDENTS=0"),
        (("up", "61"), "STUDENTS=61"),
        (("up", "thirty"), "STUDENTS=thirty"),
        (("up", "5"), "a class of 3 is up"),
        (("reset", "x"), "STUDENT=x"),
        (("reset", "4"), "s04 is not of this class: it ends at s03"),
        (("reset",), "Missing argument"),
        (("rest", "3"), "did you mean 'reset'?"),
    ],
)
def test_bad_input_is_one_line(own_class: OwnClass, arguments: tuple[str, ...], told: str) -> None:
    before = money(own_class)
    refused = own_class.run(*arguments)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert told in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert money(own_class) == before


def test_kill_9_of_the_desk_loses_nothing(own_class: OwnClass) -> None:
    passwords = own_class.passwords
    jobs = [ask(own_class, f"s0{number}", "no_lock", "flask") for number in (1, 2, 3)]
    wait_for(lambda: own_class.queue.job(jobs[0].id).state == "running")
    written = json.loads((own_class.folder / "desk.json").read_text())
    children = psutil.Process(written["process"]["pid"]).children()
    own_class.kill("desk")
    assert own_class.queue.job(jobs[0].id).state == "running"
    up = own_class.run("up")
    assert up.returncode == 0, up.stderr
    assert own_class.passwords == passwords
    ended = [over(own_class, job) for job in jobs]
    assert [job.state for job in ended] == ["done"] * 3
    assert ended[0].tries == 2
    assert [job.tries for job in ended[1:]] == [1, 1]
    assert all(job.outcome and job.outcome["rows"] for job in ended)
    assert not any(child.is_running() for child in children), "of the desk that was killed"


def test_kill_9_of_the_keeper_loses_nothing(own_class: OwnClass) -> None:
    desk = json.loads((own_class.folder / "desk.json").read_text())["process"]["pid"]
    before = money(own_class)
    own_class.kill("keeper")
    job = ask(own_class, "s01", "row_lock", "django")
    wait_for(lambda: not psutil.pid_exists(desk))
    assert own_class.run("reset", "1").returncode == 2
    up = own_class.run("up")
    assert up.returncode == 0, up.stderr
    assert {**before, "s01": None} == {**money(own_class), "s01": None}
    assert over(own_class, job).state == "done"


def test_it_goes_on_where_it_was_after_down(own_class: OwnClass) -> None:
    passwords, jobs = own_class.passwords, own_class.queue.jobs()
    down = own_class.run("down")
    assert "The class is stopped" in down.stdout
    assert own_class.run("reset", "1").returncode == 2
    waiting = ask(own_class, "s01", "row_lock", "flask")
    assert own_class.run("up").returncode == 0
    assert own_class.passwords == passwords
    assert over(own_class, waiting).state == "done"
    assert own_class.queue.jobs()[: len(jobs)] == jobs
