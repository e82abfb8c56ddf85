"""One stack as a local gunicorn."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from attack.stacks.where import Instance
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT, LAB
from shared_db.runtime import runtime
from shared_db.secret_keys import secret_keys

APPLICATIONS = {"flask": "flask_app:create_app()", "django": "django_app.wsgi:application"}
_HEALTHY_WITHIN_S = 30.0


def url(port: int) -> str:
    """Return the address of a local stack."""
    return f"http://127.0.0.1:{port}"


def check_port(stack: str, port: int) -> None:
    """Refuse a port on which something listens: gunicorn, with SO_REUSEPORT, might share it.

    Raises:
        LabError: the port is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise LabError(
                f"port {port} is in use: stop what listens there, "
                f"or choose another, as in: make up {stack.upper()}_PORT={port + 100}"
            ) from None


def environment(stack: str, database_url: str) -> dict[str, str]:
    """Return the environment that an application starts with."""
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "SECRET_KEY": secret_keys()[f"{stack}_secret_key"],
        "PYTHONUNBUFFERED": "1",
    }


def start(stack: str, port: int, database_url: str, workers: int) -> subprocess.Popen[bytes]:
    """Start an instance of a stack on a loopback port; its output goes to log_path()."""
    command = [sys.executable, "-m", "gunicorn", "--config", "python:shared_db.gunicorn_conf"]
    variables = {"BIND": f"127.0.0.1:{port}", "WORKERS": str(workers)}
    with log_path(stack, workers).open("wb") as log:
        return subprocess.Popen(
            [*command, APPLICATIONS[stack]],
            env={**environment(stack, database_url), **variables},
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C in the terminal is for the harness, which stops the stacks in order.
            start_new_session=True,
        )


def log_path(stack: str, workers: int) -> Path:
    """Return the log of an instance: .lab/<stack>.log is the main one's."""
    main = workers == runtime().workers
    return LAB / (f"{stack}.log" if main else f"{stack}-{workers}.log")


def wait_until_healthy(instance: Instance, server: subprocess.Popen[bytes]) -> None:
    """Wait until the instance answers its health check.

    Raises:
        LabError: it ended, or did not answer within 30 s.
    """
    deadline = time.monotonic() + _HEALTHY_WITHIN_S
    while server.poll() is None and time.monotonic() < deadline:
        if is_healthy(instance.url):
            return
        time.sleep(0.05)
    log = log_path(instance.stack, instance.workers)
    raise LabError(f"the {instance.stack} stack did not start: its log is {log}")


def is_healthy(base_url: str) -> bool:
    """Tell whether a stack and its database answer."""
    try:
        return httpx.get(f"{base_url}/healthz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


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


def wait_for_migration(migration: subprocess.Popen[bytes]) -> None:
    """Wait for migrate().

    Raises:
        LabError: it failed.
    """
    if migration.wait() != 0:
        raise LabError(f"Django's migrations failed: the log is {LAB / 'migrate.log'}")
