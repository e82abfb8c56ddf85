"""One stack as a local gunicorn."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from attack.stacks import health
from attack.stacks.watch import Watch
from attack.stacks.where import Instance, Kind
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT, LAB
from shared_db.runtime import runtime
from shared_db.secret_keys import secret_keys

APPLICATIONS = {"flask": "flask_app:create_app()", "django": "django_app.wsgi:application"}
_HEALTHY_WITHIN_S = 30.0
_STOPPED_WITHIN_S = 10


def url(port: int) -> str:
    """Return the address of a local stack."""
    return f"http://127.0.0.1:{port}"


def environment(stack: str, database_url: str, lab_id: str = "") -> dict[str, str]:
    """Return the environment that an application starts with."""
    return {**os.environ, **variables(stack, database_url, lab_id)}


def variables(stack: str, database_url: str, lab_id: str = "") -> dict[str, str]:
    """Return what of its environment is an application's own."""
    return {
        "OVERDRAFT_LAB": str(LAB),
        "LAB_ID": lab_id,
        "DATABASE_URL": database_url,
        "SECRET_KEY": secret_keys()[f"{stack}_secret_key"],
        "PYTHONUNBUFFERED": "1",
    }


@dataclass(frozen=True)
class Server:
    """A gunicorn that was started: its process, and the instance that it is."""

    process: subprocess.Popen[bytes]
    instance: Instance
    lab_id: str

    @property
    def log(self) -> Path:
        """The file that its output goes to: .lab/<stack>.log is the main instance's."""
        return _log(self.instance.kind)

    def wait_until_healthy(self, watch: Watch) -> None:
        """Wait until it answers its health check.

        Raises:
            LabError: something that has to stay ended, or it did not answer within 30 s.
        """
        deadline = time.monotonic() + _HEALTHY_WITHIN_S
        while time.monotonic() < deadline:
            if lost := watch.ended(wait=False):
                raise LabError(lost)
            if health.is_healthy(self.instance.url, self.lab_id):
                return
            time.sleep(0.05)
        raise LabError(f"the {self.instance.stack} stack did not start: its log is {self.log}")

    def kill(self) -> None:
        """End it and its workers at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Wait for its end, for which it was asked; leave none of its workers."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_STOPPED_WITHIN_S)
        # Workers outlive a master that was killed; they are in the session that it led.
        self.kill()
        self.process.wait()


def start(kind: Kind, listener: socket.socket, database_url: str, lab_id: str) -> Server:
    """Start an instance of a stack on a socket that listens; its output goes to its log."""
    command = [sys.executable, "-m", "gunicorn", "--config", "python:shared_db.gunicorn_conf"]
    own = {
        "BIND": f"fd://{listener.fileno()}",
        "WORKERS": str(kind.workers),
        "ATOMIC_REQUESTS": str(int(kind.atomic_requests)),
    }
    with _log(kind).open("wb") as log:
        process = subprocess.Popen(
            [*command, APPLICATIONS[kind.stack]],
            env={**environment(kind.stack, database_url, lab_id), **own},
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(listener.fileno(),),
            # Ctrl-C in the terminal is for the harness, which stops the stacks in order.
            start_new_session=True,
        )
    where = url(listener.getsockname()[1])
    return Server(process, Instance(kind.stack, kind.workers, where, kind.atomic_requests), lab_id)


def _log(kind: Kind) -> Path:
    main = kind == Kind(kind.stack, runtime().workers)
    return LAB / (f"{kind.stack}.log" if main else f"{str(kind).replace(':', '-')}.log")


def migrate(database_url: str) -> subprocess.Popen[bytes]:
    """Begin to create Django's own tables; they are needed by its admin only."""
    with (LAB / "migrate.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "django_app", "migrate"],
            env=environment("django", database_url),
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def wait_for_migration(migration: subprocess.Popen[bytes], watch: Watch) -> None:
    """Wait for migrate().

    Raises:
        LabError: it failed, or something that has to stay ended.
    """
    if migration.wait() != 0:
        if lost := watch.ended(wait=False):
            raise LabError(lost)
        raise LabError(f"Django's migrations failed: the log is {LAB / 'migrate.log'}")
