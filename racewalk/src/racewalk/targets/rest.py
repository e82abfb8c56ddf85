"""Proof, from /proc, that a process has come to rest, and that some threads of it wait for others.

A lock of the application, such as a threading.Lock, shows in no view of the server. On Linux a
thread that waits for one sleeps in futex(2) without a timeout. Four facts make that a proof:

- /proc/<pid>/task/<tid>/syscall says 'running' for a thread that is on a CPU *or* could be, and
  names the system call that it sleeps in otherwise (proc(5)).
- /proc/<pid>/task/<tid>/schedstat changes whenever a thread has run. Two readings of all threads
  that are the same are therefore one picture of a single moment (a double collect).
- /proc/<pid>/task/<tid>/stat says S for a thread that sleeps until somebody wakes it. The first
  file names a system call also for one that was woken and has no CPU yet (R), and for one that
  waits for the kernel itself, such as for a page from disk (D): both move with nobody's help.
- A process none of whose threads can run moves only by a timer or by someone outside. Outside is
  the proxy, whose bytes would have made a thread runnable at once; and whatever else a request
  asks, on which a thread of its own sleeps then.

A wait with a timeout proves nothing: it ends by itself. Who sleeps for a time, in futex(2) or in
clock_nanosleep(2), may wait for another all the same: for a lock that they give up, or try again.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Final

_FUTEX: Final = {"x86_64": 202, "aarch64": 98}
_NANOSLEEPS: Final = {"x86_64": (35, 230), "aarch64": (101, 115)}
_WAIT_COMMANDS: Final = frozenset({0, 9})  # FUTEX_WAIT, FUTEX_WAIT_BITSET (linux/futex.h)
_COMMAND_MASK: Final = 0x7F
_MACHINE: Final = platform.machine()
A_WHILE: Final = 0.1
"""Seconds in which whoever does not run is taken to sleep: to wait for another, or for nobody."""
_RUNNING: Final = "running"
_SLEEPS: Final = "S"
_LINE: Final = 4096
"""Bytes that are read: both files are of one line, which a single read gives as a whole."""


_INTERPRETER: Final = re.compile(r"(lib)?python\d")
_NAMED: Final = 4
"""How many words follow addresses and rights in a line of maps that names a file."""


class Wait(Enum):
    """What a thread does, as far as it matters here."""

    RUNS = "runs"
    LOCK = "waits for another thread, without end"
    TIME = "sleeps for a time, or until another thread wakes it before"
    ELSE = "sleeps in another call"


@dataclass(frozen=True, slots=True)
class Picture:
    """All threads of a process at one moment at which none of them could run.

    Attributes:
        threads: what each of them does.
        where: the call that it sleeps in, with what it sleeps on; see `place`.
        ran: what changes whenever it has run.
    """

    threads: Mapping[int, Wait]
    where: Mapping[int, str]
    ran: Mapping[int, str] = field(default_factory=dict)

    def waiting_for_locks(self) -> frozenset[int]:
        """Return the threads that wait for another."""
        return frozenset(tid for tid, wait in self.threads.items() if wait is Wait.LOCK)

    def sleeping_for_a_time(self) -> frozenset[int]:
        """Return the threads that sleep for a time, another perhaps waking them before."""
        return frozenset(tid for tid, wait in self.threads.items() if wait is Wait.TIME)

    def others(self, known: Collection[int] = ()) -> frozenset[int]:
        """Return the threads that sleep for another reason, without those that are known to."""
        return frozenset(self.threads) - self.waiting_for_locks() - frozenset(known)

    def back(self, idle: Picture) -> frozenset[int]:
        """Return the threads that sleep where they slept while no request was in flight."""
        return frozenset(tid for tid, at in idle.where.items() if self.where.get(tid) == at)

    def times_run(self, threads: Collection[int]) -> dict[int, str]:
        """Return, for some threads, what changes whenever they have run."""
        return {tid: self.ran[tid] for tid in threads}

    def worked(self) -> float:
        """Return for how many seconds they have run, or waited for a CPU, all in all."""
        fields = (ran.split() for ran in self.ran.values())
        return sum(int(on_cpu) + int(waited) for on_cpu, waited, _ in fields) / 1e9

    def unmoved(self, ran: Mapping[int, str]) -> frozenset[int]:
        """Return those threads of which `times_run` would be the same."""
        return frozenset(tid for tid, then in ran.items() if self.ran.get(tid) == then)

    def proves_waits(
        self, at_database: int, inside: int, idle: Picture, nobodys: Collection[int] = ()
    ) -> bool:
        """Return whether requests that neither speak nor answer wait for other threads.

        Those at the database each have a thread that sleeps on a socket. Where there is no such
        thread too many, those that are not there wait for another thread; each of them needs one
        that does. It may not be missing: a server that keeps a thread for each connection has
        threads that sleep on sockets while nobody asks for anything. A thread that sleeps where it
        slept then, in the same call and on the same thing, serves nobody; one that sleeps elsewhere
        may serve a request, and counts.

        Args:
            at_database: requests that wait for the answer to a statement.
            inside: those that do not, and have no answer yet.
            idle: the same process while no request was in flight.
            nobodys: threads of which it is not known that they serve one of these.
        """
        back = self.back(idle)
        waiting = self.waiting_for_locks().difference(back, nobodys)
        return len(waiting) >= max(inside, 1) and len(self.others(back)) == at_database


NOTHING: Final = Picture({}, {})
"""Of a process of which nothing is seen."""


def at_rest(pid: int, *between: int) -> Picture | None:
    """Return the threads of a process at a moment at which none of them could run, or None.

    Args:
        pid: the process.
        between: further processes that have to rest at that same moment, such as one that carries
            bytes: what it has taken and not handed on yet would make a thread runnable.

    Returns:
        None also where this cannot be told: no /proc, another architecture, no permission, or a
        process is gone.
    """
    pids = pid, *between
    first = _collect(*pids)
    # Who sleeps in between, and has not run since the first look, slept then.
    if not first or not _all_sleep(pids, first) or _collect(*pids) != first:
        return None
    seen = {tid: (classify(call, _MACHINE), call) for tid, (call, _) in first[0].items()}
    return Picture(
        {tid: wait for tid, (wait, _) in seen.items()},
        {tid: place(call, wait, _MACHINE) for tid, (wait, call) in seen.items()},
        {tid: ran for tid, (_, ran) in first[0].items()},
    )


def can_tell(pid: int) -> bool:
    """Return whether this system tells what the threads of a process do."""
    try:
        told = [_read(f"/proc/{pid}/{file}") for file in ("syscall", "schedstat")]
        return all(told) and _MACHINE in _FUTEX
    except OSError:
        return False


_Threads = dict[int, tuple[str, str]]
"""For each thread of a process the call that it sleeps in, and how often it has run."""


def waits_for_a_lock(pid: int, thread: int) -> bool:
    """Return whether one thread of a process sleeps until another thread wakes it, without end.

    It has to have been so at two looks, between which it has not run. A thread that gave up the
    interpreter at another's request sleeps without end, too, until that one has it: it waits for
    a condition in the interpreter's own data, where no lock of the application is.
    """
    task, seen = f"/proc/{pid}/task/{thread}", []
    for _ in range(2):
        try:
            ran = _read(f"{task}/schedstat")
            seen.append((_read(f"{task}/syscall"), ran))
        except OSError:
            return False
        if not sleeps(pid, thread):
            return False
    call = seen[0][0]
    return (
        seen[0] == seen[1]
        and classify(call, _MACHINE) is Wait.LOCK
        and not any(int(call.split()[1], 0) in each for each in _interpreters_data(pid))
    )


@cache
def _interpreters_data(pid: int) -> tuple[range, ...]:
    """Return the addresses of the interpreter's variables in a process (proc(5): maps)."""
    found = []
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        addresses, rights, *rest = line.split(maxsplit=5)
        if "w" in rights and len(rest) == _NAMED and _INTERPRETER.match(Path(rest[-1]).name):
            found.append(range(*(int(each, 16) for each in addresses.split("-"))))
    return tuple(found)


def sleeps_for_a_time(pid: int, thread: int) -> bool:
    """Return whether one thread of a process sleeps for a time, or waits for another as long.

    That other may be the one that has the interpreter, which is asked for anew every few
    milliseconds (`sys.getswitchinterval`).
    """
    try:
        return classify(_read(f"/proc/{pid}/task/{thread}/syscall"), _MACHINE) is Wait.TIME
    except OSError:
        return False


def sleeps(pid: int, thread: int) -> bool:
    """Return whether a thread sleeps until somebody wakes it (proc(5): state S).

    One that waits for the kernel does not, nor one that was woken and waits for a CPU.
    """
    try:
        stat = _read(f"/proc/{pid}/task/{thread}/stat")
    except OSError:
        return False
    return stat[stat.rindex(")") + 1 :].split(maxsplit=1)[0] == _SLEEPS


def times_run(pid: int, thread: int) -> str:
    """Return what changes whenever a thread has run; '' where this system does not tell."""
    try:
        return _read(f"/proc/{pid}/task/{thread}/schedstat")
    except OSError:
        return ""


def _collect(*pids: int) -> list[_Threads] | None:
    """Read all threads of some processes; None as soon as one is seen that could run.

    It is asked again and again while they work. The youngest are the likeliest to.
    """
    try:
        return [_threads(f"/proc/{pid}/task") for pid in pids]
    except (OSError, _RunsError):
        return None


def _all_sleep(pids: Collection[int], threads: Collection[_Threads]) -> bool:
    return all(sleeps(pid, tid) for pid, each in zip(pids, threads, strict=True) for tid in each)


class _RunsError(Exception):
    """A thread could run."""


def _threads(folder: str) -> _Threads:
    found: _Threads = {}
    for tid in sorted(map(int, os.listdir(folder)), reverse=True):  # noqa: PTH208
        call = _read(f"{folder}/{tid}/syscall")
        if call.startswith(_RUNNING):
            raise _RunsError
        found[tid] = (call, _read(f"{folder}/{tid}/schedstat"))
    return found


def _read(path: str) -> str:
    file = os.open(path, os.O_RDONLY)  # by the hundred in each schedule: no file object
    try:
        return os.read(file, _LINE).decode()
    finally:
        os.close(file)


def classify(syscall: str, machine: str) -> Wait:
    """Return what a line of /proc/<pid>/task/<tid>/syscall says, on this kind of machine."""
    if syscall.startswith(_RUNNING):
        return Wait.RUNS
    number, *arguments = (int(word, 0) for word in syscall.split()[:5])
    if number in _NANOSLEEPS.get(machine, ()):
        return Wait.TIME
    if number != _FUTEX.get(machine) or len(arguments) < 4:
        return Wait.ELSE
    _, operation, _, timeout = arguments[:4]
    if operation & _COMMAND_MASK not in _WAIT_COMMANDS:
        return Wait.ELSE
    return Wait.TIME if timeout else Wait.LOCK


def place(syscall: str, wait: Wait, machine: str) -> str:
    """Return where a thread sleeps: the number of its call, what it sleeps on, and its stack.

    What it sleeps on is the first argument, a file's number or an address. Where that is one on the
    stack, as poll(2)'s is, two sleeps in different functions differ by the stack's end. Whoever
    sleeps for a time on a lock, such as a helper of a pool, makes a new one each time.

    Args:
        syscall: a line of /proc/<pid>/task/<tid>/syscall.
        wait: what it says.
        machine: the kind of machine.
    """
    number, *rest = syscall.split()
    timed = wait is Wait.TIME and int(number) == _FUTEX.get(machine)
    return number if timed else " ".join([number, *rest[:1], *rest[-2:-1]])
