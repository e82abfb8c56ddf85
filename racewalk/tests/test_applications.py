"""Applications that nobody here wrote: each in an environment of its own, from the index."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

from racewalk.server.embedded import EmbeddedServer

PROJECT = Path(__file__).parents[1]
FOLDER = PROJECT / ".racewalk" / "applications"
"""Where their environments stay: to make one takes minutes."""


def environment_of(name: str) -> Path:
    """Return the Python of an environment with an example's requirements and racewalk."""
    folder = FOLDER / name
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
        needed = PROJECT / "examples" / name / "requirements.txt"
        subprocess.run([*pip, "-r", str(needed), "-e", f"{PROJECT}[embedded]"], check=True)
        (folder / "made").touch()
    return python


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["oscar", "prefect", "mlflow", "ihatemoney"])
def test_an_application(name: str, server: EmbeddedServer) -> None:
    python = environment_of(name)
    done = subprocess.run(
        [str(python), "-m", "racewalk.cli", "run", "--json", "-", "--budget", "300"],
        cwd=PROJECT / "examples" / name,
        env=os.environ | {"RACEWALK_DATABASE_URL": server.url()},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for race in json.loads(done.stdout)["races"]:
        told(name, race)
        assert race["verdict"] == race["expected"]
        assert race["verdict"] in ("safe", "unsafe")


def told(name: str, race: dict[str, Any]) -> None:
    """Print a row of the table of applications."""
    row = [race[key] for key in ("name", "schedules", "runs", "seconds", "verdict")]
    print(name, *row, sep=" | ", file=sys.stderr)  # noqa: T201
