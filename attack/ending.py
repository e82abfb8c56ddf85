"""How a command ends, also one that is ended from outside: SIGTERM, or the terminal closes.

All that ends in order at Ctrl-C ends so then, too, and with one line.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from types import FrameType
from typing import Final, NoReturn

STOPPED: Final = b"overdraft: stopped\n"
_ENDED_BY: Final = (signal.SIGTERM, signal.SIGHUP)


def end_in_order() -> None:
    """Have the command end in order from now on; what is ignored, as by nohup, stays so."""
    for number in _ENDED_BY:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


def be_done() -> None:
    """Have no signal change any more how the command ends.

    At its end the interpreter takes handlers away: what is done would look broken off.
    """
    for number in (*_ENDED_BY, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    be_done()  # it takes a moment, and nothing must cut it short
    with suppress(OSError):  # the terminal may be gone
        os.write(2, STOPPED)
    raise SystemExit(128 + number)  # as a shell says of a signal
