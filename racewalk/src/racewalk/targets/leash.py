"""A command on a leash: when the process that started it ends, in whatever way, so does it.

That process holds the other end of our standard input, which closes with it, kill -9 included.
It is run by its path: the package around it takes longer to import than many an application.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading

_NO_COMMAND = 127
LARGEST_FILE = 512 * 1024 * 1024
"""Bytes that the command may write to one file: its log, above all, is to leave the disk free."""


def limit_files() -> None:
    """Have every file that this process and its children write end at `LARGEST_FILE`."""
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    least = LARGEST_FILE if most == resource.RLIM_INFINITY else min(LARGEST_FILE, most)
    resource.setrlimit(resource.RLIMIT_FSIZE, (least, most))


def end_with_the_holder() -> None:
    """Wait until the other end of standard input closes, then end this session."""
    while os.read(sys.stdin.fileno(), 1):  # not by its buffer, which our end would wait for
        pass
    os.killpg(0, signal.SIGKILL)  # whatever it started, too: they are a session of their own


def main() -> int:
    """Run the command in the arguments; return its exit code."""
    limit_files()
    try:
        command = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, close_fds=False)
    except OSError as error:
        sys.stderr.write(
            f"error: {sys.argv[1]!r} cannot be started ({error.strerror}): install it in the "
            "environment of racewalk, or write its whole path\n"
        )
        return _NO_COMMAND
    threading.Thread(target=end_with_the_holder, daemon=True).start()
    return command.wait()


if __name__ == "__main__":
    sys.exit(main())
