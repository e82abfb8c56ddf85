"""The load, as a Locust file: clients that send one request after another, without a pause.

The lab starts it by itself (attack.bench.generator). Where one process is not enough, it is the
file for workers of Locust's: docs/bench.md has the command. Whoever runs it, it sends to loopback
addresses and the lab's own Compose network only.
"""

import random
import time
from typing import Any
from urllib.parse import urlsplit

from geventhttpclient import HTTPClient
from geventhttpclient.response import HTTPSocketPoolResponse
from locust import User, events, task
from locust.contrib.fasthttp import FAILURE_EXCEPTIONS
from locust.env import Environment
from locust.exception import StopUser

from attack import answers, targets
from attack.bench.orders import Order
from attack.bench.recorder import Recorder
from attack.bench.tally import Tally
from attack.stacks.health import ForeignAnswerError, require_own
from attack.targets.addresses import require_lab_address
from shared_db.rules import new_key

ORDER, DONE = "order", "done"
"""Messages: what the clients shall send, and what they counted when the last of them ended."""
TIMEOUT_S = 15.0


class Client(User):
    """A client with a connection of its own, which ends by itself when the time is over.

    It uses geventhttpclient as it is. Locust's FastHttpUser has a cookie jar, which would keep the
    message of every answer and send one more with each request.
    """

    def on_start(self) -> None:
        """Get ready to connect."""
        self._recorder = _recorders[0]
        self._recorder.client_starts()
        where = urlsplit(self._recorder.order.host)
        self._http = HTTPClient(
            str(where.hostname),
            where.port or 80,
            concurrency=1,
            connection_timeout=TIMEOUT_S,
            network_timeout=TIMEOUT_S,
        )

    def on_stop(self) -> None:
        """Close the connection; the last to do so tells what all have counted."""
        self._http.close()
        if self._recorder.client_ends():
            assert self.environment.runner  # noqa: S101 - it started this client
            self.environment.runner.send_message(DONE, self._recorder.tally.to_json())

    @task
    def send(self) -> None:
        """Send one of the order's requests, and wait for its answer."""
        if self._recorder.is_over():
            raise StopUser
        order = self._recorder.order
        request = random.choice(order.requests)  # noqa: S311 - whose account is no secret
        body = f"{request.body}&{order.key_field}={new_key()}" if order.key_field else request.body
        sent = time.monotonic()
        try:
            answer = self._http.post(request.path, body=body, headers=request.headers)
            answer.read()
        except FAILURE_EXCEPTIONS as error:
            words = type(error).__name__
            self._recorder.count(sent, "unknown", success=False, retries=0, words=words)
        else:
            self._count(sent, answer)

    def _count(self, sent: float, answer: HTTPSocketPoolResponse) -> None:
        told = {str(name).lower(): str(value) for name, value in answer.headers}
        if self._is_foreign(answer.status_code, told):
            raise StopUser
        status, location, span = answer.status_code, told.get("location", ""), answers.span(told)
        fate = answers.fate(targets.load(), status, location, by_withdraw=span is not None)
        order = self._recorder.order
        is_page = (status, location) == (302, order.location)
        self._recorder.count(
            sent,
            fate,
            success=fate == "paid" if order.withdraws else is_page,
            retries=span.retries if span else 0,
            words=f"{status} {location}".strip(),
        )

    def _is_foreign(self, status: int, headers: dict[str, str]) -> bool:
        order, tally = self._recorder.order, self._recorder.tally
        try:
            require_own(order.lab_id, order.host, status, headers)
        except ForeignAnswerError as error:
            tally.foreign = str(error)
        return bool(tally.foreign)


_recorders: list[Recorder] = []
done: list[Tally] = []
"""What came in of the order under way."""


def on_init(environment: Environment, **_: Any) -> None:
    """Listen to both messages: a worker to orders, a master to counts, a lone process to both."""
    assert environment.runner  # noqa: S101 - the event says that there is one
    environment.catch_exceptions = False  # a fault of this file is no result
    environment.runner.register_message(ORDER, _take)
    environment.runner.register_message(DONE, _hear)


events.init.add_listener(on_init)  # type: ignore[no-untyped-call]


def _take(environment: Environment, msg: Any, **_: Any) -> None:
    _recorders.clear()  # an order that is refused leaves none, and not the one before
    order = Order.from_json(msg.data)
    require_lab_address(order.host)
    _recorders.append(Recorder(order))


def _hear(environment: Environment, msg: Any, **_: Any) -> None:
    done.append(Tally.from_json(msg.data))
