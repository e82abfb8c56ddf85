"""The `docker` command, the interface to the engine."""

import os
import shutil
import subprocess
import sys
from typing import Any

from attack.stacks import dotenv
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT

# An engine that is asleep must not hold up those who have no use for it.
_ANSWERS_WITHIN_S = 5.0


def answers() -> bool:
    """Tell whether an engine answers soon, and Compose is there to drive it."""
    if not shutil.which("docker"):
        return False
    try:
        done = [
            _run(command, capture_output=True, timeout=_ANSWERS_WITHIN_S)
            for command in (["version"], ["compose", "version"])
        ]
    except subprocess.TimeoutExpired:
        return False
    return not any(each.returncode for each in done)


def docker(*arguments: str) -> str:
    """Run a command quietly and return what it printed.

    Raises:
        LabError: it failed; the text is the last that it said.
    """
    done = _run(arguments, capture_output=True)
    _check(done)
    return done.stdout


def docker_with_progress(*arguments: str) -> None:
    """Run a command that takes its time; a person at a terminal sees how far it is.

    Raises:
        LabError: it failed; the text is the last that it said.
    """
    if sys.stderr.isatty():
        _check(_run(arguments, stdout=sys.stderr))
    else:
        docker(*arguments)


def docker_attached(*arguments: str) -> None:
    """Run a command whose output is ours, whatever its exit code."""
    _run(arguments)


def _run(
    arguments: tuple[str, ...] | list[str], **options: Any
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["docker", *arguments],  # noqa: S607 - wherever it is installed
        cwd=CHECKOUT,
        env=dotenv.environment() if dotenv.PATH.exists() else dict(os.environ),
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
        **options,
    )


def _check(done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode != 0:
        said = [line.strip() for line in (done.stderr or "").splitlines() if line.strip()]
        raise LabError(f"docker failed: {said[-1] if said else f'exit code {done.returncode}'}")
