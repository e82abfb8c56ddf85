"""An application with the probe inside, and what that tells."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from racewalk.record import probe
from racewalk.record.state import Place, Ran, Standing
from racewalk.record.view import Code
from racewalk.targets.race import Application

_NOWHERE: Final = Standing()


def probed(application: Application, code: Code, to: Path) -> Application:
    """Return an application that tells where its Python stands.

    Args:
        application: started by a Python; another one is returned as it is.
        code: what to look at.
        to: the file that it is told to.
    """
    python, *words = application.command
    if not words or not Path(python).name.startswith("python"):
        return application
    told = asdict(code) | {"root": str(code.root.resolve()), "to": str(to.resolve())}
    env = (*application.env, (probe.VARIABLE, json.dumps(told)))
    command = (python, probe.__file__, *words)
    return replace(application, command=command, env=env, imports=())


class Witness:
    """Reads what the probes of one lane have told.

    Args:
        path: the file that they append to; it is made anew.
    """

    def __init__(self, path: Path) -> None:
        path.write_bytes(b"")
        self._file = os.open(path, os.O_RDONLY)
        self._rest = b""
        self._threads: dict[int, int] = {}
        self._ran: dict[int, list[Ran]] = {}
        self._sent: dict[int, Standing] = {}

    def begin(self) -> None:
        """Forget what ran in the requests before."""
        self.read()
        self._ran.clear()

    def read(self) -> None:
        """Take what was told until now."""
        while data := os.read(self._file, 1 << 16):
            *lines, self._rest = (self._rest + data).split(b"\n")
            for line in lines:
                self._take(json.loads(line))

    def _take(self, told: dict[str, Any]) -> None:
        stack = tuple(Place(*place) for place in told["stack"])
        values = tuple((name, value) for name, value in told["values"])
        ran = self._ran.setdefault(told["thread"], [])
        if "backend" not in told:
            ran.append(Ran(stack[-1], values))
            return
        self._threads[told["backend"]] = told["thread"]
        self._sent[told["backend"]] = Standing(stack, values, tuple(ran))
        ran.clear()

    def at_statement(self, backend: int) -> Standing:
        """Return where the Python stood that has sent the last statement on a connection."""
        return self._sent.get(backend, _NOWHERE)

    def at_line(self, backend: int) -> Standing:
        """Return where that Python has come to since: the line that it is about to run."""
        ran = self._ran.get(self._threads.get(backend, -1))
        return Standing((ran[-1].place,), ran[-1].values, tuple(ran[:-1])) if ran else _NOWHERE

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
