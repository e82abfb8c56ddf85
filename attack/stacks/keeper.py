"""The keeper: the process that owns the database and the stacks while they run.

It stops them when it is told to (SIGTERM) or, unless it is detached, when the harness that
started it ends in whatever way: its standard input then closes. So kill -9 of the harness leaves
nothing behind. If the keeper itself is killed, a guard ends the stacks (see `guard`), and one of
racewalk's the database. Where a guard was killed too, the next keeper ends what is left.

It holds the stacks' ports from the first moment on: gunicorn inherits sockets that listen
already. It watches the database and each gunicorn; when one of them ends, it says so in the
state's file, ends all, and so leaves the way free for the next command.

Beside the main instance of each stack it runs further ones, on free ports, where a cell of the
table needs another kind than runtime.toml has: --also flask:1 django:1:atomic_requests.

On standard output it writes one line: 'ready', or 'error <what to do>'.
"""

import argparse
import fcntl
import os
import signal
import socket
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from types import FrameType
from typing import NoReturn, TextIO

from attack.stacks import gunicorn, leftovers, ports, state
from attack.stacks.guard import guard
from attack.stacks.gunicorn import Server
from attack.stacks.state import Process, State
from attack.stacks.watch import Watch
from attack.stacks.where import DATABASE, Kind
from shared_db.errors import LabError
from shared_db.lab_id import new_lab_id
from shared_db.paths import LAB, lab_folder
from shared_db.runtime import runtime
from shared_db.server import Database, database

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_CLEANS_UP_WITHIN_S = 30.0


def main() -> None:
    """Start everything, say so, and wait for the end."""
    for number in _SIGNALS:
        signal.signal(number, _end)
    arguments = _arguments()
    if not arguments.detached:
        threading.Thread(target=_end_with_the_harness, daemon=True).start()
    try:
        with ExitStack() as stack:
            try:
                keeper = Keeper(stack, arguments)
                keeper.start()
                print("ready", flush=True)  # noqa: T201 - the protocol with the harness
                keeper.fail(keeper.watch.ended(wait=True))
            finally:
                # Stopping takes a moment, and no signal must cut it short.
                for number in _SIGNALS:
                    signal.signal(number, signal.SIG_IGN)
    except LabError as error:
        print(f"error {error}", flush=True)  # noqa: T201
        sys.exit(2)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="keeper")
    parser.add_argument("--detached", action="store_true")
    parser.add_argument("--stacks", nargs="+", default=list(runtime().ports))
    parser.add_argument("--typed", default="make up {}")
    parser.add_argument("--also", type=Kind.parse, nargs="*", default=[])
    return parser.parse_args()


class Keeper:
    """What runs, and its state's file; `stack` ends it all in order."""

    def __init__(self, stack: ExitStack, arguments: argparse.Namespace) -> None:
        self.watch = Watch()
        self._stack = stack
        self._names: list[str] = arguments.stacks
        self._typed: str = arguments.typed
        workers = runtime().workers
        self._main = [Kind(name, workers) for name in runtime().ports if name in self._names]
        self._others = sorted(set(arguments.also) - set(self._main))
        self._servers: list[Server] = []
        self._state = State(keeper=Process.of(os.getpid()), workers=workers, lab_id=new_lab_id())

    def start(self) -> None:
        """Start the database and the stacks, and wait until they answer.

        Raises:
            LabError: another keeper is at work here, a port is taken, or something does not start.
        """
        self._stack.enter_context(_lock())
        leftovers.end()
        listeners = {
            **{kind: self._listen(kind.stack, runtime().ports[kind.stack]) for kind in self._main},
            **{kind: self._listen(kind.stack, 0) for kind in self._others},
        }
        self._write(self._state)
        self._stack.callback(self._forget)
        self._database = where = self._stack.enter_context(database())
        self._watch_database(where)
        migration = gunicorn.migrate(where.url) if "django" in self._names else None
        self._guard = self._stack.enter_context(guard())
        self._stack.callback(self._stop)
        for kind, listener in listeners.items():
            self._serve(gunicorn.start(kind, listener, where.url, self._state.lab_id))
        if migration:
            gunicorn.wait_for_migration(migration, self.watch)
        for server in self._servers:
            server.wait_until_healthy(self.watch)
        self._write(replace(self._ready(where), ready=True))

    def _listen(self, name: str, port: int) -> socket.socket:
        return self._stack.enter_context(ports.listen(name, port, self._typed))

    def _watch_database(self, where: Database) -> None:
        if where.server:
            self.watch.process(where.server.process, "PostgreSQL", where.server.log)
        self.watch.database(where.url, where.server.log if where.server else None)

    def _serve(self, server: Server) -> None:
        self._servers.append(server)
        self._guard.add(server.process.pid)
        children = (*self._state.children, Process.of(server.process.pid))
        self.watch.process(server.process, f"the {server.instance.stack} stack", server.log)
        self._write(replace(self._state, children=children))

    def _ready(self, where: Database) -> State:
        instances = [server.instance for server in self._servers]
        return replace(
            self._state,
            urls=tuple((each.stack, each.url) for each in instances if each.kind in self._main),
            others=tuple(each for each in instances if each.kind not in self._main),
            database_url=where.url,
            admin_url=where.admin_url,
            logs=self._logs(where),
        )

    def _logs(self, where: Database) -> tuple[tuple[str, str], ...]:
        logs = [(str(server.instance.kind), str(server.log)) for server in self._servers]
        if where.server:
            logs.append((DATABASE, str(where.server.log)))
        return tuple(logs)

    def fail(self, lost: str) -> NoReturn:
        """Tell whoever uses the stacks what was lost, and end the rest at once.

        Raises:
            LabError: always, with what was lost.
        """
        self._write(replace(self._state, failed=lost))
        for server in self._servers:
            server.kill()
        if self._database.server:
            self._database.server.kill()
        raise LabError(lost)

    def _write(self, new: State) -> None:
        self._state = new
        new.write()

    def _forget(self) -> None:
        if not self._state.failed:  # that is kept, for the next command
            state.remove()

    def _stop(self) -> None:
        for server in self._servers:
            server.process.terminate()
        for server in self._servers:
            server.stop()


def _lock() -> TextIO:
    """Return the lab's lock, taken; wait for a keeper that is about to end.

    Raises:
        LabError: a keeper is at work.
    """
    lock = (lab_folder() / "lock").open("w")
    deadline = time.monotonic() + _CLEANS_UP_WITHIN_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = state.read()
            if not (other and other.failed) or time.monotonic() > deadline:
                lock.close()
                raise LabError(
                    f"another run uses the lab in {LAB}: wait for its end, or `make down`"
                ) from None
            time.sleep(0.05)
        else:
            return lock


def _end(number: int, frame: FrameType | None) -> NoReturn:
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(0)


def _end_with_the_harness() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
