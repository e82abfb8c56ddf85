"""The load generator: Locust as a process of its own, which takes one order after another.

gevent, which Locust is made of, replaces the standard library's sockets and threads: that is why
it does not run within the harness. Orders come as JSON lines on standard input, and the counts of
each go out as a line on standard output; it ends when its input does.

With --workers it is the master of so many Locust workers, and sends nothing itself. It starts them
on this machine, or with --port waits there for those that somebody starts elsewhere.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gevent
from gevent.fileobject import FileObject
from locust import events
from locust.env import Environment
from locust.runners import LocalRunner, MasterRunner

from attack.bench import locustfile
from attack.bench.orders import Order
from attack.bench.tally import Tally, total
from shared_db.ports import free_port

_HOST = "127.0.0.1"
_WORKERS_WITHIN_S, _ENDS_WITHIN_S = 30.0, 5.0
_PAUSE_S = 0.005


def main() -> None:
    """Take orders until the input ends, or SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    arguments = _arguments()
    with _runner(arguments.workers, arguments.port) as runner:
        print("ready", flush=True)  # noqa: T201 - the protocol with the harness
        for line in FileObject(sys.stdin.fileno(), "rb", close=False):
            tally = carry_out(runner, Order.from_json(json.loads(line)))
            print(json.dumps(tally.to_json()), flush=True)  # noqa: T201


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="generator")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--port", type=int, default=0)
    return parser.parse_args()


@contextmanager
def _runner(workers: int, port: int) -> Iterator[LocalRunner | MasterRunner]:
    environment = Environment(user_classes=[locustfile.Client], events=events, stop_timeout=0)
    started: list[subprocess.Popen[bytes]] = []
    runner: LocalRunner | MasterRunner
    if workers:
        runner = environment.create_master_runner(_HOST, port or free_port())
        if not port:
            started += [_start_worker(runner.master_bind_port) for _ in range(workers)]
    else:
        runner = environment.create_local_runner()
    # Locust's own command line does so too; the file's listener waits for it.
    events.init.fire(environment=environment, runner=runner, web_ui=None)  # type: ignore[no-untyped-call]
    try:
        if isinstance(runner, MasterRunner):
            _wait_for_workers(runner, workers, forever=bool(port))
        yield runner
    finally:
        runner.quit()
        for worker in started:
            worker.kill()
            worker.wait()


def _start_worker(port: int) -> subprocess.Popen[bytes]:
    file = str(Path(locustfile.__file__))
    command = [sys.executable, "-m", "locust", "--locustfile", file, "--worker"]
    return subprocess.Popen(
        [*command, "--master-host", _HOST, "--master-port", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        env=os.environ | {"LOCUST_SKIP_UPDATE_CHECK": "1"},
    )


def _wait_for_workers(runner: MasterRunner, workers: int, *, forever: bool) -> None:
    with gevent.Timeout(None if forever else _WORKERS_WITHIN_S):
        while len(runner.clients.ready) < workers:
            gevent.sleep(_PAUSE_S)


def carry_out(runner: LocalRunner | MasterRunner, order: Order) -> Tally:
    """Have an order's clients send, and return what they counted when the last had ended.

    Raises:
        gevent.Timeout: they did not end in time.
    """
    locustfile.done.clear()
    runner.environment.host = order.host
    runner.send_message(locustfile.ORDER, order.to_json())
    runner.start(order.clients, spawn_rate=order.clients)
    with gevent.Timeout(order.warm_s + order.seconds + locustfile.TIMEOUT_S + _ENDS_WITHIN_S):
        while (tally := total(locustfile.done)).clients < order.clients:
            gevent.sleep(_PAUSE_S)
    runner.stop()
    if isinstance(runner, MasterRunner):
        _wait_for_workers(runner, len(runner.clients), forever=False)
    return tally


if __name__ == "__main__":
    main()
