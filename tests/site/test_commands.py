"""What a page tells its reader to type can be typed, and prints what the page shows."""

import os
import re
import subprocess
from functools import cache

import pytest

from shared_db.catalogue import strategies
from shared_db.paths import CHECKOUT
from tests.conftest import STACKS, Lab
from tests.site.commands import DOCS, Shown, missing, pages, shown

SLUGS = {each.slug for each in strategies()}
# Those that need nothing of what stands on the page before them.
LAB = re.compile(r"make (?:attack|explore)(?: [A-Z]+=\S+)+")
ALL = [each for page in pages() for each in shown(page.read_text("utf-8"), page.name)]
LESSONS = [
    each
    for page in sorted((DOCS / "lessons").glob("[0-9]*.md"))
    for each in shown(page.read_text("utf-8"), page.name)
]
PRINTING = [each for each in ALL if each.lines and LAB.fullmatch(each.command)]


@cache
def output_of(command: str) -> str:
    """Run a command as a reader would, in a wide window; return what it prints."""
    # A test's own make would hand its settings down.
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    ended = subprocess.run(
        command.split(),
        cwd=CHECKOUT,
        env=inherited | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout + ended.stderr


@pytest.mark.parametrize("each", LESSONS, ids=lambda each: f"{each.page} {each.command}")
def test_a_lesson_has_only_commands_of_the_lab(each: Shown) -> None:
    assert LAB.fullmatch(each.command)
    said = dict(word.split("=") for word in each.command.split()[2:])
    assert set(said.get("STRATEGY", "").split(",")) <= SLUGS
    assert set(said.get("STACK", STACKS[0]).split(",")) <= {*STACKS}


@pytest.mark.parametrize("page", sorted({each.page for each in LESSONS}))
def test_a_lesson_shows_what_a_command_prints(page: str) -> None:
    assert [each for each in LESSONS if each.page == page and each.lines]


@pytest.mark.acceptance
@pytest.mark.parametrize("each", PRINTING, ids=lambda each: f"{each.page} {each.command}")
def test_a_command_prints_what_its_page_shows(lab: Lab, each: Shown) -> None:
    assert lab.urls  # attacks find it up, and need not start it each time
    assert missing(each.lines, output_of(each.command)) == []


@pytest.mark.parametrize(
    ("lines", "lacking"),
    [
        (("no_lock flask unsafe 80/92",), []),
        (("no_lock … lost update",), []),
        (("no_lock … unsafe", "django unsafe 12/18"), []),
        (("django unsafe 12/18", "no_lock … unsafe"), ["no_lock … unsafe"]),
        (("no_lock flask safe",), ["no_lock flask safe"]),
        (("no_lock … safe",), ["no_lock … safe"]),
        (("django unsafe 12/1",), ["django unsafe 12/1"]),
    ],
)
def test_what_an_output_lacks_is_told(lines: tuple[str, ...], lacking: list[str]) -> None:
    output = " 1 no_lock   flask  unsafe 80/92  lost update\n             django unsafe 12/18\n"
    assert missing(lines, output) == lacking
