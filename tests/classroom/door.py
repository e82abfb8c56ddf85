"""Come in at the door as a student does: by ssh, with the folder that each is handed."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.classroom.conftest import OwnClass

HOST = "overdraft"
_FORWARDS = "ClearAllForwardings=yes"


def require_sshd() -> None:
    """Install a real sshd where there is none; fail the tests where the machine can have none."""
    if shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        pytest.fail("no sshd is installed, and it cannot be: install openssh-server")
    # A policy of 1 keeps the package's own service from starting, on machines that have one.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "openssh-server"]):
        subprocess.run(["apt-get", *command], env=environment, check=True, capture_output=True)  # noqa: S607


@dataclass(frozen=True)
class Knock:
    """A student at the door."""

    own_class: OwnClass
    student: str

    @property
    def folder(self) -> Path:
        """Where everybody's folders lie; each is handed their own alone."""
        return self.own_class.folder / "private" / "handout"

    def command(self, *options: str) -> list[str]:
        """Return the command that a student types, with further options of ssh."""
        return ["ssh", "-F", f"{self.student}/config", *options, HOST]

    def say(
        self, *words: str, options: Sequence[str] = (), file: bytes = b""
    ) -> subprocess.CompletedProcess[str]:
        """Say something, without forwards, and return what comes back."""
        done = subprocess.run(
            [*self.command("-o", _FORWARDS, *options), *words],
            cwd=self.folder,
            input=file,
            capture_output=True,
            timeout=90,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )
