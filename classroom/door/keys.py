"""Keys: the door's own, one for each student, and what a student is handed."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from classroom import files
from shared_db.errors import LabError

HOST = "overdraft"
"""What a student calls the door: the name in their configuration."""
_KEY = "key"


def draw(path: Path, comment: str) -> Path:
    """Return a private key, drawn where there is none; its public half lies beside it.

    Raises:
        LabError: it cannot be made.
    """
    if not path.exists():
        program = shutil.which("ssh-keygen")
        if program is None:
            raise LabError("ssh-keygen is missing, which comes with ssh (package openssh-client)")
        done = subprocess.run(
            [program, "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise LabError(f"{path} cannot be made: {done.stderr.strip() or done.stdout.strip()}")
    return path


def public(path: Path) -> str:
    """Return the public half of a key, its kind and its digits, without the comment."""
    kind, digits, *_ = path.with_suffix(".pub").read_text("ascii").split()
    return f"{kind} {digits}"


def hand_out(
    student: str, folder: Path, host_key: Path, login: str, port: int, forwards: Sequence[int]
) -> Path:
    """Write a student's folder: their key, the door's, and how ssh finds it; return the key.

    Args:
        student: whose it is.
        folder: for it.
        host_key: the door's own.
        login: the user of this machine whom the door lets in.
        port: of the door.
        forwards: ports of the applications.

    Raises:
        LabError: it cannot be written.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    key = draw(folder / _KEY, student)
    known = f"[127.0.0.1]:{port} {public(host_key)}\n"
    lines = [
        f"Host {HOST}",
        "    HostName 127.0.0.1",
        f"    Port {port}",
        f"    User {login}",
        f"    IdentityFile {student}/{_KEY}",
        "    IdentitiesOnly yes",
        "    IdentityAgent none",
        f"    UserKnownHostsFile {student}/known_hosts",
        "    StrictHostKeyChecking yes",
        *(f"    LocalForward 127.0.0.1:{each} 127.0.0.1:{each}" for each in forwards),
        "",
    ]
    files.write(folder / "known_hosts", known)
    files.write(folder / "config", "\n".join(lines))
    return key
