"""What two files of one strategy have to share, read from their syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Function:
    """A function as its callers see it."""

    parameters: str
    returns: str
    decorators: tuple[str, ...]
    summary: str


@dataclass(frozen=True)
class Outline:
    """The first line of a file's docstring, and its functions by name."""

    summary: str
    functions: dict[str, Function]


def outline(source: str) -> Outline:
    """Return the outline of a Python source; functions inside others count too."""
    tree = ast.parse(source)
    found = (node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS))
    return Outline(_summary(tree), {node.name: _function(node) for node in found})


def differences(left: str, right: str) -> Iterator[str]:
    """Yield in what the outlines of two sources differ, each as '<function>: <what>'."""
    one, other = outline(left), outline(right)
    if one.summary != other.summary:
        yield "file: summary"
    for name in sorted(one.functions.keys() | other.functions.keys()):
        if name not in one.functions or name not in other.functions:
            yield f"{name}: in one only"
            continue
        for what in Function.__dataclass_fields__:
            if getattr(one.functions[name], what) != getattr(other.functions[name], what):
                yield f"{name}: {what}"


def modules(folder: Path) -> set[str]:
    """Return the names of a folder's Python files."""
    return {path.name for path in folder.glob("*.py")}


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    return Function(
        parameters=ast.unparse(node.args),
        returns=ast.unparse(node.returns) if node.returns else "",
        decorators=tuple(ast.unparse(each) for each in node.decorator_list),
        summary=_summary(node),
    )


def _summary(node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    return (ast.get_docstring(node) or "").partition("\n")[0]
