"""Ports of the stacks: a socket that nobody else can listen beside, and who has a port already."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from shared_db.errors import LabError

_BACKLOG = 2048
_LOOPBACK = "127.0.0.1"
# What shows in the command line of a lab's own processes that hold a port.
_OURS = ("attack.stacks.keeper", "python:shared_db.gunicorn_conf")


def listen(stack: str, port: int, typed: str) -> socket.socket:
    """Return a socket that listens at a loopback port, for gunicorn to inherit.

    The kernel lets nobody else listen there, from this call until the last copy is closed: of two
    labs that ask at the same moment one gets the port.

    Args:
        stack: whose port it is.
        port: 0 for one that is free.
        typed: what was typed, with {} where a setting goes, for the advice.

    Raises:
        LabError: somebody listens there already; the text says who.
    """
    try:
        return socket.create_server((_LOOPBACK, port), backlog=_BACKLOG)
    except PermissionError:
        reason = f"port {port} is kept for the system:"
    except OSError:
        reason = f"port {port} is in use by {holder(port)}: stop that, or"
    other = typed.format(f"{stack.upper()}_PORT={_free_above(port)}")
    raise LabError(f"{reason} choose another port, as in: {other}")


def check(stack: str, port: int, typed: str) -> None:
    """Refuse a port at which somebody listens already; others can take it afterwards.

    Raises:
        LabError: see listen().
    """
    listen(stack, port, typed).close()


def holder(port: int) -> str:
    """Return who listens at a loopback port, in words: a lab, by its folder, or a program."""
    for pid, held in _listening():
        if held == port and pid is not None:
            with suppress(psutil.Error):
                return _name(psutil.Process(pid))
    return "a program of another user"


def _listening() -> Iterator[tuple[int | None, int]]:
    """Yield the process and the port of every socket that listens; None where it is not told."""
    found: list[tuple[int | None, Any]]
    try:
        found = [(each.pid, each) for each in psutil.net_connections("tcp")]
    except psutil.AccessDenied:  # macOS tells of all processes to root alone, and of one's own
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                found += [(process.pid, each) for each in process.net_connections("tcp")]
    for pid, each in found:
        if each.status == psutil.CONN_LISTEN:
            yield pid, int(each.laddr.port)


def _name(process: psutil.Process) -> str:
    if any(mark in word for word in process.cmdline() for mark in _OURS):
        folder = process.environ().get("OVERDRAFT_LAB") or Path(process.cwd()) / ".lab"
        return f"the lab in {folder}"
    return f"{process.name()} (process {process.pid})"


def _free_above(port: int) -> int:
    """Return the next port, by hundreds first, that nobody listens at now."""
    candidates = (*range(port + 100, 65536, 100), *range(65535, 1023, -1))
    for candidate in candidates:
        with suppress(OSError), socket.create_server((_LOOPBACK, candidate)):
            return int(candidate)
    return port
