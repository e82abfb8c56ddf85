"""The request that a page gives to copy is one: its commands are run, its bytes are sent."""

import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared_db import catalogue
from shared_db.catalogue import Strategy
from tests.contract.browser import Page
from tests.contract.conftest import Customer

EVERY = pytest.mark.parametrize("strategy", catalogue.strategies(), ids=lambda each: each.slug)
TIMEOUT_S = 60


def to_copy(page: Page) -> tuple[str, str]:
    """Return the commands and the request of a page."""
    commands, request = (node.text() for node in page.html.css("pre.copy code"))
    return commands, request


def explained(customer: Customer, strategy: Strategy) -> Page:
    """Give a user what a strategy needs, let them guess, and return the page."""
    customer.give(
        10, forbid_overdraft=strategy.forbid_overdraft, derived=strategy.ledger == "derived"
    )
    customer.browser.guess(strategy.path, "a")
    return customer.browser.get(strategy.path)


def run(commands: str, folder: Path) -> list[str]:
    """Run commands as somebody who has pasted them; return what they print."""
    ended = subprocess.run(
        ["sh", "-euc", commands],  # noqa: S607
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    return ended.stdout.splitlines()


def send(address: str, request: str) -> str:
    """Send a request byte by byte, and return the head of what is answered."""
    head, _, body = request.partition("\n\n")
    lines = [*head.splitlines(), "Connection: close", "", body]
    where = urlsplit(address)
    with socket.create_connection((where.hostname, where.port), TIMEOUT_S) as connection:
        connection.sendall("\r\n".join(lines).encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return answer.decode().partition("\r\n\r\n")[0]


@pytest.fixture(scope="session")
def jars(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[str, Path]]:
    """Return a function that tells what is left to run of commands, and in which folder.

    Those that log in are the same on every page of a stack: run once, they have filled the jar.
    """
    folders: dict[str, Path] = {}

    def left(commands: str) -> tuple[str, Path]:
        names, open_login, log_in, *send = commands.split("\ncurl ")
        logs_in = "\ncurl ".join((names, open_login, log_in))
        if logs_in in folders:
            return "\ncurl ".join((names, *send)), folders[logs_in]
        folders[logs_in] = tmp_path_factory.mktemp("jar")
        return commands, folders[logs_in]

    return left


@EVERY
def test_the_commands_log_in_and_send(
    customer: Customer, strategy: Strategy, jars: Callable[[str], tuple[str, Path]]
) -> None:
    commands, _ = to_copy(explained(customer, strategy))
    before = customer.account()
    printed = run(*jars(commands))
    assert len(printed) == 2
    home = f"{customer.browser.base_url}/"
    assert f"302 {home}" in printed
    assert len(customer.account().paid_since(before)) >= 1
    if strategy.beside:
        assert f"302 {home}email" in printed


@EVERY
def test_the_request_pays_once_it_has_the_cookies(customer: Customer, strategy: Strategy) -> None:
    _, request = to_copy(explained(customer, strategy))
    before = customer.account()
    for name, value in customer.browser.cookies.items():
        request = request.replace(f"{name}=YOURS", f"{name}={value}")
    assert "YOURS" not in request
    head = send(customer.browser.base_url, request)
    assert head.startswith("HTTP/1.1 302 ")
    assert "\r\nLocation: /\r\n" in f"{head}\r\n"
    assert len(customer.account().paid_since(before)) == 1


def test_without_cookies_it_is_nobodys_request(customer: Customer) -> None:
    strategy = catalogue.strategies()[0]
    _, request = to_copy(explained(customer, strategy))
    before = customer.account()
    head = send(customer.browser.base_url, request)
    # Flask asks who it is first, and Django for the token's cookie.
    assert "\r\nLocation: /login?next=" in head or head.startswith("HTTP/1.1 403 ")
    assert customer.account() == before
