"""Imports go one way: what ARCHITECTURE.md says, held against every file."""

from pathlib import Path

import pytest

from shared_db.paths import CHECKOUT
from tests.parity.imports import Rule, imported, rules, taken_of

RULES = rules((CHECKOUT / "ARCHITECTURE.md").read_text("utf-8"))
# The project beside the lab's packages has its package in a folder of its own.
ROOTS = {package: CHECKOUT / package for package in RULES}
ROOTS["racewalk"] = CHECKOUT / "racewalk" / "src" / "racewalk"
FILES = sorted(path for root in ROOTS.values() for path in root.rglob("*.py"))


def test_the_page_has_a_rule_for_every_package_that_is_shipped() -> None:
    shipped = {path.parent.name for path in CHECKOUT.glob("*/__init__.py")} - {"tests"}
    assert set(RULES) == shipped | {"racewalk"}
    assert all((root / "__init__.py").is_file() for root in ROOTS.values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_a_file_imports_what_it_may(path: Path) -> None:
    package = path.relative_to(CHECKOUT).parts[0]
    names = set(imported(path.read_text("utf-8")))
    if path.parent.name == "integrations":
        names.discard(path.stem)  # what it is for, and imported late
    assert {name for name in names if RULES[package].forbids(name, package)} == set()


def test_the_rules_know_of_the_explorer_its_server_alone() -> None:
    known = {
        path.name: names
        for path in (CHECKOUT / "shared_db").rglob("*.py")
        if (names := set(taken_of("racewalk", path.read_text("utf-8"))))
    }
    assert known == {"embedded.py": {("racewalk", "RacewalkError"), ("racewalk", "server")}}


@pytest.mark.parametrize(
    "source",
    [
        "import flask_app",
        "import flask_app.models as models",
        "from flask_app.models import User",
        "def late():\n    from flask_app import models",
        "from importlib import import_module\nimport_module('flask_app.models')",
        "__import__('flask_app')",
        "import flask",
        "from flask_login import current_user",
        "from django.db import models",
        "from tests import conftest",
    ],
)
def test_planted_imports_are_found(source: str) -> None:
    rule = Rule(packages=frozenset({"shared_db"}), web_framework=False)
    assert any(rule.forbids(name, "attack") for name in imported(source))


@pytest.mark.parametrize(
    "source",
    ["import json", "from shared_db import rules", "from attack import fire", "from . import x"],
)
def test_other_imports_pass(source: str) -> None:
    rule = Rule(packages=frozenset({"shared_db"}), web_framework=False)
    assert not any(rule.forbids(name, "attack") for name in imported(source))
