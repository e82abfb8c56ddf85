"""What is promised: one list, which the documentation tells, and which needs nothing of the lab."""

import ast
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import racewalk
from racewalk import Database, Explorer
from racewalk.server.embedded import EmbeddedServer

PROJECT = Path(racewalk.__file__).parents[2]
BLOCKED = ("attack", "shared_db", "flask_app", "django_app", "flask", "django", "gunicorn")
LATE = ("racewalk.integrations.django", "racewalk.integrations.sqlalchemy")
"""Imported where somebody has these."""
_BLOCK = """
import sys
for name in {names!r}:
    sys.modules[name] = None
import importlib, pkgutil, racewalk
for module in pkgutil.walk_packages(racewalk.__path__, "racewalk."):
    if module.name not in {late!r}:
        importlib.import_module(module.name)
"""


def test_every_public_name_says_that_it_is_of_the_package() -> None:
    for name in racewalk.__all__:
        assert getattr(racewalk, name).__module__ == "racewalk", name
        assert getattr(racewalk, name).__doc__, name


def test_the_list_is_sorted_and_told_in_the_readme() -> None:
    assert sorted(racewalk.__all__) == list(racewalk.__all__)
    readme = (PROJECT / "README.md").read_text("utf-8")
    _, _, told = readme.partition("## Public names")
    assert set(re.findall(r"`(\w+)`", told.partition("\nAnd in modules")[0])) == set(
        racewalk.__all__
    )


HEAVY = {"h11", "httpx", "jinja2", "psutil", "psycopg", "rich", "sqlglot"}


def test_a_run_of_pytest_imports_nothing_for_the_plugin_that_takes_long() -> None:
    script = "import sys, racewalk.pytest_plugin; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(done.stdout.split())


def test_a_name_that_is_not_there_is_refused_as_in_any_module() -> None:
    with pytest.raises(AttributeError, match="module 'racewalk' has no attribute 'Walk'"):
        _ = racewalk.Walk  # type: ignore[attr-defined]
    assert set(racewalk.__all__) <= set(dir(racewalk))


def test_it_needs_nothing_of_the_lab_and_no_web_framework() -> None:
    script = _BLOCK.format(names=BLOCKED, late=LATE)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_its_tests_borrow_nothing_of_the_lab() -> None:
    for path in Path(__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [str(node.module)]
            else:
                continue
            borrowed = {name.partition(".")[0] for name in names} & {*BLOCKED, "tests"}
            assert not borrowed, path


@pytest.mark.acceptance
def test_an_empty_environment_gets_no_web_framework(tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = str(tmp_path / "env" / "bin" / "python")
    # A copy, for what is built lies beside the sources.
    project = tmp_path / "racewalk"
    shutil.copytree(PROJECT / "src", project / "src", ignore=shutil.ignore_patterns("*.egg-info"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(PROJECT / name, project)
    install = [python, "-m", "pip", "install", "--disable-pip-version-check", "-q", str(project)]
    subprocess.run(install, check=True, capture_output=True)
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=freeze"], check=True, capture_output=True, text=True
    )
    names = {line.partition("==")[0].lower() for line in listed.stdout.splitlines()}
    assert "racewalk" in names
    assert not names & {"flask", "django", "werkzeug", "gunicorn", "starlette"}
    script = "import racewalk, racewalk.story as story; print(racewalk.__file__, story.render)"
    found = subprocess.run([python, "-c", script], check=True, capture_output=True, text=True)
    assert found.stdout.startswith(str(tmp_path / "env"))
    installed = Path(found.stdout.split()[0]).parent
    assert (installed / "py.typed").exists()
    assert list(installed.glob("story/*.jinja"))


def test_an_explorer_makes_the_folder_of_its_logs(server: EmbeddedServer, tmp_path: Path) -> None:
    logs = tmp_path / "of" / "today"
    with Explorer(Database(server.create("promised"), server.url("promised")), logs):
        assert logs.is_dir()
