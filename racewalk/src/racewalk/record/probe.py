"""Runs a Python program that uses psycopg, and tells where it stands before each statement.

    python probe.py -m gunicorn shop.wsgi

It knows neither framework nor application, and no statement is changed: psycopg takes every one of
them, a COMMIT too, through `Connection.wait`, and before that goes on a line is appended to a file.
So whoever sees the statement on the wire can read of the line that has sent it. Of the function
that is shown every line is told before it runs: what an object holds between two statements
decides.

This file is run by its path, in the application's process, and imports nothing of its package.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Final

VARIABLE: Final = "RACEWALK_PROBE"
"""The variable that tells what to look at: `to` (a file) and the fields of `view.Code`, as JSON."""

Trace = Callable[[FrameType, str, Any], Any]
_LONGEST: Final = 60
_EXPRESSIONS: Final = ("sqlalchemy.sql.", "django.db.models.expressions")


class Probe:
    """Tells where a thread stands.

    Args:
        to: file to append to.
        root, folders, entry, attributes: see `view.Code`.
    """

    def __init__(
        self, to: str, root: str, folders: list[str], entry: str, attributes: list[str]
    ) -> None:
        self._to = os.open(to, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._root, self._entry, self._attributes = f"{root}/", entry, attributes
        self._own = tuple(f"{root}/{folder}/" for folder in folders)
        self._shown = f"{root}/{entry}"

    def sends(self, backend: int, frame: FrameType | None) -> None:
        """Tell of a statement: on which connection, from where, and what is held there."""
        own = list(self._frames(frame))[::-1]
        inside = next((n for n, (file, _) in enumerate(own) if file.startswith(self._entry)), None)
        shown = own[-1:] if inside is None else own[inside:]
        values = [] if inside is None else list(self._values(own[inside][1]))
        stack = [(file, each.f_code.co_name, each.f_lineno) for file, each in shown]
        self._tell({"backend": backend, "stack": stack, "values": values})

    def enters(self, frame: FrameType, _event: str, _argument: object) -> Trace | None:
        """Have the lines of the function that is shown told, and of no other."""
        if not frame.f_code.co_filename.startswith(self._shown):
            return None
        # All that it calls would be asked about here too, at a cost. getattr(frame, "call", None)
        # is None, the answer of who wants to hear no more of a call.
        sys.settrace(getattr)
        return self._runs

    def _runs(self, frame: FrameType, event: str, _argument: object) -> Trace:
        """Tell of a line that is about to run, and what is held before it does."""
        if event == "return":
            sys.settrace(self.enters)
        if event == "line":
            file = frame.f_code.co_filename.removeprefix(self._root)
            stack = [(file, frame.f_code.co_name, frame.f_lineno)]
            self._tell({"stack": stack, "values": list(self._values(frame))})
        return self._runs

    def _tell(self, what: dict[str, object]) -> None:
        line = json.dumps({"thread": threading.get_native_id(), **what})
        os.write(self._to, line.encode() + b"\n")

    def _frames(self, frame: FrameType | None) -> Iterator[tuple[str, FrameType]]:
        """The application's own frames, innermost first, each with its file."""
        while frame:
            file = frame.f_code.co_filename
            if file.startswith(self._own):
                yield file.removeprefix(self._root), frame
            frame = frame.f_back

    def _values(self, frame: FrameType) -> Iterator[tuple[str, object]]:
        """What a function's variables hold; a plain argument says nothing new."""
        code = frame.f_code
        arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        for name, value in frame.f_locals.items():
            if _is_plain(value):
                if name not in arguments:
                    yield name, _short(value)
                continue
            thing = _unwrapped(value)
            for attribute in self._attributes:
                if hasattr(type(thing), attribute):
                    yield f"{name}.{attribute}", _told(vars(thing).get(attribute))


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, (bool, int, float, str))


def _unwrapped(value: Any) -> Any:
    """What a lazy object of Django's stands for."""
    return getattr(value, "__dict__", {}).get("_wrapped", value)


def _told(value: object) -> object:
    """A value, read past the framework: to ask an object for what it lacks would ask SQL."""
    if _is_plain(value):
        return _short(value)
    is_expression = type(value).__module__.startswith(_EXPRESSIONS)
    return _short(f"{{{value}}}" if is_expression else f"{{{type(value).__name__}}}")


def _short(value: object) -> object:
    return value[:_LONGEST] if isinstance(value, str) else value


def install(probe: Probe) -> None:
    """Have psycopg tell the probe of all that it sends, and threads to come of their lines."""
    import psycopg

    wait = psycopg.Connection.wait

    def telling(self: Any, *args: Any, **kwargs: Any) -> Any:
        probe.sends(self.pgconn.backend_pid, sys._getframe(1))
        return wait(self, *args, **kwargs)

    psycopg.Connection.wait = telling  # type: ignore[method-assign]
    threading.settrace(probe.enters)


def main() -> None:
    """Run the program in the arguments, as python itself would."""
    install(Probe(**json.loads(os.environ[VARIABLE])))
    sys.path[0] = str(Path.cwd() if sys.argv[1] == "-m" else Path(sys.argv[1]).parent)
    if sys.argv[1] == "-m":
        del sys.argv[:2]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        del sys.argv[0]
        runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
