"""The page about the attack by hand: its commands are run in their order, its requests are sent."""

import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from attack.ledger import Ledger
from shared_db.accounts import STARTING_MONEY
from tests.conftest import STACKS
from tests.site.commands import DOCS, shown

pytestmark = pytest.mark.acceptance

USER = "alice"
TIMEOUT_S = 60
TEXT = (DOCS / "by-hand.md").read_text("utf-8")
COMMANDS = "\n".join(each.command for each in shown(TEXT, "by-hand.md"))
REQUESTS = dict(
    zip(STACKS, re.findall(r"^```http\n(.*?)\n```$", TEXT, re.MULTILINE | re.DOTALL), strict=True)
)
# What the page says of the other stack.
OF_DJANGO = {"csrf_token": "csrfmiddlewaretoken"}
PRINT = """
printf 'token %s\n' "$token"
awk '/session|csrf/ {print "cookie", $6, $7}' jar
"""


@pytest.fixture(autouse=True)
def account(ledger: Ledger) -> Iterator[None]:
    """Give the user of the page the money that accounts start with, before and after."""
    ledger.reset(USER, STARTING_MONEY)
    yield
    ledger.reset(USER, STARTING_MONEY)


def run(stack: str, urls: dict[str, str], folder: Path) -> list[str]:
    """Run the page's commands against a stack, in one shell; return what is printed at the end."""
    commands = COMMANDS.replace("http://127.0.0.1:8001", urls[stack])
    for name, other in OF_DJANGO.items() if stack == "django" else ():
        commands = commands.replace(name, other)
    ended = subprocess.run(
        ["sh", "-euc", commands + PRINT],  # noqa: S607
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.splitlines()


@pytest.mark.parametrize("stack", STACKS)
def test_the_commands_pay_and_count(
    urls: dict[str, str], ledger: Ledger, tmp_path: Path, stack: str
) -> None:
    printed = run(stack, urls, tmp_path)
    counted = [line.split() for line in printed if line.lstrip()[0].isdigit()]
    counts = {status: int(count) for count, status in counted}
    assert set(counts) <= {"302", "200"}
    assert sum(counts.values()) == 20
    assert counts["302"] == ledger.read(USER).payouts >= 1


@pytest.mark.parametrize("stack", STACKS)
def test_the_request_pays_once_cookie_and_token_are_in_it(
    urls: dict[str, str], ledger: Ledger, tmp_path: Path, stack: str
) -> None:
    words = [line.split() for line in run(stack, urls, tmp_path)]
    (token,) = (line[1] for line in words if line[0] == "token")
    cookies = {line[1]: line[2] for line in words if line[0] == "cookie"}
    head, _, body = REQUESTS[stack].partition("\n\n")
    assert f"\nContent-Length: {len(body)}" in head
    body = body.replace("YOUR-TOKEN-HERE", token)
    head = re.sub(r"Content-Length: \d+", f"Content-Length: {len(body)}", head)
    head = head.replace("keep-alive", "close")
    head = re.sub(r"(\w+)=YOUR-[A-Z-]+", lambda found: f"{found[1]}={cookies[found[1]]}", head)
    ledger.reset(USER, STARTING_MONEY)
    where = urlsplit(urls[stack])
    head = re.sub(r"127\.0\.0\.1:\d+", where.netloc, head)
    with socket.create_connection((where.hostname, where.port), TIMEOUT_S) as connection:
        connection.sendall("\r\n".join([*head.splitlines(), "", body]).encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 302 ")
    assert ledger.read(USER).payouts == 1
