"""The entry of the command line: what goes wrong before the commands are there gets its one line.

To import them takes the better part of a second, in which Ctrl-C may come, and reads the settings
of the environment, which may be wrong. So nothing is imported here before Ctrl-C is taken care of,
but what the interpreter itself has imported already.
"""

from __future__ import annotations

import gc
import os
import signal
import sys

TYPE_CHECKING = False  # that of typing, which takes its time to be imported
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType
    from typing import NoReturn

_INTERRUPTED = 128 + 2  # as a shell says of SIGINT
_STOPPED = b"overdraft: stopped\n"


def main(args: Sequence[str] | None = None, prog_name: str | None = None) -> NoReturn:
    """Run a command; end with its exit code, which Ctrl-C does not change any more.

    Args:
        args: the command and its options; those of this process where None.
        prog_name: what the program is called in its help.
    """
    # Ignored, as by nohup, it stays ignored.
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, _stop)
    from shared_db.errors import LabError

    gc.disable()  # what is imported stays, and to look for garbage in it takes a tenth of the time
    try:
        from attack.cli import main as group
        from attack.ending import be_done, end_in_order

        group.import_asked_for(sys.argv[1:] if args is None else args)
    except LabError as error:
        sys.stderr.write(f"overdraft: {error}\n")
        sys.exit(2)
    finally:
        gc.enable()
    gc.freeze()  # nor is it looked through at the end, which would take as long
    end_in_order()
    try:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            group.main(args=None if args is None else list(args), prog_name=prog_name)
        finally:
            be_done()
    except KeyboardInterrupt:  # just before the command takes care of it, or just after
        os.write(2, _STOPPED)
        sys.exit(_INTERRUPTED)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    # Nothing runs yet that would have to be ended in order.
    os.write(2, _STOPPED)
    os._exit(_INTERRUPTED)
