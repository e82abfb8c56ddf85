"""A port is one lab's alone, from the moment it asks for it; who has one is told by name."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlsplit

import pytest

from attack.stacks import ports
from shared_db.errors import LabError
from tests.conftest import STACKS, Lab
from tests.stacks.conftest import free_port

TYPED = "make attack {}"


@pytest.mark.parametrize("attempt", range(20))
def test_of_two_that_ask_at_once_one_gets_it(attempt: int) -> None:
    port, start = free_port(), Barrier(2)

    def ask() -> socket.socket | None:
        start.wait()
        try:
            return ports.listen("flask", port, TYPED)
        except LabError:
            return None

    with ThreadPoolExecutor(2) as threads:
        answers = [future.result() for future in (threads.submit(ask), threads.submit(ask))]
    got = [answer for answer in answers if answer]
    assert len(got) == 1
    got[0].close()


def test_nobody_shares_a_port_that_is_held() -> None:
    with ports.listen("flask", 0, TYPED) as held, socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with pytest.raises(OSError, match="in use"):
            other.bind(held.getsockname())


@pytest.mark.parametrize("stack", STACKS)
def test_nor_the_port_of_a_stack_that_runs(lab: Lab, stack: str) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", urlsplit(lab.urls[stack]).port))


def test_the_advice_is_the_command_with_a_port_that_is_free() -> None:
    with ports.listen("django", 0, TYPED) as held:
        port = held.getsockname()[1]
        with pytest.raises(LabError) as refused:
            ports.listen("django", port, TYPED)
        text = str(refused.value)
        assert text.startswith(f"port {port} is in use by ")
        assert f"(process {os.getpid()}): stop that, or choose another port" in text
        advice, _, other = text.rpartition("=")
        assert advice.endswith("as in: make attack DJANGO_PORT")
        ports.listen("django", int(other), TYPED).close()


def test_a_port_can_be_had_again_at_once() -> None:
    port = free_port()
    for _ in range(3):
        held = ports.listen("flask", port, TYPED)
        with held, socket.create_connection(("127.0.0.1", port)) as client:
            served, _ = held.accept()
            served.close()  # its end of the connection lingers in the kernel
            assert client.recv(1) == b""
