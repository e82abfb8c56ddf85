"""The package's folders are layers: each imports of itself and of those before it, no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import racewalk

ROOT = Path(racewalk.__file__).parent
LAYERS = re.findall(r"^    (\w+)/? +\S", str(racewalk.__doc__).partition("How to explore")[0], re.M)
FILES = [path for path in sorted(ROOT.rglob("*.py")) if path.parent != ROOT]


def layers_of(source: str) -> Iterator[str]:
    """Yield the layer of each import of the package in a source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            parts = str(node.module).split(".")
            if parts[0] == "racewalk" and len(parts) > 1:
                yield parts[1]


def test_the_docstring_lists_every_layer() -> None:
    files = {path.stem for path in ROOT.glob("*.py") if path.stem != "__init__"}
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert set(LAYERS) == files | folders


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_knows_only_the_layers_before_its_own(path: Path) -> None:
    own = LAYERS.index(path.parent.name)
    assert set(layers_of(path.read_text("utf-8"))) <= set(LAYERS[: own + 1])


@pytest.mark.parametrize("folder", [layer for layer in LAYERS if (ROOT / layer).is_dir()])
def test_a_folder_lists_its_modules(folder: str) -> None:
    text = (ROOT / folder / "__init__.py").read_text("utf-8")
    for path in (ROOT / folder).glob("*.py"):
        assert path.stem == "__init__" or re.search(rf"\b{path.stem}\b", text), path.stem
