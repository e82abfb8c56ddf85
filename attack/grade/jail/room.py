"""A room for one process: namespaces of Linux.

Inside there is no network, not even a loopback, no other process, no memory shared with another
room, and of the files those that Python and the application need, read-only. As root the process
then is a user of its own, whom nobody else is; without root it stays who it was, and the kernel
lets users have rooms of their own where it was built so (user namespaces).

Sources: unshare(2), mount_namespaces(7), user_namespaces(7), pid_namespaces(7).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = (
    *(0x00020000, 0x04000000, 0x08000000),
    *(0x10000000, 0x20000000, 0x40000000),
)
_MS_RDONLY, _MS_NOSUID, _MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 1, 2, 32, 4096, 16384, 1 << 18
_KEPT_FLAGS: Final = 2 | 4 | 8 | 1024 | 2048 | 4096
"""What a mount forbids already has to be said again, else the kernel refuses to change it."""
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_SYSTEM: Final = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache", "/etc/localtime")
_FIRST_USER, _USERS = 61_000, 4_000


class NoRoomError(Exception):
    """This machine, or this user on it, has no rooms; the text says what failed."""


def enter(place: Path, shown: Sequence[tuple[Path, Path]]) -> bool:
    """Move this process into a room; return in the process inside, which is the first there.

    The caller waits outside for it and ends with its exit code. Only one thread may run.

    Args:
        place: an empty folder that the room is put on; outside nobody sees what is there.
        shown: files and folders that are shown, with the paths that they have inside.

    Returns:
        Whether the process is a user of its own.

    Raises:
        NoRoomError: there can be none; this process is as it was, or is to be ended.
    """
    if not sys.platform.startswith("linux"):
        raise NoRoomError("only Linux has rooms")
    root = os.geteuid() == 0
    user = _FIRST_USER + os.getpid() % _USERS if root else os.getuid()
    spaces = _NEWNS | _NEWUTS | _NEWIPC | _NEWPID | _NEWNET | (0 if root else _NEWUSER)
    group = os.getgid()
    _call("unshare", spaces)
    if not root:
        _map_user(user, group)
    _wait_outside(os.fork())
    _call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _furnish(place, shown)
    os.chroot(place)
    os.chdir("/")
    if root:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # Another user since then: the kernel has forgotten what we asked for.
    _call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return root


def _wait_outside(inside: int) -> None:
    if inside:
        _, status = os.waitpid(inside, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _map_user(user: int, group: int) -> None:
    try:
        Path("/proc/self/setgroups").write_text("deny", "ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", "ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", "ascii")
    except OSError as error:
        raise NoRoomError(f"no user namespace: {error.strerror}") from None


def _furnish(place: Path, shown: Sequence[tuple[Path, Path]]) -> None:
    _mount(None, Path("/"), None, _MS_REC | _MS_PRIVATE)
    _mount("tmpfs", place, "tmpfs", _MS_NOSUID, "size=16m,mode=755")
    for path in map(Path, _SYSTEM):
        if path.is_symlink() and path.parent == Path("/"):
            place.joinpath(path.name).symlink_to(path.readlink())
        elif path.exists():
            _show(path, place, path)
    for path in map(Path, _DEVICES):
        _bind(path, _stand_in(path, place, path))
    tmp = place / "tmp"
    tmp.mkdir(exist_ok=True)
    _mount("tmpfs", tmp, "tmpfs", _MS_NOSUID, "size=1m,mode=1777")
    for path, inside in shown:  # some of them may lie below /tmp
        _show(path, place, inside)
    _mount(None, place, None, _MS_REMOUNT | _MS_RDONLY | _MS_NOSUID)


def _show(path: Path, place: Path, inside: Path) -> None:
    target = _stand_in(path, place, inside)
    _bind(path, target)
    kept = os.statvfs(path).f_flag & _KEPT_FLAGS
    _mount(None, target, None, _MS_BIND | _MS_REMOUNT | _MS_RDONLY | _MS_NOSUID | kept)


def _stand_in(path: Path, place: Path, inside: Path) -> Path:
    """Make what another file or folder is mounted on."""
    target = place / inside.relative_to("/")
    if path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    return target


def _bind(path: Path, target: Path) -> None:
    _mount(str(path), target, None, _MS_BIND | _MS_REC)


def _mount(source: str | None, target: Path, kind: str | None, flags: int, data: str = "") -> None:
    words = [None if word is None else word.encode() for word in (source, str(target), kind)]
    _call("mount", *words, flags, data.encode() or None)


def _call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    given = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in arguments]
    if getattr(libc, name)(*given) != 0:
        raise NoRoomError(f"{name}: {os.strerror(ctypes.get_errno())}")
