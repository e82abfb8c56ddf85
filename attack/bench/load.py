"""The load generator, as the harness sees it: a process that takes an order and returns counts."""

import json
import socket
import subprocess
import sys
from types import TracebackType
from typing import Self

from attack.bench.orders import Order
from attack.bench.tally import Tally
from attack.stacks.health import ForeignAnswerError
from attack.targets.addresses import require_lab_address
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT, LAB

_ENDS_WITHIN_S = 5.0
LOCUSTFILE = CHECKOUT / "attack" / "bench" / "locustfile.py"
"""By its path: importing it would have gevent replace this process's sockets and threads."""
LOG = LAB / "locust.log"


class Load:
    """A running generator; a context manager, at whose end it is gone."""

    def __init__(self, workers: int = 0, port: int = 0) -> None:
        """Say how it shall run; entering the context starts it.

        Args:
            workers: Locust workers that send the load; 0: it sends the load itself.
            port: loopback port on which it waits for workers that somebody starts; 0: it starts
                them itself.
        """
        self._options = [f"--workers={workers}", f"--port={port}"]
        self._port = port

    def __enter__(self) -> Self:
        """Start it, and wait until it can take orders.

        Raises:
            LabError: it did not start.
        """
        if self._port:
            _check_port(self._port)
        command = [sys.executable, "-m", "attack.bench.generator", *self._options]
        with LOG.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=CHECKOUT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                # Ctrl-C is for the harness: the order under way is then cut short by its end.
                start_new_session=True,
                text=True,
            )
        try:
            self._answer()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def send(self, order: Order) -> Tally:
        """Have an order carried out.

        Raises:
            LabError: the order is for another machine, or the generator failed.
            ForeignAnswerError: another lab answered, and its answers are not to be counted.
        """
        require_lab_address(order.host)
        assert self._process.stdin  # noqa: S101 - opened as a pipe
        try:
            self._process.stdin.write(json.dumps(order.to_json()) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise LabError(f"the load generator ended: its log is {LOG}") from None
        tally = Tally.from_json(json.loads(self._answer()))
        if tally.foreign:
            raise ForeignAnswerError(tally.foreign)
        return tally

    def _answer(self) -> str:
        assert self._process.stdout  # noqa: S101 - opened as a pipe
        line = self._process.stdout.readline()
        if not line:
            raise LabError(f"the load generator ended: its log is {LOG}")
        return line

    def close(self) -> None:
        """End it, an order under way too, and with it what it started."""
        assert self._process.stdin  # noqa: S101 - opened as a pipe
        self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise LabError(f"port {port} is in use: name another --load-port") from None
