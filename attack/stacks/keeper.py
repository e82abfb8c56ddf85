"""The keeper: the process that owns the database and both stacks while they run.

It stops them when it is told to (SIGTERM) or, unless it is detached, when the harness that
started it ends in whatever way: its standard input then closes. So kill -9 of the harness leaves
nothing behind; and what kill -9 of the keeper leaves, the next keeper ends first.

Beside the main instance of each stack it runs further ones, on free ports, where a cell of the
table needs another number of workers than runtime.toml has: --also-workers 1.

On standard output it writes one line: 'ready', or 'error <what to do>'.
"""

import argparse
import fcntl
import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from dataclasses import replace
from types import FrameType
from typing import NoReturn

from attack.stacks import gunicorn, leftovers, state
from attack.stacks.state import Process, State
from attack.stacks.where import Instance
from shared_db.errors import LabError
from shared_db.paths import LAB
from shared_db.ports import free_port
from shared_db.runtime import runtime
from shared_db.server import database


def main() -> None:
    """Start everything, say so, and wait for the end."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _end)
    arguments = _arguments()
    if not arguments.detached:
        threading.Thread(target=_end_with_the_harness, daemon=True).start()
    try:
        with ExitStack() as stack:
            _start(stack, frozenset(arguments.also_workers))
            print("ready", flush=True)  # noqa: T201 - the protocol with the harness
            while True:
                signal.pause()
    except LabError as error:
        print(f"error {error}", flush=True)  # noqa: T201
        sys.exit(2)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="keeper")
    parser.add_argument("--detached", action="store_true")
    parser.add_argument("--also-workers", type=int, nargs="*", default=[])
    return parser.parse_args()


def _start(stack: ExitStack, also_workers: frozenset[int]) -> None:
    LAB.mkdir(exist_ok=True)
    lock = stack.enter_context((LAB / "lock").open("w"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LabError("another run uses this checkout: wait for its end, or `make down`") from None
    leftovers.end()
    for name, port in runtime().ports.items():
        gunicorn.check_port(name, port)

    workers = runtime().workers
    current = State(keeper=Process.of(os.getpid()), workers=workers)
    current.write()
    stack.callback(state.remove)
    where = stack.enter_context(database())
    migration = gunicorn.migrate(where.url)
    servers: list[subprocess.Popen[bytes]] = []
    stack.callback(_stop, servers)
    instances: list[tuple[Instance, subprocess.Popen[bytes]]] = []
    for count in (workers, *sorted(also_workers - {workers})):
        for name, fixed_port in runtime().ports.items():
            port = fixed_port if count == workers else free_port()
            server = gunicorn.start(name, port, where.url, count)
            servers.append(server)
            instances.append((Instance(name, count, gunicorn.url(port)), server))
            current = replace(current, children=(*current.children, Process.of(server.pid)))
            current.write()
    gunicorn.wait_for_migration(migration)
    for instance, server in instances:
        gunicorn.wait_until_healthy(instance, server)
    replace(
        current,
        urls=tuple((each.stack, each.url) for each, _ in instances if each.workers == workers),
        others=tuple(each for each, _ in instances if each.workers != workers),
        database_url=where.url,
        admin_url=where.admin_url,
        ready=True,
    ).write()


def _stop(servers: list[subprocess.Popen[bytes]]) -> None:
    for server in servers:
        server.terminate()
    for server in servers:
        with suppress(subprocess.TimeoutExpired):
            server.wait(10)
        # Workers outlive a master that was killed; they are in the session that it led.
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _end(number: int, frame: FrameType | None) -> NoReturn:
    # Stopping takes a moment; a second signal must not cut it short.
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    sys.exit(0)


def _end_with_the_harness() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
