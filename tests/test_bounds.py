"""Each dependency has a lower bound, and what is pinned keeps it."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)


def _required(project: str) -> Iterator[Requirement]:
    content = tomllib.loads((ROOT / project).read_text("utf-8"))
    sets = [
        content["project"]["dependencies"],
        *content["project"]["optional-dependencies"].values(),
        *content.get("dependency-groups", {}).values(),
    ]
    yield from (Requirement(line) for each in sets for line in each)


@pytest.mark.parametrize("project", ["pyproject.toml", "racewalk/pyproject.toml"])
def test_a_dependency_has_a_lower_bound_that_its_pins_keep(project: str) -> None:
    pins = [
        (name.lower(), version)
        for path in (ROOT / "requirements").glob("*.txt")
        for name, version in PIN.findall(path.read_text("utf-8"))
    ]
    required = [each for each in _required(project) if each.name != "racewalk"]
    assert required
    for each in required:
        assert any(bound.operator == ">=" for bound in each.specifier), f"{each} has no lower bound"
        pinned = [version for name, version in pins if name == each.name.lower()]
        assert pinned, f"{each} is not pinned"
        assert all(version in each.specifier for version in pinned), f"{each}: pinned to {pinned}"
