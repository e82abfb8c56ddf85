"""JSON lines: each is on the disk as soon as it is written, and one cut off costs no other."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from shared_db.errors import LabError

T = TypeVar("T")


def append(path: Path, record: dict[str, Any]) -> None:
    """Write a record to the end of a file.

    Raises:
        LabError: it cannot be written; what was written before stays readable.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # In one write: two lines of two processes never mix, and Ctrl-C comes before it or after.
        with path.open("ab", buffering=0) as file:
            line = json.dumps(record).encode() + b"\n"
            while line:
                line = line[file.write(line) :]
    except OSError as error:
        raise LabError(f"{path} cannot be written: {error.strerror}") from None


def read(path: Path, kind: type[T]) -> Iterator[T]:
    """Yield the records of a file; a last line without its end was cut off, and is left out.

    Raises:
        LabError: the file cannot be read, or a line is no record of this kind.
    """
    try:
        whole, _, _ = path.read_bytes().rpartition(b"\n")
    except OSError as error:
        raise LabError(f"{path} cannot be read: {error.strerror}") from None
    decoder = msgspec.json.Decoder(kind)
    for number, line in enumerate(whole.split(b"\n") if whole else [], 1):
        try:
            yield decoder.decode(line)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            told = " ".join(str(error).split())
            raise LabError(f"{path}, line {number}, is no record of a run: {told}") from None


def cut_off(path: Path) -> bool:
    """Tell whether a file ends in the middle of a line."""
    return path.exists() and not path.read_bytes().endswith(b"\n") and path.stat().st_size > 0
