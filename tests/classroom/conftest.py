"""A class of its own, and files of a class without one."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from classroom import files
from classroom.queue import Queue
from tests.stacks.conftest import free_port

PROGRAM = [sys.executable, "-m", "classroom"]
STUDENTS = 3


@dataclass(frozen=True)
class OwnClass:
    """A class that runs: its folder, and the environment that selects it."""

    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of its command line to the end."""
        return subprocess.run(
            [*PROGRAM, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def url(self, name: str) -> str:
        """Return where a part answers: 'flask', 'django' or 'board'."""
        return f"http://127.0.0.1:{self.environment[f'{name.upper()}_PORT']}"

    def kill(self, what: str) -> None:
        """Kill the desk, or the keeper of the stacks, by kill -9, as a machine may."""
        file, name = {"desk": ("desk", "process"), "keeper": ("state", "keeper")}[what]
        written = json.loads((self.folder / f"{file}.json").read_text())
        process = psutil.Process(written[name]["pid"])
        process.kill()
        process.wait(10)

    @property
    def passwords(self) -> dict[str, str]:
        """The password of each account that was drawn."""
        drawn = json.loads((self.folder / "private" / "accounts.json").read_text())
        return {each["username"]: each["password"] for each in drawn}

    @property
    def database_url(self) -> str:
        """Its database, as the applications log in to it."""
        url: str = json.loads((self.folder / "state.json").read_text())["database_url"]
        return url

    @property
    def queue(self) -> Queue:
        """Its queue."""
        return Queue(self.folder / "private" / "queue.sqlite3")


@pytest.fixture(scope="module")
def own_class() -> Iterator[OwnClass]:
    """Return a class of three that is up; it is stopped afterwards."""
    with class_of(STUDENTS) as made:
        yield made


@contextmanager
def class_of(students: int) -> Iterator[OwnClass]:
    """Yield a class of so many that is up; it is stopped afterwards, and all of it is gone."""
    lab = Path(tempfile.mkdtemp(prefix="overdraft-"))
    lab.chmod(0o755)
    ports = {f"{name}_PORT": str(free_port()) for name in ("FLASK", "DJANGO", "BOARD", "SSH")}
    environment = {**os.environ, "OVERDRAFT_LAB": str(lab), "ENGINE": "local", **ports}
    environment.pop("DATABASE_URL", None)
    made = OwnClass(lab / "class", environment)
    try:
        up = made.run("up", str(students))
        assert up.returncode == 0, up.stderr
        yield made
    finally:
        down = made.run("down")
        shutil.rmtree(lab)
        assert down.returncode == 0, down.stderr
        left = [each for each in psutil.process_iter() if _belongs_to(lab, each)]
        assert left == []


def _belongs_to(lab: Path, process: psutil.Process) -> bool:
    try:
        return str(lab / "class") == process.environ().get("OVERDRAFT_LAB")
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the files of the class lie in a folder of the test's own."""
    for name in ("ACCOUNTS", "SLIPS", "QUEUE", "DESK"):
        monkeypatch.setattr(files, name, tmp_path / getattr(files, name).name)
    return tmp_path


@pytest.fixture
def queue(folder: Path) -> Queue:
    """Return an empty queue."""
    return Queue()
