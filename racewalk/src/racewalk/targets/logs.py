"""What an application prints, and the line of it that tells of an error."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from racewalk.errors import DoubtError
from racewalk.targets.leash import LARGEST_FILE

_ERROR: Final = re.compile(
    r"^[\w.]*(?:Error|Exception|NotFound|Denied|Configured|Exist)\b.*|^Failed to |\berror:", re.I
)
_LONGEST: Final = 300
_LOOKED_AT: Final = 1024 * 1024
"""Bytes at the end of a log in which an error is looked for."""


def last_line(log: Path, start: int = 0) -> str:
    """Return the last line of a log that tells of an error, or else the last one; or ''.

    Args:
        log: its file.
        start: bytes to leave out.
    """
    lines = _lines(log, start)
    told = _errors(lines) or [line.strip() for line in lines if line.strip()]
    return told[-1][:_LONGEST] if told else ""


def last_error(log: Path) -> str:
    """Return the last line of a log that tells of an error, or ''."""
    told = _errors(_lines(log))
    return told[-1][:_LONGEST] if told else ""


def refuse_full(log: Path) -> None:
    """Look whether a log may still grow.

    Raises:
        DoubtError: its application may write no more to it.
    """
    with suppress(OSError):
        if log.stat().st_size >= LARGEST_FILE:
            size = LARGEST_FILE // (1024 * 1024)
            raise DoubtError(
                f"the application has printed {size} MiB: {log}",
                cure="have it print less, for example by a higher log level",
            )


def _lines(log: Path, start: int = 0) -> list[str]:
    with suppress(OSError), log.open("rb") as file:
        file.seek(max(start, log.stat().st_size - _LOOKED_AT))
        return file.read(_LOOKED_AT).decode("utf-8", "replace").splitlines()
    return []


def _errors(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines if _ERROR.search(line) and line[:1].strip()]
