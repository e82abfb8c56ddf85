"""The sshd: who comes in, by which key, and what they can do there.

It runs as whoever started the class and lets in that user alone, by the students' keys alone. The
key says which student it is. Whatever a student asks for, a shell, a command, a file, is handed to
the menu as words; all that sshd itself still does for them is to forward the ports of the two
applications. Source: sshd_config(5) and sshd(8), 'AUTHORIZED_KEYS FILE FORMAT'.
"""

import os
import pwd
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from attack.stacks import ports
from classroom import files, settings
from classroom.door import keys
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT, LAB

STUDENT = "OVERDRAFT_STUDENT"
"""The variable by which sshd tells the menu whose key it was."""
HANDOUT = LAB / "private" / "handout"
_LOG = LAB / "sshd.log"
# With all of a class behind one address, one who guesses must not shut the others out (9.8).
_NO_PENALTIES = ("-o", "PerSourcePenalties=no")
_RUN_AS_ROOT = Path("/run/sshd")


def program() -> str | None:
    """Return where sshd is, or None where none is installed."""
    return shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")


def _login() -> str:
    return pwd.getpwuid(os.geteuid()).pw_name


def start(students: Sequence[str], urls: Sequence[str], typed: str) -> subprocess.Popen[bytes]:
    """Write the configuration, the keys and the folders, and start the door.

    Args:
        students: who may come in.
        urls: of the applications, whose ports are forwarded.
        typed: the command, with {} where a setting goes, for advice.

    Raises:
        LabError: the port is taken, or sshd refuses its configuration.
    """
    port = settings.port("SSH_PORT")
    ports.check("ssh", port, typed)
    found = program()
    if found is None:
        raise LabError("no sshd is installed: it comes with the package openssh-server")
    forwards = [int(urlsplit(url).port or 80) for url in urls]
    folder = files.private("door")
    host_key = keys.draw(folder / "host_key", "overdraft")
    files.private("handout")
    lets_in = ""
    for student in students:
        key = keys.hand_out(student, HANDOUT / student, host_key, _login(), port, forwards)
        options = f'restrict,pty,port-forwarding,environment="{STUDENT}={student}"'
        lets_in += f"{options} {keys.public(key)}\n"
    files.write(folder / "authorized_keys", lets_in)
    config = folder / "sshd_config"
    files.write(config, _config(folder, host_key, port, forwards))
    if os.geteuid() == 0:  # where sshd would keep what may not see the rest of it
        _RUN_AS_ROOT.mkdir(mode=0o755, exist_ok=True)
    return _start([found, "-f", str(config)])


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    knows = subprocess.run([*command, *_NO_PENALTIES, "-t"], capture_output=True, check=False)
    if knows.returncode == 0:
        command = [*command, *_NO_PENALTIES]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        said = tried.stderr.strip().splitlines()
        raise LabError(f"sshd refuses its configuration: {said[0] if said else 'without a word'}")
    with _LOG.open("ab") as log:
        return subprocess.Popen(
            [*command, "-D", "-e"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _config(folder: Path, host_key: Path, port: int, forwards: Sequence[int]) -> str:
    menu = (
        f"cd {shlex.quote(str(CHECKOUT))} && exec env OVERDRAFT_LAB={shlex.quote(str(LAB))} "
        f"{shlex.quote(sys.executable)} -m classroom.menu"
    )
    settings_of_sshd = {
        "ListenAddress": f"127.0.0.1:{port}",
        "HostKey": f'"{host_key}"',
        "PidFile": "none",
        "LogLevel": "INFO",
        # Who comes in.
        "AllowUsers": _login(),
        "PermitRootLogin": "prohibit-password",
        "AuthenticationMethods": "publickey",
        "AuthorizedKeysFile": f'"{folder / "authorized_keys"}"',
        # A checkout may lie where a group can write; the folder of the keys is its owner's alone.
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "KbdInteractiveAuthentication": "no",
        "PermitUserEnvironment": STUDENT,
        # What they can do: the menu, and these forwards.
        "ForceCommand": menu,
        "AllowTcpForwarding": "local",
        "PermitOpen": " ".join(f"127.0.0.1:{each}" for each in forwards),
        "PermitListen": "none",
        "AllowStreamLocalForwarding": "no",
        "GatewayPorts": "no",
        "AllowAgentForwarding": "no",
        "X11Forwarding": "no",
        "PermitTunnel": "no",
        "PermitUserRC": "no",
        "PrintMotd": "no",
        "PrintLastLog": "no",
        # A class that comes all at once, and nobody who only knocks.
        "MaxStartups": "60",
        "MaxSessions": "4",
        "MaxAuthTries": "3",
        "LoginGraceTime": "20",
        "ClientAliveInterval": "60",
        "ClientAliveCountMax": "3",
    }
    return "".join(f"{name} {value}\n" for name, value in settings_of_sshd.items())
