"""The entry of the command line: a class has a folder of its own, in that of the lab.

So it has a database of its own too, in which nobody's password is public, and the lab without a
class stays as it was.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

FOLDER = "class"
_INTERRUPTED = 128 + 2  # as a shell says of SIGINT


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run a command; end with its exit code, which Ctrl-C does not change any more.

    Args:
        args: the command and its options; those of this process where None.
    """
    lab = os.environ.get("OVERDRAFT_LAB") or Path(__file__).resolve().parents[1] / ".lab"
    os.environ |= {"OVERDRAFT_LAB": str(Path(lab, FOLDER)), "OVERDRAFT_CLASS": "1"}
    try:
        # Read now, and not before: the folder of the lab is taken from the environment.
        from attack.ending import be_done, end_in_order
        from classroom.cli import main as group

        end_in_order()
        try:
            group.main(args=None if args is None else list(args), prog_name="classroom")
        finally:
            be_done()
    except KeyboardInterrupt:
        sys.stderr.write("overdraft: stopped\n")
        sys.exit(_INTERRUPTED)
