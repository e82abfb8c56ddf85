"""What the kernel forbids this process from now on, and all its threads (seccomp, on Linux).

No other program and no process; no lock on a file, by which two workers of one machine could take
turns past the database; no other namespace, and no way around this list.

Sources: seccomp(2), clone(2), fcntl(2); numbers from the kernel's syscall tables.
"""

import ctypes
import os
import platform
import struct
import sys
from typing import NamedTuple


class Machine(NamedTuple):
    """Numbers of a machine's system calls, and the one that the kernel's audit calls it by."""

    audit: int
    clone: int
    fcntl: int
    never: tuple[int, ...]


_MACHINES = {
    "x86_64": Machine(
        audit=0xC000003E,
        clone=56,
        fcntl=72,
        # fork, vfork, execve, execveat, flock, ptrace, unshare, setns, mount, io_uring_setup,
        # process_vm_writev, bpf, userfaultfd, keyctl
        never=(57, 58, 59, 322, 73, 101, 272, 308, 165, 425, 311, 321, 323, 250),
    ),
    "aarch64": Machine(
        audit=0xC00000B7,
        clone=220,
        fcntl=25,
        never=(221, 281, 32, 117, 97, 268, 40, 425, 271, 280, 282, 219),
    ),
}
_CLONE3, _CLONE_THREAD, _X32 = 435, 0x00010000, 0x40000000
_LOCKS = (6, 7, 37, 38)  # F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW
_EPERM, _ENOSYS = 1, 38
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCH_AT, _FIRST_AT, _SECOND_AT = 0, 4, 16, 24
_NO_NEW_PRIVS, _SET_FILTER, _ALL_THREADS = 38, 1, 1
_SECCOMP = {"x86_64": 317, "aarch64": 277}


def put_up() -> str:
    """Put up the fence; it cannot be taken down.

    Returns:
        Why there is none, or ''.
    """
    machine = platform.machine()
    if not sys.platform.startswith("linux") or machine not in _MACHINES:
        return "this system has no such fence"
    program = _program(_MACHINES[machine])
    code = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.syscall(_SECCOMP[machine], _SET_FILTER, _ALL_THREADS, header) != 0:
        return os.strerror(ctypes.get_errno())
    return ""


def _program(machine: Machine) -> bytes:
    """Return the filter, as the kernel's machine for packet filters reads it."""
    lines = [
        (_LOAD, 0, 0, _ARCH_AT),
        (_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
    ]
    for number in machine.never:
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    # The C library falls back on clone, whose flags can be looked at.
    lines += [(_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _ERRNO | _ENOSYS)]
    lines += [
        (_EQUAL, 0, 4, machine.clone),
        (_LOAD, 0, 0, _FIRST_AT),
        (_ANY_BIT, 0, 1, _CLONE_THREAD),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_EQUAL, 0, 1 + 2 * len(_LOCKS), machine.fcntl),
        (_LOAD, 0, 0, _SECOND_AT),
    ]
    for command in _LOCKS:
        lines += [(_EQUAL, 0, 1, command), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    lines += [(_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("HBBI", *line) for line in lines)
