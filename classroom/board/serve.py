"""The board's server: one gunicorn, on a loopback port."""

import os
import secrets
import subprocess
import sys

from attack.stacks import ports
from classroom import settings
from shared_db.paths import CHECKOUT, LAB

_THREADS = 4


def start(typed: str) -> subprocess.Popen[bytes]:
    """Start it; the port is taken before this returns.

    Args:
        typed: the command, with {} where a setting goes, for advice.

    Raises:
        LabError: the port is taken.
    """
    listener = ports.listen("board", settings.port("BOARD_PORT"), typed)
    command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}"]
    command += ["--worker-class", "gthread", "--threads", str(_THREADS)]
    command += ["--no-control-socket", "classroom.board.wsgi:application"]
    with listener, (LAB / "board.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=CHECKOUT,
            # A new key at each start: whoever was logged in shows the password again.
            env={
                **os.environ,
                "OVERDRAFT_LAB": str(LAB),
                "BOARD_SECRET_KEY": secrets.token_urlsafe(48),
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(listener.fileno(),),
            start_new_session=True,
        )
