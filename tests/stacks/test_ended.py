"""SIGTERM, a terminal that closes and kill -9 leave nothing running that a command has started."""

import signal
import time
from contextlib import suppress
from typing import Final

import psutil
import pytest

from shared_db.paths import CHECKOUT
from tests.stacks.conftest import OwnLab
from tests.stacks.test_keeper import wait_for

pytestmark = pytest.mark.acceptance

SOLUTION: Final = CHECKOUT / "exercises" / "01_no_lock" / "solution" / "flask.py"
ON_FLASK: Final = ("--strategy", "row_lock", "--stack", "flask")
COMMANDS: Final = {
    "fire": ("fire", *ON_FLASK, "--trials", "1000"),
    "explore": ("explore", "--strategy", "row_lock"),
    "whatif": ("whatif", *ON_FLASK),
    "step": ("step", *ON_FLASK),
    "grade": ("grade", "1", "--stack", "flask", "--file", str(SOLUTION)),
    "up": ("up",),
}
ENDS_BY_ITSELF: Final = ("explore", "whatif", "step", "grade", "up")
"""Those that may have been about to."""
ENDS: Final = [
    *((signal.SIGTERM, name) for name in COMMANDS),
    (signal.SIGHUP, "explore"),
    *((signal.SIGKILL, name) for name in ("explore", "whatif", "grade")),
]
LEFT_WITHIN_S: Final = 20.0


def has_server(lab: OwnLab) -> bool:
    """Return whether a server of this lab answers, or is about to."""
    for each in lab.processes():
        with suppress(psutil.NoSuchProcess):  # which it may be by now
            if each.name() == "postgres":
                return True
    return False


@pytest.mark.parametrize("seconds", [0.0, 4.0])
@pytest.mark.parametrize(("number", "name"), ENDS, ids=[f"{n.name}-{name}" for n, name in ENDS])
def test_nothing_is_left(
    own_lab: OwnLab, number: signal.Signals, name: str, seconds: float
) -> None:
    process = own_lab.start(*COMMANDS[name])
    wait_for(lambda: has_server(own_lab) or process.poll() is not None)
    time.sleep(seconds)
    process.send_signal(number)  # none, where it has ended
    _, errors = process.communicate(timeout=60)
    if name in ENDS_BY_ITSELF and process.returncode == 0:
        pass  # it was done before
    elif number is signal.SIGKILL:
        assert process.returncode == -number, errors
    else:
        assert (process.returncode, errors.strip()) == (128 + number, "overdraft: stopped")
    if name == "up":
        own_lab.run("down")
    wait_for(lambda: own_lab.processes() == [], LEFT_WITHIN_S)
