"""Nothing is left running or locked, however a run ends."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.stacks.conftest import OwnLab, free_port, state_of

QUICK = ("fire", "--strategy", "row_lock", "--stack", "flask", "--trials", "1")
LONG = ("fire", "--strategy", "row_lock", "--trials", "1000")


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until the condition is true, or fail."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def trials(lab: OwnLab) -> int:
    """Return how many trials this lab has recorded."""
    return sum(
        len(path.read_text().splitlines()) for path in lab.folder.glob("runs/*/history.jsonl")
    )


def started(lab: OwnLab) -> subprocess.Popen[str]:
    """Return a long attack that is in full swing."""
    before = trials(lab)
    process = lab.start(*LONG)
    wait_for(lambda: trials(lab) > before, 90.0)  # servers start, on a machine that may be busy
    return process


def assert_next_run_works(lab: OwnLab) -> None:
    """Run a short attack and see that it leaves nothing."""
    done = lab.run(*QUICK)
    assert done.returncode == 0, done.stderr
    assert "holds" in done.stdout
    assert lab.processes() == []


def test_a_run_leaves_nothing_behind(own_lab: OwnLab) -> None:
    assert_next_run_works(own_lab)


@pytest.mark.acceptance
def test_kill_of_the_harness(own_lab: OwnLab) -> None:
    process = started(own_lab)
    process.kill()
    process.communicate()
    wait_for(lambda: own_lab.processes() == [])
    assert_next_run_works(own_lab)


def test_ctrl_c(own_lab: OwnLab) -> None:
    process = started(own_lab)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors.strip() == "overdraft: stopped"
    assert own_lab.processes() == []
    assert_next_run_works(own_lab)


@pytest.mark.acceptance
def test_kill_of_harness_and_keeper(own_lab: OwnLab) -> None:
    process = started(own_lab)
    keeper = json.loads((own_lab.folder / "state.json").read_text())["keeper"]["pid"]
    psutil.Process(keeper).kill()
    process.kill()
    process.communicate()
    wait_for(lambda: own_lab.processes() == [])
    assert_next_run_works(own_lab)


def test_a_port_in_use(own_lab: OwnLab) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = own_lab.run("fire", "--strategy", "row_lock", "--trials", "1", DJANGO_PORT=port)
    assert done.returncode == 2
    assert done.stderr.startswith(f"overdraft: port {port} is in use by ")
    assert "DJANGO_PORT=" in done.stderr
    assert "make up" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert own_lab.processes() == []


def test_the_port_of_a_stack_that_is_not_needed(own_lab: OwnLab) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = own_lab.run(*QUICK, DJANGO_PORT=str(taken.getsockname()[1]))
    assert done.returncode == 0, done.stderr


def test_a_database_url_that_does_not_answer(own_lab: OwnLab) -> None:
    url = f"postgresql://me:secret@127.0.0.1:{free_port()}/none"
    done = own_lab.run(*QUICK, DATABASE_URL=url)
    assert done.returncode == 2
    assert done.stderr.startswith("overdraft: no PostgreSQL answers at 127.0.0.1:")
    assert "secret" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_database_url_that_is_none(own_lab: OwnLab) -> None:
    done = own_lab.run(*QUICK, DATABASE_URL="mysql://nothing")
    assert done.returncode == 2
    assert done.stderr.startswith("overdraft: DATABASE_URL is no PostgreSQL URL")
    assert done.stderr.count("\n") == 1


@pytest.mark.acceptance
def test_two_runs_at_once(own_lab: OwnLab) -> None:
    process = started(own_lab)
    # The second finds the stacks of the first up; on the same accounts each would spoil the other.
    second = own_lab.run(*QUICK)
    assert second.returncode == 2
    assert second.stderr.startswith("overdraft: another attack is under way")
    # The money of an account in mid-attack is not to be touched either.
    reset = own_lab.run("reset")
    assert (reset.returncode, reset.stdout) == (2, "")
    assert reset.stderr.startswith("overdraft: another attack is under way")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert own_lab.processes() == []


def kill_flask(lab: OwnLab) -> None:
    """Kill the Flask stack, master and workers."""
    children = json.loads((lab.folder / "state.json").read_text())["children"]
    master = psutil.Process(children[0]["pid"])
    for process in [master, *master.children()]:
        process.kill()


@pytest.mark.acceptance
def test_stacks_that_stay_end_with_a_killed_keeper(own_lab: OwnLab) -> None:
    assert own_lab.run("up").returncode == 0
    psutil.Process(state_of(own_lab)["keeper"]["pid"]).kill()
    wait_for(lambda: own_lab.processes() == [])
    assert own_lab.run("down").stdout == "Nothing was up.\n"


@pytest.mark.acceptance
def test_down_ends_what_a_killed_keeper_and_its_guard_left(own_lab: OwnLab) -> None:
    assert own_lab.run("up").returncode == 0
    (guard,) = [each for each in own_lab.processes() if is_guard(each)]
    guard.kill()
    psutil.Process(state_of(own_lab)["keeper"]["pid"]).kill()
    assert own_lab.run("down").stdout == "Both stacks are stopped.\n"
    assert own_lab.processes() == []
    assert own_lab.run("down").stdout == "Nothing was up.\n"


def is_guard(process: psutil.Process) -> bool:
    """Tell whether a process guards the stacks."""
    return any(word.endswith("/stacks/guard.py") for word in process.cmdline())


def test_one_port_for_both(own_lab: OwnLab) -> None:
    port = str(free_port())
    done = own_lab.run("up", FLASK_PORT=port, DJANGO_PORT=port)
    assert done.returncode == 2
    assert done.stderr == f"overdraft: both stacks would be at port {port}: give each its own\n"


def test_up_fire_reset_down(own_lab: OwnLab) -> None:
    assert own_lab.run("reset").returncode == 2
    try:
        up = own_lab.run("up")
        assert up.returncode == 0, up.stderr
        assert "Log in as alice / alice" in up.stdout
        assert own_lab.run("up").stdout.startswith("Both stacks are up already")
        fired = own_lab.run(*QUICK)
        assert fired.returncode == 0
        assert "the stacks that are up" in fired.stdout
        assert own_lab.run("reset").stdout == "10 accounts hold 10 money again.\n"
        for command in (QUICK, ("reset",), ("up",)):
            other = own_lab.run(*command, DATABASE_URL="garbage")
            assert (other.returncode, other.stdout) == (2, "")
            assert other.stderr.startswith(
                "overdraft: the stacks that are up use another database than DATABASE_URL: "
            )
        logs = dict(state_of(own_lab)["logs"])
        assert logs["flask:2"] == str(own_lab.folder / "flask.log")
        assert logs["flask:1"] == str(own_lab.folder / "flask-1.log")
        assert logs["django:1:atomic_requests"].endswith("django-1-atomic_requests.log")
        assert all(Path(log).is_file() for log in logs.values())
        kill_flask(own_lab)
        again = own_lab.run("up")
        assert (again.returncode, again.stderr) == (0, "")
        assert again.stdout.startswith("Both stacks are up, ")
    finally:
        down = own_lab.run("down")
    assert down.returncode == 0
    assert own_lab.processes() == []
    assert own_lab.run("down").stdout == "Nothing was up.\n"


@pytest.mark.acceptance
def test_a_copy_of_a_lab_leaves_the_original_alone(own_lab: OwnLab, tmp_path: Path) -> None:
    assert own_lab.run("up").returncode == 0
    try:
        shutil.copy(own_lab.folder / "state.json", tmp_path)
        copy = {"OVERDRAFT_LAB": str(tmp_path)}
        assert own_lab.run("down", **copy).stdout == "Nothing was up.\n"
        refused = own_lab.run(*QUICK, **copy)
        assert refused.returncode == 2
        assert f"is in use by the lab in {own_lab.folder}: " in refused.stderr
    finally:
        assert own_lab.run("down").stdout == "Both stacks are stopped.\n"


@pytest.mark.acceptance
def test_data_that_was_made_half_is_made_anew(own_lab: OwnLab) -> None:
    (own_lab.folder / "postgres").rename(own_lab.folder / "postgres.new")
    (own_lab.folder / "postgres.new" / "global" / "pg_control").unlink()
    assert_next_run_works(own_lab)


@pytest.mark.acceptance
def test_the_process_id_of_a_server_that_is_gone_may_be_in_use(own_lab: OwnLab) -> None:
    (own_lab.folder / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert_next_run_works(own_lab)
