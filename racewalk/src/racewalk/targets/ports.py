"""Loopback ports for applications that open theirs by themselves: no two are given the same.

Such a port has to be closed before the application starts, and until it listens there anybody
could be given it, such as the application of another lane. So

- it lies below those that systems give out, unless told otherwise, to who asks for any and to
  connections, from 32768 on (Linux) or from 49152 on (macOS), and below Kubernetes' NodePorts;
- the UDP port of the same number is kept open meanwhile, so the application can't have that. Who
  can't have it does not touch the other, in whichever process; and it is free again at the latest
  when this process has ended.
"""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress
from typing import Final

from racewalk.errors import RacewalkError
from racewalk.wire.proxy import LOOPBACK

_NUMBERS: Final = range(20_000, 30_000)
_TRIES: Final = 1_000


def reserved() -> socket.socket:
    """Return a UDP socket: the TCP port of its number is its owner's while it is open.

    Raises:
        RacewalkError: no such port is free.
    """
    for _ in range(_TRIES):
        keeps = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        place = LOOPBACK, secrets.choice(_NUMBERS)
        with socket.socket() as probe, suppress(OSError):
            keeps.bind(place)
            probe.bind(place)  # it may be somebody else's, who has asked for this one
            return keeps
        keeps.close()
    raise RacewalkError(f"no port of {LOOPBACK} from {_NUMBERS[0]} to {_NUMBERS[-1]} is free")
