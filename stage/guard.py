"""Notes what a repair must not do, and keeps it from doing so.

CPython tells an audit hook of each such act, and a hook cannot be taken back. It is no fence: what
runs in the same process can get around it. It is there so that a student is told what was wrong,
by its name; what nobody may get around, the jail and the kernel forbid.

Source: Python documentation, 'Audit events table'.
"""

import os
import sys
import threading
import time
from types import FrameType
from typing import Final

from stage.notes import note


class ForbiddenError(Exception):
    """A repair did what it must not do; its text says what."""


_ACTS: Final = {
    "os.fork": "starts_processes",
    "os.forkpty": "starts_processes",
    "os.posix_spawn": "starts_processes",
    "os.spawn": "starts_processes",
    "os.exec": "starts_processes",
    "os.system": "starts_processes",
    "subprocess.Popen": "starts_processes",
    "pty.spawn": "starts_processes",
    "socket.connect": "reaches_out",
    "socket.bind": "reaches_out",
    "socket.sendto": "reaches_out",
    "socket.sendmsg": "reaches_out",
    "socket.getaddrinfo": "reaches_out",
    "fcntl.flock": "lock_file",
    "fcntl.lockf": "lock_file",
    "os.kill": "meddles",
    "os.killpg": "meddles",
    "signal.pthread_kill": "meddles",
    "ctypes.dlopen": "meddles",
    "ctypes.dlsym": "meddles",
    "ctypes.dlsym/handle": "meddles",
    "ctypes.call_function": "meddles",
    "ctypes.cdata": "meddles",
    "gc.get_objects": "meddles",
    "gc.get_referrers": "meddles",
    "gc.get_referents": "meddles",
    "sys.setprofile": "meddles",
    "sys.settrace": "meddles",
    "code.__new__": "meddles",
    "mmap.__new__": "meddles",
    "shutil.rmtree": "writes_files",
    "os.mkdir": "lock_file",
    "os.link": "lock_file",
    "os.symlink": "lock_file",
    "os.rename": "writes_files",
    "os.remove": "writes_files",
    "os.truncate": "writes_files",
}
_MODULES: Final = frozenset(
    {"ctypes", "_ctypes", "cffi", "_cffi_backend", "mmap", "multiprocessing", "_multiprocessing"}
    | {"subprocess", "_posixsubprocess", "_posixshmem", "psutil", "gevent", "numpy", "scipy"}
)
_sleep: Final = time.sleep
_start: Final = threading.Thread.start
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_ALLOWED_TO_OPEN: Final = ("/dev/null", "/dev/urandom")


def watch() -> None:
    """Watch this process from now on."""
    sys.addaudithook(_heard)
    threading.Thread.start = _started  # type: ignore[assignment,method-assign]  # it tells from 3.12 on
    time.sleep = _noted  # type: ignore[assignment]  # the interpreter tells of it from 3.13 on


def _started(thread: threading.Thread) -> None:
    if _by_the_repair():
        _refuse("starts_processes", "a thread of its own")
    _start(thread)


def _noted(seconds: float) -> None:
    if seconds > 0:
        # Noted and not kept from it: a pause between two tries is no fault.
        note("sleeps", f"time.sleep({seconds:g})")
    _sleep(seconds)


def _heard(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        _opened(arguments)
    elif event == "import":
        if str(arguments[0]).partition(".")[0] in _MODULES:
            _refuse("meddles", f"import {arguments[0]}")
    elif event == "_thread.start_new_thread":
        if _by_the_repair():
            _refuse("starts_processes", "a thread of its own")
    elif word := _ACTS.get(event):
        _refuse(word, event)


def _by_the_repair() -> bool:
    """Tell whether the repair's own code is at work in this thread, however deep below."""
    frame: FrameType | None = sys._getframe()
    while frame:
        if frame.f_code.co_filename == os.environ.get("REPAIR"):
            return True
        frame = frame.f_back
    return False


def _opened(arguments: tuple[object, ...]) -> None:
    path, _, flags = arguments
    if isinstance(flags, int) and flags & _WRITES and path not in _ALLOWED_TO_OPEN:
        exclusive = flags & os.O_EXCL
        _refuse("lock_file" if exclusive else "writes_files", f"opened {path} to write to it")


def _refuse(word: str, what: str) -> None:
    note(word, what)
    raise ForbiddenError(f"a repair must not do this: {what}")
