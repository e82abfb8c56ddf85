"""Threads, each with an HTTP connection of its own that lasts for many salvos."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import httpx

from attack.client import new_client
from attack.history import Request


class Pool:
    """A number of threads with a connection each."""

    def __init__(self, size: int) -> None:
        self._clients: SimpleQueue[httpx.Client] = SimpleQueue()
        self._all = [new_client() for _ in range(size)]
        for client in self._all:
            self._clients.put(client)
        self._threads = ThreadPoolExecutor(size)

    def run(self, jobs: list[Callable[[httpx.Client], Request]]) -> list[Request]:
        """Run every job on a connection that is free; return when all have ended, in order."""
        futures = [self._threads.submit(self._with_a_client, job) for job in jobs]
        return [future.result() for future in futures]

    def _with_a_client(self, job: Callable[[httpx.Client], Request]) -> Request:
        client = self._clients.get()
        try:
            return job(client)
        finally:
            self._clients.put(client)

    def close(self) -> None:
        """End the threads and close the connections."""
        self._threads.shutdown()
        for client in self._all:
            client.close()
