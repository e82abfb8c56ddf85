"""Loopback ports of applications that open theirs by themselves."""

import os
import socket
import sys
from pathlib import Path

import pytest

from racewalk import Application
from racewalk.errors import RacewalkError
from racewalk.targets import ports
from racewalk.targets.ports import reserved
from racewalk.targets.process import Instance


@pytest.fixture
def one(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let there be one port alone that may be given; return it."""
    with reserved() as place:
        number = int(place.getsockname()[1])
    monkeypatch.setattr(ports, "_NUMBERS", range(number, number + 1))
    monkeypatch.setattr(ports, "_TRIES", 5)
    return number


NOT_LISTENING_YET = "import threading; threading.Event().wait()"


def test_the_port_of_an_application_is_its_own_before_it_listens(one: int, tmp_path: Path) -> None:
    command = (sys.executable, "-c", NOT_LISTENING_YET, "{port}")
    first = Instance(Application(command, "DATABASE_URL"), "postgresql:///", tmp_path / "log")
    assert first.port == one
    with socket.socket() as application:
        application.bind(("127.0.0.1", one))
    with pytest.raises(RacewalkError, match=f"from {one} to {one} is free"):
        reserved()
    first.stop()
    reserved().close()


def test_nor_is_it_given_in_another_process(one: int) -> None:
    with reserved():
        lane = os.fork()
        if not lane:
            try:
                reserved()
            except RacewalkError:
                os._exit(0)
            os._exit(1)
        assert os.waitpid(lane, 0)[1] == 0


def test_one_at_which_somebody_listens_is_not_given(one: int) -> None:
    with (
        socket.create_server(("127.0.0.1", one)),
        pytest.raises(RacewalkError, match="is free"),
    ):
        reserved()
