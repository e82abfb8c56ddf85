"""Which addresses the harness sends traffic to: this machine's, and the lab's Compose network."""

import ipaddress
import os
import socket
from urllib.parse import urlsplit

import psutil

from shared_db.errors import LabError

# Reserved for documentation (RFC 5737): nobody's address, but one beyond every local network.
_FAR_AWAY = ("192.0.2.1", 9)


def require_lab_address(url: str) -> None:
    """Refuse every address that is neither loopback nor on the lab's own Compose network.

    Raises:
        LabError: the host does not resolve to such addresses alone.
    """
    host = ""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        # No host would be loopback to getaddrinfo, and something else to whoever sends.
        found = socket.getaddrinfo(host, parts.port, type=socket.SOCK_STREAM) if host else []
    except (OSError, ValueError):
        found = []
    addresses = {ipaddress.ip_address(str(entry[4][0])) for entry in found}
    if addresses and all(address.is_loopback for address in addresses):
        return
    # The variable says which names are meant; that they are no more than names of neighbours on a
    # closed network is seen for oneself.
    if addresses and host in os.environ.get("LAB_HOSTS", "").split():
        networks = _own_networks()
        near = all(any(address in network for network in networks) for address in addresses)
        if near and not _has_a_way_out():
            return
    raise LabError(
        f"{url} is not on this machine: the lab attacks loopback addresses "
        "and its own Compose network only"
    )


def _own_networks() -> list[ipaddress.IPv4Network]:
    """Return the private IPv4 networks that this machine, or this container, has a leg in."""
    entries = [entry for each in psutil.net_if_addrs().values() for entry in each]
    networks = [
        ipaddress.IPv4Network(f"{entry.address}/{entry.netmask}", strict=False)
        for entry in entries
        if entry.family == socket.AF_INET and entry.netmask
    ]
    return [network for network in networks if network.is_private and not network.is_loopback]


def _has_a_way_out() -> bool:
    """Tell whether there is a route beyond the own networks: Compose's internal one has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_FAR_AWAY)  # looks a route up, and sends nothing
        except OSError:
            return False
    return True
