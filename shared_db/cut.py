"""Code as it is shown: functions without what gives the answer away."""

import ast


def functions(source: str) -> str:
    """Return what stands below the imports of a module, without any docstring.

    Raises:
        SyntaxError: the source is no Python.
    """
    lines, module = source.splitlines(), ast.parse(source)
    left_out = {number for node in ast.walk(module) for number in _docstring(node)}
    kept = [node for node in module.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    parts = []
    for node in kept[1:] if ast.get_docstring(module) else kept:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(each.lineno for each in decorators)])
        numbers = range(first, (node.end_lineno or first) + 1)
        parts.append("\n".join(lines[n - 1] for n in numbers if n not in left_out))
    return "\n\n\n".join(parts)


def _docstring(node: ast.AST) -> range:
    documented = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    if not isinstance(node, documented) or ast.get_docstring(node) is None:
        return range(0)
    text = node.body[0]
    return range(text.lineno, (text.end_lineno or text.lineno) + 1)
