"""A process that imports modules once, and from which each start of an application is forked.

It is run by its path, with a socket's number, the application's folder and the modules in its
arguments; what lies in that folder is imported from there, as the application would. On that
socket, and on those that it is sent there, it takes an order for each start: a line of JSON, and
with it the descriptors of the files that it names. What it forks is a leash (see `leash`), and what
that forks is the application, run as `python -m` runs it. No connection is open here and no thread
runs, so nothing is shared but what was imported.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import random
import runpy
import selectors
import signal
import socket
import struct
import sys
import threading
from pathlib import Path
from typing import Any

_SIZE = struct.Struct("!i")
_FILES = 4


def main() -> None:
    """Import the modules in the arguments; fork until the other end of the socket closes."""
    leash = _leash()
    owner = socket.socket(fileno=int(sys.argv[1]))
    sys.path.insert(0, sys.argv[2])
    gc.disable()  # what is imported stays, and to look for garbage in it takes a tenth of the time
    for module in sys.argv[3:]:
        importlib.import_module(module)
    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever ended is waited for by nobody
    with selectors.DefaultSelector() as selector:
        selector.register(owner, selectors.EVENT_READ)
        while owner.fileno() >= 0:
            for key, _ in selector.select():
                _serve(selector, key.fileobj, leash)


def _serve(selector: selectors.BaseSelector, orders: Any, leash: Any) -> None:
    """Carry out one order of who asks at this socket, or forget them where they have gone."""
    order = _order(orders)
    if not order:
        selector.unregister(orders)
        orders.close()
        return
    words, files = order
    if words.get("shared"):
        (other,) = files
        selector.register(socket.socket(fileno=other), selectors.EVENT_READ)
        return
    pid = os.fork()
    if not pid:
        for key in list(selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        selector.close()
        _be_the_leash(leash, words, files)
    for file in files:
        os.close(file)
    # Who has gone meanwhile has let go of the leash, too.
    with contextlib.suppress(BrokenPipeError):
        orders.sendall(_SIZE.pack(pid))


def _leash() -> Any:
    """The module beside, which cannot be imported by its name: the package would come with it."""
    path = Path(__file__).with_name("leash.py")
    spec = importlib.util.spec_from_file_location("leash", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def _order(orders: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return the next order and its files, or None where no more will come."""
    try:
        data, files, _, _ = socket.recv_fds(orders, _SIZE.size, _FILES)
    except ConnectionError:
        return None
    if len(data) < _SIZE.size:
        return None
    (left,) = _SIZE.unpack(data)
    words = bytearray()
    while len(words) < left:
        if not (more := orders.recv(left - len(words))):
            return None
        words += more
    return json.loads(words), list(files)


def _be_the_leash(leash: Any, words: dict[str, Any], files: list[int]) -> None:
    """Fork the application and watch over it; never returns."""
    holder, ended, log, *listener = files
    os.setsid()
    if words["cores"]:
        os.sched_setaffinity(0, words["cores"])
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(holder, 0)
    for output in (1, 2):
        os.dup2(log, output)
    for file in (holder, log):
        os.close(file)
    leash.limit_files()
    pid = os.fork()
    if not pid:
        os.close(ended)
        _be_the_application(words, listener)
    for file in listener:
        os.close(file)
    threading.Thread(target=leash.end_with_the_holder, daemon=True).start()
    _, status = os.waitpid(pid, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _be_the_application(words: dict[str, Any], listener: list[int]) -> None:
    """Run the module as `python -m` does; never returns."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    place = str(listener[0]) if listener else ""
    for file in listener:
        os.set_inheritable(file, True)
    env = {name: value.replace("{fd}", place) for name, value in words["env"].items()}
    os.environ.clear()
    os.environ.update(env)
    os.chdir(words["directory"])
    module, *arguments = (word.replace("{fd}", place) for word in words["command"])
    sys.argv[:] = [module, *arguments]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    random.seed()
    code: Any = 0
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    finally:
        if isinstance(code, str):
            sys.stderr.write(f"{code}\n")
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)


if __name__ == "__main__":
    main()
    for printed in (sys.stdout, sys.stderr):
        printed.flush()
    # Without taking apart what was imported, for which its owner would wait; nor is anything done
    # that it has registered by atexit.
    os._exit(0)
