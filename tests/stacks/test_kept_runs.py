"""Runs of real attacks are kept, whatever ends them, and a page is made of each."""

import os
import signal
from pathlib import Path

import pytest

from attack.runs import read
from tests.stacks.conftest import OwnLab
from tests.stacks.test_keeper import started, trials, wait_for

pytestmark = pytest.mark.acceptance


def last_run(lab: OwnLab) -> Path:
    """Return the folder of this lab's last run."""
    return read.names(lab.folder / "runs")[0]


def test_a_whole_run(own_lab: OwnLab) -> None:
    words = ("--strategy", "no_lock", "--stack", "flask")
    assert own_lab.run("fire", *words, "--trials", "2").returncode in (0, 1, 3)
    fired = last_run(own_lab)
    explored = own_lab.run("explore", *words)
    assert explored.returncode == 0, explored.stderr
    told = own_lab.run("report")
    assert told.returncode == 0, told.stderr
    page = (last_run(own_lab) / "report.html").read_text()
    assert "Attacked: last_byte, 2 trials" in page
    assert "one after the other nothing is wrong" in page
    kept = read.load(last_run(own_lab))
    assert kept.head.versions["PostgreSQL"]
    assert not kept.cut_short
    assert kept.certificates[0].counterexample
    assert list((kept.folder / "schedules").glob("*.svg"))
    compared = own_lab.run("report", fired.name, "--against", fired.name)
    assert f"Nothing changed since {fired.name}" in compared.stdout


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_ended_in_mid_attack(own_lab: OwnLab, end: signal.Signals) -> None:
    process = started(own_lab)
    os.kill(process.pid, end)
    process.communicate(timeout=60)
    wait_for(lambda: own_lab.processes() == [])
    told = own_lab.run("report", last_run(own_lab).name)
    assert told.returncode == 0, told.stderr
    assert "was cut short" in (last_run(own_lab) / "report.html").read_text()
    kept = read.load(last_run(own_lab))
    assert 0 < len(kept.trials) <= trials(own_lab)
