"""racewalk with the lowest versions that its pyproject.toml admits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
QUICK = ("test_run_command.py", "test_plugin.py", "test_bad_input.py")
EXAMPLES = ("django_shop", "flask_shop")
# The lowest Flask names no upper bound of its own, and imports what Werkzeug 3 no longer has.
BESIDE = ("werkzeug>=2.2,<3",)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of programs of an environment with the lowest versions."""
    folder = tmp_path_factory.mktemp("lowest")
    uv, python = Path(sys.executable).parent / "uv", folder / "bin" / "python"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    lowest = ("--resolution", "lowest-direct", "--editable", f"{PROJECT}[test]", *BESIDE)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *lowest], check=True)
    return python.parent


def run(environment: Path, *command: str, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """Run a program of the environment."""
    path = f"{environment}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [environment / command[0], *command[1:]],
        cwd=cwd,
        env=os.environ | {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.acceptance
def test_the_quick_tests_pass_with_the_lowest_versions(environment: Path) -> None:
    """The command line, the plugin and bad input work with every lower bound."""
    ran = run(
        environment,
        *("python", "-m", "pytest", "-p", "no:cacheprovider", "-m"),
        "not acceptance and not exhaustive",
        *(f"tests/{name}" for name in QUICK),
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-1000:]


@pytest.mark.acceptance
@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_has_its_verdicts_with_the_lowest_versions(
    environment: Path, example: str
) -> None:
    """An application of Django 4.2 and one of Flask 2.2 have the verdicts that they expect."""
    ran = run(environment, "racewalk", "run", cwd=PROJECT / "examples" / example)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Every race is as expected." in ran.stdout
