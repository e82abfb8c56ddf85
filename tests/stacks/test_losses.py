"""What ends in mid-attack is named within 2 s, with its log; the next command works by itself."""

import signal
import subprocess
import time
from collections.abc import Callable

import psutil
import pytest

from tests.stacks.conftest import OwnLab, state_of
from tests.stacks.test_keeper import assert_next_run_works, started, wait_for

pytestmark = pytest.mark.acceptance

WITHIN_S = 2.0
Kill = Callable[[OwnLab], str]


def postmaster(lab: OwnLab, data: str = "postgres") -> psutil.Process:
    """Return the first process of a server of this lab."""
    (found,) = [
        each
        for each in lab.processes()
        if each.name() == "postgres" and str(lab.folder / data) in each.cmdline()
    ]
    return found


def kill_postmaster(lab: OwnLab) -> str:
    postmaster(lab).kill()
    return f"PostgreSQL ended (killed by SIGKILL): its log is {lab.folder / 'postgres.log'}"


def quit_postmaster(lab: OwnLab) -> str:
    postmaster(lab).send_signal(signal.SIGQUIT)
    return f"PostgreSQL ended (exit code 0): its log is {lab.folder / 'postgres.log'}"


def backends(server: psutil.Process) -> list[psutil.Process]:
    """Return the processes of a server that serve a client, the oldest first."""
    return [each for each in server.children() if "127.0.0.1" in " ".join(each.cmdline())]


def kill_first_backend(lab: OwnLab) -> str:
    backends(postmaster(lab))[0].kill()
    return f"PostgreSQL crashed, or broke off its connections: its log is {lab.folder}/postgres.log"


def kill_last_backend(lab: OwnLab) -> str:
    backends(postmaster(lab))[-1].kill()
    return f"PostgreSQL crashed, or broke off its connections: its log is {lab.folder}/postgres.log"


def kill_flask(lab: OwnLab) -> str:
    psutil.Process(state_of(lab)["children"][0]["pid"]).kill()
    return f"the flask stack ended (killed by SIGKILL): its log is {lab.folder / 'flask.log'}"


def kill_django(lab: OwnLab) -> str:
    psutil.Process(state_of(lab)["children"][1]["pid"]).kill()
    return f"the django stack ended (killed by SIGKILL): its log is {lab.folder / 'django.log'}"


KILLS = [
    *(kill_postmaster, quit_postmaster, kill_first_backend, kill_last_backend),
    *(kill_flask, kill_django),
]


def assert_told_in_time(process: subprocess.Popen[str], lab: OwnLab, kill: Kill) -> None:
    """Kill, and hold the command to its one line."""
    assert process.stderr
    line = kill(lab)
    killed = time.monotonic()
    assert process.stderr.readline() == f"overdraft: {line}\n"
    assert time.monotonic() - killed < WITHIN_S
    _, more = process.communicate(timeout=30)
    assert (process.returncode, more) == (2, "")


@pytest.mark.parametrize("kill", KILLS)
def test_in_mid_attack(own_lab: OwnLab, kill: Kill) -> None:
    assert_told_in_time(started(own_lab), own_lab, kill)
    assert own_lab.processes() == []
    assert_next_run_works(own_lab)


def test_under_stacks_that_are_up(own_lab: OwnLab) -> None:
    assert own_lab.run("up").returncode == 0
    assert_told_in_time(started(own_lab), own_lab, kill_postmaster)
    assert_next_run_works(own_lab)


def test_when_nobody_looks(own_lab: OwnLab) -> None:
    assert own_lab.run("up").returncode == 0
    line = kill_postmaster(own_lab)
    wait_for(lambda: own_lab.processes() == [])
    reset = own_lab.run("reset")
    told = f"overdraft: nothing is up to reset: {line}; `make up` starts both stacks\n"
    assert (reset.returncode, reset.stderr) == (2, told)
    assert own_lab.run("up").returncode == 0
    assert own_lab.run("reset").returncode == 0
    assert own_lab.run("down").stdout == "Both stacks are stopped.\n"


def test_stacks_that_are_stopped_under_an_attack(own_lab: OwnLab) -> None:
    assert own_lab.run("up").returncode == 0
    process = started(own_lab)
    assert own_lab.run("down").returncode == 0
    _, errors = process.communicate(timeout=30)
    assert errors == "overdraft: the stacks were stopped while this command used them\n"
    assert process.returncode == 2


def explorer_kill(*, backend: bool) -> Kill:
    def kill(lab: OwnLab) -> str:
        server = postmaster(lab, "postgres-explore")
        (backends(server)[-1] if backend else server).kill()
        how = "crashed, or broke off its connections" if backend else "ended (killed by SIGKILL)"
        return f"PostgreSQL {how}: its log is {lab.folder / 'postgres-explore.log'}"

    return kill


@pytest.mark.parametrize("backend", [False, True])
def test_in_mid_exploration(own_lab: OwnLab, backend: bool) -> None:
    process = own_lab.start("explore", "--stack", "flask")
    assert process.stdout
    while "no_lock" not in process.stdout.readline():
        assert process.poll() is None
    assert_told_in_time(process, own_lab, explorer_kill(backend=backend))
    wait_for(lambda: own_lab.processes() == [])
