"""Started for each instance of an application: the gate stays outside, the application goes inside.

    python -m attack.grade.jail.main --listen FD --bring FOLDER … -- COMMAND …

DATABASE_URL in the environment, with the password, is for the gate alone. The command gets
one of its own, and nothing else of the environment but what --set names.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from attack.grade.jail import room
from attack.grade.jail.gate import Server, through
from attack.grade.jail.limits import limit
from attack.grade.jail.pump import Pump

_TURN: Final = 0.05
_LOADS_WITHIN: Final = 4.0
"""Seconds that a repair may take to be imported."""
_MOST_NOTES: Final = 200
_NOTES_FD = "NOTES_FD"
_MOST_FDS: Final = 256
_STARTS_WITHIN: Final = 20.0
"""Seconds until the first answer: what the inside says of its start may be untrue."""
LOADING, LOADED, NO_ROOM, HANGS = "loading", "loaded", "no_room", "never_returns"
"""Notes of the application, and of ours, that tell how it starts."""


class Notes:
    """What the inside tells: lines 'id<TAB>words', of which none is believed but to refuse."""

    def __init__(self, file: Path) -> None:
        self._file, self._rest, self._count = file, b"", 0
        self._loading: float | None = None
        self._began = time.monotonic()
        self.answered = False

    def heard(self, data: bytes) -> None:
        """Take bytes of the inside."""
        *lines, self._rest = (self._rest + data[:65536])[-65536:].split(b"\n")
        for line in lines:
            self.add(line.decode("utf-8", "replace")[:500])

    def add(self, line: str) -> None:
        """Keep one line."""
        word = line.partition("\t")[0]
        if word == LOADING:
            self._loading = time.monotonic()
        elif word == LOADED:
            self._loading = None
        elif self._count < _MOST_NOTES:
            self._count += 1
            with self._file.open("a", encoding="utf-8") as file:
                file.write(line.replace("\n", " ") + "\n")

    def heard_answer(self) -> None:
        """Note that something was answered."""
        self.answered = True

    @property
    def hangs(self) -> bool:
        """Whether the repair is being imported for too long, or nothing is ever answered."""
        now, began = time.monotonic(), self._loading
        imports = began is not None and now - began > _LOADS_WITHIN
        return imports or (not self.answered and now - self._began > _STARTS_WITHIN)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command of the arguments in jail; return its exit code."""
    options = _options(arguments)
    server = Server.of(os.environ["DATABASE_URL"])
    # Whoever started us removes what is in there: we are ended by a signal that nobody can catch.
    folder = Path(tempfile.mkdtemp(prefix="jail-", dir=options.place or None))
    try:
        return _held(options, server, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _held(options: argparse.Namespace, server: Server, folder: Path) -> int:
    doors = folder / "doors"
    doors.mkdir(mode=0o755)
    http, database = _listener(doors / "http"), _listener(doors / ".s.PGSQL.5432")
    heard, told = os.pipe()
    inside = os.fork()
    if inside == 0:
        os.close(heard)
        if options.listen:
            os.close(options.listen)
        database.close()
        try:
            _go_inside(options, server, folder, http, told)
        except BaseException:
            traceback.print_exc()  # into the application's log
            os._exit(70)
    os.close(told)
    http.close()  # who calls while nobody is inside is to be told so at once
    pump, notes = Pump(), Notes(Path(options.notes))
    pump.read(heard, notes.heard)
    pump.listen(database, lambda caller: _let_through(pump, caller, server))
    if options.listen:
        public = socket.socket(fileno=options.listen)
        pump.listen(public, lambda caller: _to_application(pump, caller, doors / "http", notes))
    while True:
        pump.turn(_TURN)
        ended, status = os.waitpid(inside, os.WNOHANG)
        if ended:
            pump.turn(0)
            return os.waitstatus_to_exitcode(status) & 0xFF
        if notes.hangs:
            notes.add(f"{HANGS}\twhile the file is imported")
            os.kill(inside, signal.SIGKILL)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen", type=int, default=0)
    parser.add_argument("--notes", required=True)
    parser.add_argument("--place", default="")
    parser.add_argument("--room", choices=("required", "possible", "none"), required=True)
    parser.add_argument("--show", action="append", default=[], metavar="PATH:INSIDE")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("command", nargs="+")
    return parser.parse_args(arguments)


def _listener(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    path.chmod(0o777)  # the folder is not everybody's, and inside they are another user
    listener.listen(128)
    return listener


def _let_through(pump: Pump, caller: socket.socket, server: Server) -> None:
    def talk() -> None:
        try:
            upstream = through(caller, server)
        except (OSError, ValueError, LookupError):
            upstream = None
        if upstream:
            pump.join(caller, upstream)
        else:
            caller.close()

    threading.Thread(target=talk, daemon=True).start()


def _to_application(pump: Pump, caller: socket.socket, door: Path, notes: Notes) -> None:
    caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    inner = socket.socket(socket.AF_UNIX)
    try:
        inner.connect(str(door))
    except OSError:
        caller.close()
        inner.close()
        return
    pump.join(caller, inner, notes.heard_answer)


def _go_inside(
    options: argparse.Namespace, server: Server, folder: Path, http: socket.socket, told: int
) -> None:
    """Become the application; never returns."""
    os.umask(0o022)  # what is made in a room is for another user to read
    doors, own_user = folder / "doors", False
    place = folder / "room"
    place.mkdir()
    if options.room != "none":
        shown = [_pair(each) for each in options.show]
        try:
            own_user = room.enter(place, [*shown, (doors, Path("/doors"))])
            doors = Path("/doors")
        except room.NoRoomError as error:
            os.write(told, f"{NO_ROOM}\t{error}\n".encode())
            if options.room == "required":
                os._exit(71)
    limit(own_user=own_user)
    url = f"postgresql://{server.role}@/{server.database}?host={doors}"
    environment = dict(each.split("=", 1) for each in options.set)
    command = [word.replace("{http}", str(http.fileno())) for word in options.command]
    environment = {
        name: value.replace("{http}", str(http.fileno())) for name, value in environment.items()
    }
    environment |= {"DATABASE_URL": url, _NOTES_FD: str(told)}
    for fd in (http.fileno(), told):
        os.set_inheritable(fd, True)
    _close_all_but({0, 1, 2, http.fileno(), told})
    os.execve(command[0], command, environment)  # noqa: S606 - fixed words of ours


def _pair(text: str) -> tuple[Path, Path]:
    path, _, inside = text.partition(":")
    return Path(path), Path(inside or path)


def _close_all_but(kept: set[int]) -> None:
    for fd in range(_MOST_FDS):
        if fd not in kept:
            with suppress(OSError):
                os.close(fd)


if __name__ == "__main__":
    sys.exit(main())
