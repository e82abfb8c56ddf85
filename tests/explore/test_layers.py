"""The explorer's folders are layers: each imports of itself and of those before it, no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from attack import explore
from shared_db.paths import CHECKOUT

ROOT = CHECKOUT / "attack" / "explore"
LAYERS = re.findall(r"^    (\w+)/? +\S", str(explore.__doc__).partition("How to explore")[0], re.M)
FILES = [path for path in sorted(ROOT.rglob("*.py")) if path.parent != ROOT]


def layers_of(source: str) -> Iterator[str]:
    """Yield the layer of each import of the explorer in a source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            parts = str(node.module).split(".")
            if parts[:2] == ["attack", "explore"] and len(parts) > 2:
                yield parts[2]


def test_the_docstring_lists_every_layer() -> None:
    found = {path.stem for path in ROOT.iterdir() if path.stem not in ("__init__", "__pycache__")}
    assert set(LAYERS) == found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_knows_only_the_layers_before_its_own(path: Path) -> None:
    own = LAYERS.index(path.parent.name)
    assert set(layers_of(path.read_text("utf-8"))) <= set(LAYERS[: own + 1])


@pytest.mark.parametrize("folder", [layer for layer in LAYERS if (ROOT / layer).is_dir()])
def test_a_folder_lists_its_modules(folder: str) -> None:
    text = (ROOT / folder / "__init__.py").read_text("utf-8")
    for path in (ROOT / folder).glob("*.py"):
        assert path.stem == "__init__" or re.search(rf"\b{path.stem}\b", text), path.stem
