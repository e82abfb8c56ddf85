"""burst: all requests at once, as fast as the threads can send them. The article's attack."""

from functools import partial

from attack.client import Prepared, send
from attack.connection import Connection
from attack.history import Request
from attack.targets import Target
from attack.techniques.pool import Pool


def burst(pool: Pool, target: Target, requests: list[Prepared]) -> list[Request]:
    """Send every request whole, as soon as a thread is free for it."""

    def job(request: Prepared, connection: Connection) -> Request:
        return send(connection, target, request, request.body)

    return pool.run([partial(job, request) for request in requests])
