"""Functions that ran, as they stand in their files: without docstrings, with the files' numbers."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from racewalk.record.state import Place

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Source:
    """A function: its file, its name, and its lines with their numbers."""

    file: str
    name: str
    lines: tuple[tuple[int, str], ...]


def source_of(root: Path, place: Place) -> Source:
    """Return the outermost function that a line is in; of a module's own code that line alone.

    Args:
        root: folder that files are named from.
        place: the line.
    """
    text = (root / place.file).read_text("utf-8")
    lines = text.splitlines()
    for function in _functions(text):
        first = min([function.lineno, *(each.lineno for each in function.decorator_list)])
        last = function.end_lineno or function.lineno
        if first <= place.line <= last:
            left_out = _docstring(function)
            kept = [number for number in range(first, last + 1) if number not in left_out]
            shown = tuple((number, lines[number - 1]) for number in kept)
            return Source(place.file, function.name, shown)
    return Source(place.file, place.function, ((place.line, lines[place.line - 1]),))


@cache
def _functions(text: str) -> tuple[_Function, ...]:
    """The functions and methods of a file that are in no other function."""
    found: list[_Function] = []
    open_: list[ast.AST] = [ast.parse(text)]
    while open_:
        for child in ast.iter_child_nodes(open_.pop()):
            if isinstance(child, _Function):
                found.append(child)
            else:
                open_.append(child)
    return tuple(found)


def _docstring(function: _Function) -> range:
    """The numbers of its docstring's lines."""
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is None or len(function.body) == 1:
        return range(0)
    return range(first.lineno, (first.end_lineno or first.lineno) + 1)
