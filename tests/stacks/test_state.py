"""A process of the lab is found again for as long as it runs, and no other is taken for it."""

import os
import subprocess
import sys

import psutil
import pytest

from attack.stacks.state import Process


@pytest.mark.parametrize("step", [-3600.0, -1.0, 1.0, 86400.0])
def test_a_step_of_the_clock_hides_no_process(monkeypatch: pytest.MonkeyPatch, step: float) -> None:
    process = Process.of(os.getpid())
    platform = psutil._psplatform  # type: ignore[attr-defined]
    booted = platform.boot_time()
    monkeypatch.setattr(platform, "boot_time", lambda: booted + step)
    assert process.find() == psutil.Process()


def test_a_process_that_began_at_another_time_is_another() -> None:
    process = Process.of(os.getpid())
    assert Process(process.pid, process.started + 1).find() is None
    assert Process(process.pid, process.started - 0.01).find() is None


def test_a_process_that_has_ended_is_not_found() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        process = Process.of(child.pid)
        assert process.find()
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert process.find() is None, "nobody has waited for it"
        child.wait()
        assert process.find() is None
