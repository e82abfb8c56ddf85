"""last_byte: everything but the last byte of each request first, then all last bytes at once.

The slow part of a request, from the connection to the form's parsing, is over before the gate
opens; what is left lies so close together that the server handles all requests side by side.
Known from HTTP tooling as last-byte synchronisation (J. Kettle, 'Smashing the state machine',
2023, for the single-packet form of it).
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from attack.client import Prepared, send
from attack.connection import FAILURES, Connection
from attack.history import Request
from attack.targets import Target
from attack.techniques.pool import Pool

# For the servers to read what was sent and to block on the last byte; 150 ms gain nothing more.
SETTLE_S = 0.03
# All but the last bytes take milliseconds; whoever has not come by then hangs in a dead server.
_GATE_TIMEOUT_S = 5.0


class Gate:
    """Holds the last bytes until all have come, or given up, and SETTLE_S has gone by.

    One thread then sends them all, within a millisecond or two: a thread a byte would have to be
    woken first, one after the other.
    """

    def __init__(self, expected: int) -> None:
        self._expected = expected
        self._held: list[Callable[[], None]] = []
        self._changed = threading.Condition()
        self._open = False

    def hold(self, release: Callable[[], None]) -> None:
        """Keep a byte to be released with the others; release it at once if they have gone."""
        with self._changed:
            if not self._open:
                self._held.append(release)
                self._leave()
                return
        release()

    def leave(self) -> None:
        """Count as one who need not be waited for any more."""
        with self._changed:
            self._leave()

    def _leave(self) -> None:
        self._expected -= 1
        self._changed.notify()

    def open_when_all_are_ready(self) -> None:
        """Release all at once."""
        with self._changed:
            self._changed.wait_for(lambda: self._expected == 0, _GATE_TIMEOUT_S)
        time.sleep(SETTLE_S)
        with self._changed:
            self._open = True
        for release in self._held:
            with suppress(*FAILURES):  # the one who waits for the answer hears of it
                release()


def last_byte(pool: Pool, target: Target, requests: list[Prepared]) -> list[Request]:
    """Hold the last byte of every request back, then release all of them."""
    gate = Gate(len(requests))

    def job(request: Prepared, connection: Connection) -> Request:
        arrived = False

        def body() -> Iterator[bytes]:
            nonlocal arrived
            yield request.body[:-1]
            arrived = True
            connection.hold_next_write(gate.hold)
            yield request.body[-1:]

        try:
            return send(connection, target, request, body())
        finally:
            if not arrived:
                gate.leave()

    # A daemon: who breaks a salvo off does not wait for a gate that will never fill.
    opener = threading.Thread(target=gate.open_when_all_are_ready, daemon=True)
    opener.start()
    records = pool.run([partial(job, request) for request in requests])
    opener.join()
    return records
