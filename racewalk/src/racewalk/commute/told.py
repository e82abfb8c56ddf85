"""Where the server's answer to a statement speaks against how it was read."""

from __future__ import annotations

from typing import Final

from racewalk.commute.effects import Control, Effect

DEADLOCK: Final = "40P01"
_NOT_SERIAL: Final = "40001"
_TAGS: Final = {
    "BEGIN": (Control.BEGIN,),
    "START TRANSACTION": (Control.BEGIN,),
    "COMMIT": (Control.COMMIT,),
    "ROLLBACK": (Control.COMMIT, Control.ROLLBACK, Control.ROLLBACK_TO),
    "PREPARE TRANSACTION": (),
    "COMMIT PREPARED": (),
    "ROLLBACK PREPARED": (),
}
"""What a statement with such a command tag can have been."""


def contradicts(effect: Effect, tag: str) -> bool:
    """Return whether a command tag tells of another control of transactions than was read."""
    return tag in _TAGS and effect.control not in _TAGS[tag]


def is_unexplained(effect: Effect, error: str | None, expected: bool) -> bool:
    """Return whether a deferred check fails of which it is not known what it looked at.

    Args:
        effect: COMMIT, perhaps, or SET CONSTRAINTS.
        error: the SQLSTATE with which it failed.
        expected: whether all that was put off was read.
    """
    checks = effect.control in (Control.COMMIT, Control.CONSTRAINTS)
    return checks and error not in (None, DEADLOCK, _NOT_SERIAL) and not expected
