"""The lab under test: the stacks that are up, or local ones for the time of the run."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from attack import targets
from attack.ledger import Ledger
from attack.stacks import local
from tests.chromium import chromium

__all__ = ["chromium"]  # the fixture

STACKS = targets.load().stacks

# A run in the background may ignore Ctrl-C, and what it starts would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class Lab:
    """Where both stacks answer, and their database.

    `database_url` is empty where the stacks publish no database, as under Docker Compose.
    """

    urls: dict[str, str]
    database_url: str


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Return the lab: that of the environment, or the local stacks.

    OVERDRAFT_FLASK_URL and OVERDRAFT_DJANGO_URL name stacks that run elsewhere on this machine;
    DATABASE_URL then names their database, where it can be reached.
    """
    elsewhere = {stack: os.environ.get(f"OVERDRAFT_{stack.upper()}_URL", "") for stack in STACKS}
    if any(elsewhere.values()):
        unset = [f"OVERDRAFT_{stack.upper()}_URL" for stack, url in elsewhere.items() if not url]
        assert not unset, f"set {unset[0]} too: the suite compares both stacks"
        urls = {stack: url.rstrip("/") for stack, url in elsewhere.items()}
        yield Lab(urls, os.environ.get("DATABASE_URL", ""))
        return
    with local.stacks() as (state, _started):
        yield Lab(dict(state.urls), state.database_url)


@pytest.fixture(scope="session")
def urls(lab: Lab) -> dict[str, str]:
    """Return the base URL of each stack by its name."""
    return lab.urls


@pytest.fixture(scope="session")
def ledger(lab: Lab) -> Iterator[Ledger]:
    """Return the ledger of the lab's database."""
    assert lab.database_url, "this test reads the database: set DATABASE_URL"
    ledger = Ledger(targets.load(), lab.database_url)
    yield ledger
    ledger.close()
