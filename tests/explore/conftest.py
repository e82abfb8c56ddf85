"""A PostgreSQL for these tests alone."""

from collections.abc import Iterator

import pytest

from racewalk.server import EXPLORED, own_name
from shared_db import embedded
from shared_db.embedded import EmbeddedServer
from shared_db.paths import lab_folder


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """Start a server that the tests may leave in any state, of these tests alone."""
    with own_name(lab_folder(), "postgres-explore-tests") as name:
        server = embedded.start(name, EXPLORED)
        yield server
        server.stop()
