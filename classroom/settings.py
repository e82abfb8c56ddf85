"""How many students, and at which ports: from what was typed, and from the environment."""

import os

from shared_db.accounts import MOST_STUDENTS, STUDENTS
from shared_db.runtime import whole_number

_PORTS = {"SSH_PORT": 8022, "BOARD_PORT": 8003}


def port(name: str) -> int:
    """Return the loopback port that a variable names: SSH_PORT of the door, or BOARD_PORT.

    Raises:
        LabError: it holds no port.
    """
    return whole_number(name, os.environ.get(name, str(_PORTS[name])), largest=65535)


def names(text: str) -> tuple[str, ...]:
    """Return the accounts of a class of so many: s01, s02 …

    Raises:
        LabError: the text is no whole number from 1 to 60.
    """
    return STUDENTS[: whole_number("STUDENTS", text, largest=MOST_STUDENTS)]


def student(text: str) -> str:
    """Return the account of a student by their number: '7' and 's07' are s07.

    Raises:
        LabError: the text is no whole number from 1 to 60.
    """
    number = whole_number("STUDENT", text.removeprefix("s").lstrip("0"), largest=MOST_STUDENTS)
    return STUDENTS[number - 1]
