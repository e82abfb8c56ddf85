"""Values that a set-up makes at random: two runs may differ in them and do the same.

A salted hash, a token or a UUID of the start is another in each database that a set-up makes. Two
runs do the same if each such value of one stands for exactly one of the other, everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_WORD: Final = re.compile(r"[\w+/=.$-]+")
_LEAST: Final = 12
"""Characters of the shortest value that is taken for a random one."""
_MIXED: Final = 20
"""Characters from which on a word without a digit is, if it mixes upper and lower case."""
_NUMBER: Final = re.compile(r"[-+]?[\d.]+(?:e[-+]?\d+)?", re.ASCII)


class Renaming:
    """Which value of one run stands for which of another. It is empty at first."""

    def __init__(self) -> None:
        self._there: dict[str, str] = {}
        self._here: dict[str, str] = {}

    @property
    def pairs(self) -> dict[str, str]:
        """The values that differ: that of the second run by that of the first."""
        return {old: new for old, new in self._there.items() if old != new}

    def matches(self, old: Any, new: Any) -> bool:
        """Return whether two things, as JSON holds them, are the same by this renaming.

        Random values that are met for the first time are added to it.
        """
        if isinstance(old, str) and isinstance(new, str):
            return self._match(old, new)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            same = old.keys() == new.keys()
            return same and all(self.matches(value, new[key]) for key, value in old.items())
        if isinstance(old, list) and isinstance(new, list):
            return len(old) == len(new) and all(map(self.matches, old, new))
        return type(old) is type(new) and bool(old == new)

    def apply(self, old: Any) -> Any:
        """Return a thing of the first run with its values renamed."""
        if isinstance(old, str):
            return _WORD.sub(lambda word: self._there.get(word[0], word[0]), old)
        if isinstance(old, Mapping):
            return {key: self.apply(value) for key, value in old.items()}
        return list(map(self.apply, old)) if isinstance(old, list) else old

    def _match(self, old: str, new: str) -> bool:
        words, others = _WORD.findall(old), _WORD.findall(new)
        return _WORD.split(old) == _WORD.split(new) and all(map(self._is_one, words, others))

    def _is_one(self, old: str, new: str) -> bool:
        if not (_is_random(old) and _is_random(new)):
            return old == new
        if self._there.get(old, new) != new or self._here.get(new, old) != old:
            return False
        self._there[old], self._here[new] = new, old
        return True


def _is_random(word: str) -> bool:
    if len(word) < _LEAST or _NUMBER.fullmatch(word):
        return False
    if any(map(str.isdigit, word)):
        return any(map(str.isalpha, word))
    return len(word) >= _MIXED and word.lower() != word != word.upper()
