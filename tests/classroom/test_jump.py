"""From a laptop: through the machine's own sshd to the door, by the line that the page gives."""

import getpass
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from classroom.door import sshd
from shared_db.paths import CHECKOUT
from tests.classroom.conftest import OwnClass
from tests.classroom.door import HOST, require_sshd
from tests.classroom.test_door import listens
from tests.stacks.conftest import free_port

pytestmark = pytest.mark.acceptance

PAGE = (CHECKOUT / "docs" / "teach" / "class.md").read_text("utf-8")
TEACHER = "teacher.local"


@pytest.fixture(scope="module", autouse=True)
def _sshd() -> None:
    require_sshd()


@pytest.fixture(scope="module")
def laptop(
    _sshd: None, own_class: OwnClass, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Return the students' folders, while a machine's sshd lets the class's key through."""
    folder = tmp_path_factory.mktemp("machine")
    guest, host = folder / "guest", folder / "host"
    for key in (guest, host):
        words = ["-q", "-t", "ed25519", "-N", "", "-C", "door", "-f", str(key)]
        subprocess.run([shutil.which("ssh-keygen") or "ssh-keygen", *words], check=True)
    lines = re.findall(r"^restrict,port-forwarding.* ssh-ed25519 .*$", PAGE, re.MULTILINE)
    (line,) = lines
    options, _, _ = line.partition(" ssh-ed25519 ")
    assert '"127.0.0.1:8022"' in options
    options = options.replace("8022", own_class.environment["SSH_PORT"])
    (folder / "keys").write_text(f"{options} {guest.with_suffix('.pub').read_text()}")
    port = free_port()
    settings = {
        "ListenAddress": f"127.0.0.1:{port}",
        "HostKey": host,
        "PidFile": "none",
        "AuthorizedKeysFile": folder / "keys",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
    }
    config = folder / "sshd_config"
    config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    handout = own_class.folder / "private" / "handout"
    machine = {
        "HostName": "127.0.0.1",
        "Port": port,
        "IdentityFile": guest,
        "IdentitiesOnly": "yes",
        "UserKnownHostsFile": folder / "known",
        "StrictHostKeyChecking": "no",
    }
    own = (handout / "s01" / "config").read_text()
    lines = [f"Host {TEACHER}", *(f"  {name} {value}" for name, value in machine.items())]
    (handout / "s01" / "laptop").write_text(own + "\n" + "\n".join(lines) + "\n")
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([sshd.program() or "sshd", "-f", config, "-D", "-e"], stderr=log)
        try:
            assert listens(port), (folder / "log").read_text()
            yield handout
        finally:
            server.terminate()
            server.wait()


def ssh(laptop: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Call ssh on the student's laptop."""
    command = ["ssh", "-F", "s01/laptop", "-o", "ClearAllForwardings=yes", *words]
    return subprocess.run(
        command, cwd=laptop, capture_output=True, text=True, timeout=90, check=False
    )


def test_the_menu_is_reached_as_the_page_says(laptop: Path) -> None:
    assert re.search(r"`ssh -F s07/config -J guest@teacher.local overdraft`", PAGE)
    done = ssh(laptop, "-J", f"{getpass.getuser()}@{TEACHER}", HOST, "vote", "6", "b")
    assert (done.returncode, done.stdout) == (0, "Your vote on question 6: b.\n"), done.stderr


def test_the_class_s_key_opens_nothing_else(laptop: Path, own_class: OwnClass) -> None:
    who = f"{getpass.getuser()}@{TEACHER}"
    shell = ssh(laptop, who, "id")
    assert shell.returncode != 0
    assert "uid=" not in shell.stdout
    for name in ("BOARD_PORT", "FLASK_PORT"):
        port = own_class.environment[name]
        through = ssh(laptop, "-o", "ClearAllForwardings=no", "-W", f"127.0.0.1:{port}", who)
        assert through.returncode != 0
        assert "administratively prohibited" in through.stderr
