"""A Docker engine for the time of the tests, where none answers.

It is started by hand and keeps all it has in a temporary folder. What it does to the machine's
network, its bridges, rules and forwarding, is undone when it ends.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.compose.shell import attempt, run

_PACKAGES = ("docker.io", "docker-cli", "docker-compose", "docker-buildx", "iptables", "mmdebstrap")
_STARTS_WITHIN_S = 60.0
_IP_FORWARD = Path("/proc/sys/net/ipv4/ip_forward")
# A port on which nothing listens: a pull that a stand-in should have made needless fails at once.
_NO_REGISTRY = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}


@contextmanager
def engine() -> Iterator[None]:
    """Have `docker` reach an engine: the one that answers, else one for the time of this block.

    Fails the tests where the machine can have none.
    """
    if shutil.which("docker") and attempt("docker", "version", timeout_s=20)[0] == 0:
        yield
        return
    if os.geteuid() != 0:
        pytest.fail("no Docker engine answers, and only root can start one: run this as root")
    _install()
    with _network_as_before(), tempfile.TemporaryDirectory(prefix="overdraft-") as name:
        folder = Path(name)
        with _daemon(folder):
            yield


def _install() -> None:
    if all(shutil.which(program) for program in ("dockerd", "iptables", "mmdebstrap")):
        return
    if not shutil.which("apt-get"):
        pytest.fail("no Docker engine answers, and there is no apt-get to install one with")
    # A policy of 1 keeps the packages' own service from starting, on machines that have one.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    run("apt-get", "update", environment=environment)
    run(
        *("apt-get", "install", "--yes", "--no-install-recommends", *_PACKAGES),
        environment=environment,
    )


@contextmanager
def _daemon(folder: Path) -> Iterator[None]:
    host = f"unix://{folder}/docker.sock"
    log = folder / "dockerd.log"
    command = [
        # Whatever ends the tests ends the engine.
        *("setpriv", "--pdeathsig", "TERM", "dockerd", "--host", host),
        *("--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"),
        *("--pidfile", f"{folder}/docker.pid"),
    ]
    with log.open("wb") as output:
        daemon = subprocess.Popen(
            command,
            env={**os.environ, **_NO_REGISTRY},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    before = os.environ.get("DOCKER_HOST")
    os.environ["DOCKER_HOST"] = host
    try:
        _wait_until_ready(daemon, log)
        yield
    finally:
        os.environ.pop("DOCKER_HOST")
        if before is not None:
            os.environ["DOCKER_HOST"] = before
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(60)
        _unmount(folder)


def _wait_until_ready(daemon: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while attempt("docker", "version", timeout_s=20)[0] != 0:
        if daemon.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the Docker engine does not start here:\n{log.read_text()[-2000:]}")
        time.sleep(0.2)


def _unmount(folder: Path) -> None:
    """Unmount what the engine left mounted below the folder, the innermost first."""
    mounts = Path("/proc/self/mounts").read_text().splitlines()
    points = [line.split()[1] for line in mounts]
    for point in sorted(filter(lambda point: point.startswith(f"{folder}/"), points), reverse=True):
        run("umount", point)


@contextmanager
def _network_as_before() -> Iterator[None]:
    """Afterwards remove the bridges, the rules and the forwarding that came in between."""
    forward, bridges = _IP_FORWARD.read_text(), _bridges()
    saved = {tool: _tables(tool) for tool in ("iptables", "ip6tables")}
    try:
        yield
    finally:
        for bridge in _bridges() - bridges:
            run("ip", "link", "delete", bridge)
        for tool, before in saved.items():
            for name, table in _tables(tool).items():
                run(f"{tool}-restore", "--table", name, stdin=before.get(name, _emptied(table)))
        _IP_FORWARD.write_text(forward)


def _bridges() -> set[str]:
    return {path.parent.name for path in Path("/sys/class/net").glob("*/bridge")}


def _tables(tool: str) -> dict[str, str]:
    """Return each table that there is, in the words of <tool>-save."""
    found = re.findall(r"^\*(\w+)\n.*?^COMMIT\n", run(f"{tool}-save"), re.MULTILINE | re.DOTALL)
    return {name: run(f"{tool}-save", "--table", name) for name in found}


def _emptied(table: str) -> str:
    """Return a table without rules, whose built-in chains let everything pass."""
    lines = table.splitlines()
    name = next(line for line in lines if line.startswith("*"))
    chains = [line.split()[0] for line in lines if re.match(r":\S+ (ACCEPT|DROP) ", line)]
    return "\n".join([name, *(f"{chain} ACCEPT [0:0]" for chain in chains), "COMMIT", ""])
