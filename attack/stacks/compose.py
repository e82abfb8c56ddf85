"""The stacks under Docker Compose, and the harness that runs beside them."""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from attack.stacks import dotenv, ports
from attack.stacks.docker import answers, docker, docker_attached, docker_with_progress
from shared_db.errors import LabError
from shared_db.paths import LAB, lab_folder
from shared_db.runtime import runtime

_HEALTHY_WITHIN_S = 180
_PROFILES = ("--profile", "proxy", "--profile", "pooler", "--profile", "harness")
# The name of the harness's container, before the pid of the command that runs it.
_HARNESS = "overdraft-harness-"
# Where the harness's image keeps histories.
_LAB_INSIDE = "/srv/overdraft/.lab"


def is_up() -> bool:
    """Tell whether a stack of this checkout runs under Docker Compose."""
    if not dotenv.exists() or not answers():
        return False
    running = docker("compose", "ps", "--services", "--status", "running").split()
    return any(stack in running for stack in runtime().ports)


def up(typed: str = "make up {}") -> bool:
    """Build the images, start the stacks on their ports, and wait until they are healthy.

    Returns whether none ran before; those that did run again with what was changed since.

    Args:
        typed: the command, with {} where a setting goes, for advice.

    Raises:
        LabError: no engine answers, a port is taken, or the stacks do not start.
    """
    refuse_another_database()
    if not answers():
        raise LabError("no Docker engine answers: start it, or use local processes (ENGINE=local)")
    started = not is_up()
    if started:
        for stack, port in runtime().ports.items():
            ports.check(stack, port, typed)
    dotenv.write(new_lab=started)
    docker_with_progress("compose", *_PROFILES, "build")
    # The proxy looks the instances up when it starts, and so starts anew with them. Neither of the
    # two stays where it is no longer asked for.
    docker("compose", *_PROFILES, "rm", "--stop", "--force", "proxy", "pooler")
    try:
        docker_with_progress(
            *("compose", "up", "--detach", "--wait", "--wait-timeout", str(_HEALTHY_WITHIN_S))
        )
    except LabError as error:
        raise LabError(f"{error} - `docker compose logs` says more: {_last_words()}") from None
    return started


def refuse_another_database() -> None:
    """Refuse DATABASE_URL, which would be passed over without a word.

    Raises:
        LabError: it is set.
    """
    if os.environ.get("DATABASE_URL"):
        raise LabError(
            "DATABASE_URL is set, and Docker Compose has a database of its own: "
            "unset it, or use local processes (ENGINE=local)"
        )


def _last_words() -> str:
    """Return the last line of the service that prepares the database: it fails first."""
    lines = docker("compose", "logs", "--no-log-prefix", "--tail", "1", "setup").strip()
    return lines or "nothing of setup"


def down() -> bool:
    """Stop and remove the containers, keep the data; False where there were none.

    Raises:
        LabError: the engine failed.
    """
    if not dotenv.exists() or not answers():
        return False
    found = docker("compose", *_PROFILES, "ps", "--all", "--quiet")
    docker("compose", *_PROFILES, "down", "--remove-orphans")
    return bool(found.strip())


@contextmanager
def stacks() -> Iterator[bool]:
    """Have the stacks up, those that run or new ones for the time of a command.

    Yields whether they were started for it.

    Raises:
        LabError: they do not start.
    """
    refuse_another_database()
    if is_up():
        yield False
        return
    try:
        up()
        yield True
    finally:
        down()


def run_harness(arguments: Sequence[str], json_file: Path | None = None) -> int:
    """Run a command of the harness inside the network; return its exit code.

    Args:
        arguments: the command and its options.
        json_file: where the command's --json goes, on this side.

    Raises:
        LabError: the container could not be run.
    """
    _remove_left_behind()
    name = f"{_HARNESS}{os.getpid()}"
    json_option = ["--json", f"{_LAB_INSIDE}/cells.json"] if json_file else []
    # The terminal without its input: Ctrl-C is then ours to pass on.
    terminal = [] if sys.stdout.isatty() else ["--no-TTY"]
    options = ["--no-deps", "--interactive=false", "--name", name, *terminal]
    try:
        docker_attached("compose", "run", *options, "harness", *arguments, *json_option)
        # Compose fails with 1 itself, which would look like a verdict: the container knows.
        code = int(docker("inspect", "--format", "{{.State.ExitCode}}", name))
        lab_folder()
        docker("cp", f"{name}:{_LAB_INSIDE}/.", str(LAB))
    finally:
        with suppress(LabError):
            docker("rm", "--force", "--volumes", name)
    written = LAB / "cells.json"
    if json_file and written.exists():
        shutil.move(written, json_file)
    return code


def _remove_left_behind() -> None:
    """Remove the containers of commands that were killed: they would attack on."""
    listing = ("ps", "--all", "--filter", f"name=^{_HARNESS}[0-9]+$", "--format", "{{.Names}}")
    for name in docker(*listing).split():
        if not psutil.pid_exists(int(name.removeprefix(_HARNESS))):
            docker("rm", "--force", "--volumes", name)
