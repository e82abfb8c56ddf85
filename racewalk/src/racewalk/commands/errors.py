"""What is wrong is told in one line; and how a command ends."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from functools import wraps
from types import FrameType
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from racewalk.errors import RacewalkError, ScenarioError
from racewalk.scenario.verdicts import Exit

P = ParamSpec("P")
R = TypeVar("R")
INTERRUPTED = 130
_ENDED_BY = (signal.SIGTERM, signal.SIGHUP)


def told(command: Callable[P, R]) -> Callable[P, R]:
    """Have a command end with one line where something is wrong, and clean up where it is ended."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for number in _ENDED_BY:
            if signal.getsignal(number) is signal.SIG_DFL:  # ignored, as by nohup, it stays so
                signal.signal(number, _end)
        try:
            return command(*args, **kwargs)
        except ScenarioError as error:
            fail(error, Exit.REFUSED)
        except RacewalkError as error:
            fail(error, Exit.UNKNOWN)
        except KeyboardInterrupt:
            click.echo("racewalk: interrupted", err=True)
            sys.exit(INTERRUPTED)

    return run


def fail(error: RacewalkError, code: int) -> NoReturn:
    """End with one line."""
    click.echo(f"racewalk: {error.told}", err=True)
    sys.exit(code)


def be_done() -> None:
    """Have no signal change any more how the command ends.

    At its end the interpreter takes handlers away: what is done would look broken off.
    """
    for number in (*_ENDED_BY, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)


def _end(number: int, _frame: FrameType | None) -> Any:
    be_done()  # it takes a moment, and nothing must cut it short
    sys.exit(128 + number)  # as a shell says of a signal
