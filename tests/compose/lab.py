"""The lab under Docker Compose, driven by the commands that people type."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from attack.stacks import dotenv
from tests.compose.shell import attempt, run

PROJECT = "overdraft-test"
STACKS = ("flask", "django")
_IMAGES = ("overdraft-flask", "overdraft-django", "overdraft-harness")


class ComposedLab:
    """A project of its own, on free ports, beside what may run in this checkout already."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {**os.environ, "ENGINE": "docker", "COMPOSE_PROJECT_NAME": PROJECT}
        self._images = [image for image in _IMAGES if not _is_there(image)]
        self.urls: dict[str, str] = {}
        for stack in STACKS:
            port = _free_port()
            self._environment[f"{stack.upper()}_PORT"] = str(port)
            self.urls[stack] = f"http://127.0.0.1:{port}"

    def up(self, instances: int = 1, workers: int = 2, *, pooler: bool = False) -> None:
        """Have this many instances of each stack up, with this many workers each."""
        self._environment |= {
            "INSTANCES": str(instances),
            "WORKERS": str(workers),
            "POOLER": str(int(pooler)),
        }
        self.attack("up")

    def attack(self, *arguments: str) -> str:
        """Run a command of the harness that has to succeed; return what it printed."""
        return run(sys.executable, "-m", "attack", *arguments, environment=self._environment)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command of the harness; its output comes through pipes."""
        return subprocess.Popen(
            [sys.executable, "-m", "attack", *arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def fire(self, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
        """Run `attack fire`; return its exit code, its cells and what it printed."""
        file = self._folder / "fire.json"
        file.unlink(missing_ok=True)
        command = (sys.executable, "-m", "attack", "fire", "--json", str(file), *arguments)
        code, output = attempt(*command, environment=self._environment)
        return code, json.loads(file.read_text())["cells"] if file.exists() else [], output

    def compose(self, *arguments: str) -> str:
        """Run `docker compose` on the project; return what it printed."""
        return run("docker", "compose", *arguments, environment=_compose_environment())

    def run_harness(self, *arguments: str, **settings: str) -> tuple[int, str]:
        """Run the harness's container with these variables; return exit code and output."""
        options = ["--rm", "--no-deps", "--interactive=false", "--no-TTY"]
        for name, value in settings.items():
            options += ["--env", f"{name}={value}"]
        command = ("docker", "compose", "run", *options, "harness", *arguments)
        return attempt(*command, environment=_compose_environment())

    def query(self, sql: str) -> str:
        """Return what psql prints of a query, run by the superuser in PostgreSQL's container."""
        psql = ("psql", "--username", "postgres", "--dbname", "overdraft", "-tAc", sql)
        return self.compose("exec", "-T", "postgres", *psql).strip()

    def containers(self, service: str) -> list[dict[str, Any]]:
        """Return what `docker inspect` says of each container of a service."""
        names = self.compose("ps", "--all", "--quiet", service).split()
        return list(json.loads(run("docker", "inspect", *names))) if names else []

    def database_url(self) -> str:
        """Return the URL of the database as seen from this machine.

        PostgreSQL publishes no port; on Linux its container's address is within reach all the same.
        """
        (postgres,) = self.containers("postgres")
        (network,) = postgres["NetworkSettings"]["Networks"].values()
        password = dotenv.settings()["APP_PASSWORD"]
        return f"postgresql://overdraft:{password}@{network['IPAddress']}/overdraft"

    def remove(self) -> None:
        """Remove containers, networks, data, and the images that were not there before."""
        self.compose(
            *("--profile", "proxy", "--profile", "pooler", "--profile", "harness"),
            *("down", "--volumes", "--remove-orphans", "--timeout", "5"),
        )
        if self._images:
            run("docker", "image", "rm", "--force", *self._images)


def _is_there(image: str) -> bool:
    return attempt("docker", "image", "inspect", image)[0] == 0


def _compose_environment() -> dict[str, str]:
    return dotenv.environment() | {"COMPOSE_PROJECT_NAME": PROJECT}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
