"""Threads, each with an HTTP connection of its own that lasts for many salvos."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from attack.connection import Connection
from attack.history import Request


class Pool:
    """A number of threads with a connection each."""

    def __init__(self, size: int) -> None:
        self._free: SimpleQueue[Connection] = SimpleQueue()
        self._all = [Connection() for _ in range(size)]
        for connection in self._all:
            self._free.put(connection)
        self._threads = ThreadPoolExecutor(size)

    def run(self, jobs: list[Callable[[Connection], Request]]) -> list[Request]:
        """Run every job on a connection that is free; return when all have ended, in order."""
        futures = [self._threads.submit(self._on_a_free_one, job) for job in jobs]
        return [future.result() for future in futures]

    def _on_a_free_one(self, job: Callable[[Connection], Request]) -> Request:
        connection = self._free.get()
        try:
            return job(connection)
        finally:
            self._free.put(connection)

    def close(self) -> None:
        """End the threads and close the connections; what was not sent yet is not sent."""
        self._threads.shutdown(cancel_futures=True)
        for connection in self._all:
            connection.close()
