"""Keys of a terminal, one by one."""

from __future__ import annotations

import sys
from collections import deque

import click


class Keys:
    """Keys of a terminal as they are pressed; else the letters of each line."""

    def __init__(self) -> None:
        self._pressed = sys.stdin.isatty()
        self._letters: deque[str] = deque()

    def next(self) -> str:
        """Return the next key in lower case; 'q' at the end of the input."""
        if self._pressed:
            return click.getchar().lower()
        while not self._letters:
            line = sys.stdin.readline()
            if not line:
                return "q"
            self._letters.extend(line.strip().lower())
        return self._letters.popleft()
