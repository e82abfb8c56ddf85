"""The generator as a process: with workers of its own, and when something is wrong with it."""

import socket
import subprocess
import sys

import psutil
import pytest

from attack import targets
from attack.bench.accounts import Accounts
from attack.bench.load import LOCUSTFILE, Load
from attack.bench.orders import Order
from attack.bench.sessions import Sessions
from shared_db.catalogue import strategies
from shared_db.errors import LabError
from shared_db.ports import free_port
from tests.bench.conftest import COUNT
from tests.conftest import Lab
from tests.harness import stub


def order(made: Accounts, sessions: Sessions, url: str, clients: int) -> Order:
    """Return an order of withdrawals for a stub at this URL, from accounts with money."""
    made.reset(forbid_overdraft=False)
    sessions.log_in(url, COUNT)
    return Order(url, sessions.withdrawals(url, strategies()[0]), clients, 0.1, 0.5)


def descendants() -> set[int]:
    """Return the processes that this one has started, and theirs."""
    return {each.pid for each in psutil.Process().children(recursive=True)}


def test_two_workers_share_the_clients_and_none_outlives_the_load(lab: Lab, made: Accounts) -> None:
    before = descendants()
    sessions = Sessions(targets.load())
    with stub.serve(lab.database_url, stub.safe) as url, Load(workers=2) as load:
        for clients in (4, 1, 3):
            tally = load.send(order(made, sessions, url, clients))
            assert tally.clients == clients
            assert tally.succeeded > 0
            assert (tally.failed, tally.undecided) == (0, 0)
    sessions.close()
    assert descendants() <= before


def test_a_worker_that_somebody_started_is_waited_for(lab: Lab, made: Accounts) -> None:
    port = free_port()
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--worker"]
    command += ["--master-port", str(port)]
    worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sessions = Sessions(targets.load())
    try:
        with (
            stub.serve(lab.database_url, stub.safe) as url,
            Load(workers=1, port=port) as load,
        ):
            assert load.send(order(made, sessions, url, 2)).clients == 2
    finally:
        worker.kill()
        worker.wait()
        sessions.close()


def test_a_port_that_is_taken_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LabError, match=f"port {port} is in use"), Load(1, port):
            pass


def test_a_generator_that_was_killed_is_told_in_one_line(lab: Lab, made: Accounts) -> None:
    sessions = Sessions(targets.load())
    with stub.serve(lab.database_url, stub.safe) as url, Load() as load:
        sent = order(made, sessions, url, 1)
        newest = max(psutil.Process().children(), key=lambda each: each.create_time())
        newest.kill()
        with pytest.raises(LabError, match="load generator ended: its log is"):
            load.send(sent)
    sessions.close()
