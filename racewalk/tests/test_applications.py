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


# Some are never exhausted, so every order of up to one preemption has to do.
BOUND = ("--preemptions", "1", "--brute-force")
SAFE_SO_FAR = "safe up to 1 preemption"


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("name", "race", "options"),
    [
        ("oscar", "the last item is sold once", ("--budget", "120")),
        ("oscar", "a double click orders once", ()),
        ("oscar", "a voucher is used once", BOUND),
        ("prefect", "a limit of one lets one in", ()),
        ("prefect", "what is given back twice at once leaves no debt", ()),
        ("mlflow", "two versions of a model have two numbers", ()),
        ("mlflow", "an experiment's name is given once", ()),
        ("ihatemoney", "two bills at once are both kept", ()),
    ],
)
def test_an_application(
    name: str, race: str, options: tuple[str, ...], server: EmbeddedServer
) -> None:
    python = environment_of(name)
    done = subprocess.run(
        [str(python), "-m", "racewalk.cli", "run", "--race", race, "--json", "-", *options],
        cwd=PROJECT / "examples" / name,
        env=os.environ | {"RACEWALK_DATABASE_URL": server.url()},
        capture_output=True,
        text=True,
    )
    (found,) = json.loads(done.stdout)["races"]
    told(name, found)
    assert found["verdict"] == (SAFE_SO_FAR if options == BOUND else found["expected"])
    assert done.returncode == (3 if options == BOUND else 0), done.stderr


def told(name: str, race: dict[str, Any]) -> None:
    """Print a row of the table of applications."""
    row = [race[key] for key in ("name", "schedules", "runs", "seconds", "verdict")]
    print(name, *row, sep=" | ", file=sys.stderr)  # noqa: T201
