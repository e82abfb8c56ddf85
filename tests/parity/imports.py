"""Who imports whom, read from the syntax trees, and what ARCHITECTURE.md allows."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

PACKAGES = (
    "shared_db",
    "flask_app",
    "django_app",
    "racewalk",
    "attack",
    "classroom",
    "stage",
    "tests",
)
WEB_FRAMEWORKS = re.compile(r"(flask|django|werkzeug|wtforms|starlette|fastapi)(_\w+)?")
_ROW = re.compile(r"^\| `(\w+)` \| (.+) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Rule:
    """What a package may import beside itself and libraries."""

    packages: frozenset[str]
    web_framework: bool

    def forbids(self, name: str, package: str) -> bool:
        """Tell whether a module of `package` must not import the top-level name."""
        if name in PACKAGES:
            return name != package and name not in self.packages
        return not self.web_framework and WEB_FRAMEWORKS.fullmatch(name) is not None


def rules(architecture: str) -> dict[str, Rule]:
    """Return the rule of each package from the table 'Imports go one way'."""
    _, _, table = architecture.partition("## Imports go one way")
    table, _, _ = table.partition("\n## ")
    return {
        package: Rule(
            packages=frozenset(re.findall(r"`(\w+)`", text)),
            web_framework="no web framework" not in text,
        )
        for package, text in _ROW.findall(table)
    }


def imported(source: str) -> Iterator[str]:
    """Yield the top-level name of every import in a source, wherever in the file it stands."""
    yield from (module.partition(".")[0] for module, _ in _imports(source))


def taken_of(package: str, source: str) -> Iterator[tuple[str, str]]:
    """Yield module and name of all that a source imports of a package; '' for a whole module."""
    for module, name in _imports(source):
        if module.partition(".")[0] == package:
            yield module, name


def _imports(source: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from ((str(node.module), alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and _is_import_function(node.func):
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield name.value, ""


def _is_import_function(function: ast.expr) -> bool:
    return ast.unparse(function) in {"import_module", "importlib.import_module", "__import__"}
