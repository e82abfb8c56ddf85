"""A PostgreSQL for these tests alone."""

from collections.abc import Iterator

import pytest

from racewalk.server import EXPLORED
from shared_db import embedded
from shared_db.embedded import EmbeddedServer


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """Start a server that the tests may leave in any state."""
    server = embedded.start("postgres-explore-tests", EXPLORED)
    yield server
    server.stop()
