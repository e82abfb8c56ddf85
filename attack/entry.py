"""The entry of the command line: what goes wrong before the commands are there gets its one line.

To import them takes the better part of a second, in which Ctrl-C may come, and reads the settings
of the environment, which may be wrong.
"""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from shared_db.errors import LabError


def main(args: Sequence[str] | None = None, prog_name: str | None = None) -> NoReturn:
    """Run a command; end with its exit code.

    Args:
        args: the command and its options; those of this process where None.
        prog_name: what the program is called in its help.
    """
    # Ignored, as by nohup, it stays ignored.
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, _stop)
    try:
        from attack.cli import main as group
    except LabError as error:
        sys.stderr.write(f"overdraft: {error}\n")
        sys.exit(2)
    if ours:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    group.main(args=None if args is None else list(args), prog_name=prog_name)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    # Nothing runs yet that would have to be ended in order.
    os.write(2, b"overdraft: stopped\n")
    os._exit(130)
