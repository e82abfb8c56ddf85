"""Threads, each with an HTTP connection of its own that lasts for many salvos."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import httpx

from attack.client import new_connection
from attack.history import Request


class Pool:
    """A number of threads with a connection each."""

    def __init__(self, size: int) -> None:
        self._free: SimpleQueue[httpx.HTTPTransport] = SimpleQueue()
        self._all = [new_connection() for _ in range(size)]
        for connection in self._all:
            self._free.put(connection)
        self._threads = ThreadPoolExecutor(size)

    def run(self, jobs: list[Callable[[httpx.HTTPTransport], Request]]) -> list[Request]:
        """Run every job on a connection that is free; return when all have ended, in order."""
        futures = [self._threads.submit(self._on_a_free_one, job) for job in jobs]
        return [future.result() for future in futures]

    def _on_a_free_one(self, job: Callable[[httpx.HTTPTransport], Request]) -> Request:
        connection = self._free.get()
        try:
            return job(connection)
        finally:
            self._free.put(connection)

    def close(self) -> None:
        """End the threads and close the connections."""
        self._threads.shutdown()
        for connection in self._all:
            connection.close()
