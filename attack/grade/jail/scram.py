"""SCRAM-SHA-256, the client's part: the proof that one knows a password (RFC 5802, RFC 7677)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets


class Proof:
    """One exchange.

    Args:
        password: in ASCII, so that it needs no preparation (SASLprep).
    """

    def __init__(self, password: str) -> None:
        self._password = password.encode("ascii")
        # PostgreSQL takes the name from the startup packet, and ignores the one here.
        self._bare = f"n=,r={secrets.token_urlsafe(18)}"
        self._signature = b""

    @property
    def first(self) -> bytes:
        """What the client says first."""
        return f"n,,{self._bare}".encode()

    def final(self, challenge: bytes) -> bytes:
        """Return the answer to the server's first message.

        Raises:
            ValueError: it is none, or not an answer to ours.
        """
        told = _fields(challenge)
        nonce, rounds = told["r"], int(told["i"])
        if not nonce.startswith(self._bare.partition("r=")[2]):
            raise ValueError("the server answered somebody else")
        salt = base64.b64decode(told["s"])
        salted = hashlib.pbkdf2_hmac("sha256", self._password, salt, rounds)
        without = f"c=biws,r={nonce}"
        signed = ",".join((self._bare, challenge.decode(), without)).encode()
        key = _mac(salted, b"Client Key")
        shared = _mac(hashlib.sha256(key).digest(), signed)
        self._signature = _mac(_mac(salted, b"Server Key"), signed)
        proof = bytes(ours ^ theirs for ours, theirs in zip(key, shared, strict=True))
        return f"{without},p={base64.b64encode(proof).decode()}".encode()

    def accepts(self, end: bytes) -> bool:
        """Tell whether the server knows the password too."""
        told = base64.b64decode(_fields(end).get("v", ""))
        return hmac.compare_digest(told, self._signature)


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _fields(message: bytes) -> dict[str, str]:
    parts = (part.partition("=") for part in message.decode("ascii").split(","))
    return {name: value for name, _, value in parts}
