"""Ctrl-C gets one line at any moment of a command, and leaves nothing running."""

import signal
import time

import pytest

from tests.stacks.conftest import OwnLab
from tests.stacks.test_keeper import wait_for

pytestmark = pytest.mark.acceptance


@pytest.mark.parametrize("command", ["fire", "explore", "up"])
# While the commands are imported, the data is made, the servers start, all is in full swing.
@pytest.mark.parametrize("seconds", [0.4, 0.8, 1.2, 1.6, 2.0, 3.0, 5.0])
def test_after_so_many_seconds(own_lab: OwnLab, command: str, seconds: float) -> None:
    process = own_lab.start(command)
    time.sleep(seconds)
    assert process.poll() is None or command == "up"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    if process.returncode:  # `up` may be done by then
        assert (process.returncode, errors.strip()) == (130, "overdraft: stopped")
        wait_for(lambda: own_lab.processes() == [])
    own_lab.run("down")
