"""A lab of its own for tests that start and kill: other data, other ports."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

PROGRAM = [sys.executable, "-m", "attack"]


def free_port() -> int:
    """Return a loopback port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class OwnLab:
    """A lab folder and the environment that selects it."""

    folder: Path
    environment: dict[str, str]

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start a command of the command line."""
        return subprocess.Popen(
            [*PROGRAM, *arguments],
            env={**self.environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the command line to its end."""
        process = self.start(*arguments, **variables)
        output, errors = process.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def processes(self) -> list[psutil.Process]:
        """Return every process that this lab's environment or data shows in."""
        return [each for each in psutil.process_iter() if self._owns(each)]

    def _owns(self, process: psutil.Process) -> bool:
        try:
            in_data = any(str(self.folder) in word for word in process.cmdline())
            return in_data or process.environ().get("OVERDRAFT_LAB") == str(self.folder)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False


def state_of(lab: OwnLab) -> dict[str, Any]:
    """Return what the lab's keeper wrote of it."""
    found: dict[str, Any] = json.loads((lab.folder / "state.json").read_text())
    return found


@pytest.fixture(scope="module")
def own_lab() -> Iterator[OwnLab]:
    """Return a lab apart from the one of the checkout; nothing of it may run afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="overdraft-"))
    folder.chmod(0o755)
    environment = {
        **os.environ,
        "OVERDRAFT_LAB": str(folder),
        "ENGINE": "local",
        "FLASK_PORT": str(free_port()),
        "DJANGO_PORT": str(free_port()),
    }
    environment.pop("DATABASE_URL", None)
    lab = OwnLab(folder, environment)
    yield lab
    left = lab.processes()
    for process in left:
        process.terminate()
    shutil.rmtree(folder)
    assert left == []
