"""A wheelhouse: a folder with all packages that a student's machine installs, and no network.

pip fetches them by hash, from wherever it is set up to. It takes the platform from its options, but
what the pins say of platforms from the machine that it runs on: so they are read here, for the
machine that is meant.
"""

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.markers import Marker

from shared_db.errors import LabError
from shared_db.paths import CHECKOUT

PINS: Final = CHECKOUT / "requirements" / "student.txt"
_LINUX: Final = (*(f"manylinux_2_{minor}" for minor in range(34, 16, -1)), "manylinux2014")


@dataclass(frozen=True)
class Machine:
    """A kind of machine: what pip calls it, and what markers say there."""

    tags: tuple[str, ...]
    markers: dict[str, str]


def _linux(machine: str) -> Machine:
    tags = tuple(f"{tag}_{machine}" for tag in _LINUX)
    return Machine(tags, {**_system("linux", "Linux"), "platform_machine": machine})


def _mac(machine: str) -> Machine:
    markers = {**_system("darwin", "Darwin"), "platform_machine": machine}
    return Machine((f"macosx_14_0_{machine}",), markers)


def _system(sys_platform: str, system: str) -> dict[str, str]:
    return {"sys_platform": sys_platform, "platform_system": system, "os_name": "posix"}


MACHINES: Final = {
    "linux-x86_64": _linux("x86_64"),
    "linux-aarch64": _linux("aarch64"),
    "mac-arm64": _mac("arm64"),
    "mac-x86_64": _mac("x86_64"),
}
PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")


def this_machine() -> str:
    """Return what this machine is called here.

    Raises:
        LabError: it is none that the lab has packages for.
    """
    name = f"{'mac' if sys.platform == 'darwin' else sys.platform}-{platform.machine()}"
    if name not in MACHINES:
        raise LabError(f"this machine is {name}: say which is meant, of {', '.join(MACHINES)}")
    return name


def fetch(folder: Path, machine: str, python: str, pins: Path = PINS) -> int:
    """Fetch the packages for a kind of machine into a folder; what is there already stays.

    Args:
        folder: made where it is missing.
        machine: of MACHINES.
        python: of PYTHONS.
        pins: the requirements, with hashes.

    Returns:
        How many packages the folder has then.

    Raises:
        LabError: pip failed; the text is the last that it said.
    """
    with tempfile.TemporaryDirectory(prefix="overdraft-") as name:
        wanted = Path(name) / "requirements.txt"
        meant = requirements(pins.read_text("utf-8"), machine, python)
        wanted.write_text("".join(meant), "utf-8")
        tags = [word for tag in MACHINES[machine].tags for word in ("--platform", tag)]
        command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check"]
        command += ["--no-deps", "--only-binary", ":all:", "--require-hashes", *tags]
        command += ["--python-version", python, "--dest", str(folder)]
        done = subprocess.run(
            [*command, "--requirement", str(wanted)],
            env=dict(os.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise LabError(f"pip failed: {said[-1] if said else f'exit code {done.returncode}'}")
    return len(list(folder.glob("*.whl")))


def requirements(pins: str, machine: str, python: str) -> Iterator[str]:
    """Yield the requirements of a kind of machine, each with its hashes and without its marker.

    Args:
        pins: those of all machines, as uv writes them.
        machine: of MACHINES.
        python: of PYTHONS.
    """
    markers = MACHINES[machine].markers | {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    for requirement in pins.replace("\\\n", " ").splitlines():
        pinned, *hashes = requirement.split(" --hash=")
        name, _, marker = pinned.partition(";")
        if name.strip() and (not marker or Marker(marker.strip()).evaluate(markers)):
            yield f"{name.strip()} {' '.join(f'--hash={each.strip()}' for each in hashes)}\n"
