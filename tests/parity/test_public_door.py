"""The lab uses the explorer as a stranger would: by the names that are promised, and no others."""

import re
from importlib import import_module
from pathlib import Path

import pytest

import racewalk
from shared_db.paths import CHECKOUT
from tests.parity.imports import taken_of

README = (CHECKOUT / "racewalk" / "README.md").read_text("utf-8")
MODULES = set(re.findall(r"^- `(racewalk\.\w+)`", README, re.MULTILINE))
# What reads and writes recordings is promised by their format, in racewalk/docs/recording.md; of
# what kinds a schedule's choices are, by its string.
OPEN = ("racewalk.record.", "racewalk.schedule.schedule")
FILES = sorted(path for root in ("attack", "shared_db") for path in (CHECKOUT / root).rglob("*.py"))


def is_promised(module: str, name: str) -> bool:
    """Tell whether a name is one that strangers may use; '' is the whole module."""
    if module == "racewalk":
        return name in racewalk.__all__ or f"racewalk.{name}" in MODULES
    if module.startswith(OPEN):
        return name in vars(import_module(module))
    return module in MODULES and name in import_module(module).__all__


def test_the_page_names_public_modules_that_say_what_is_theirs() -> None:
    assert MODULES
    for module in MODULES:
        names = import_module(module).__all__
        assert list(names) == sorted(names), module
        text = next(line for line in README.split("\n- ") if line.startswith(f"`{module}`"))
        assert set(re.findall(r"`(\w+)`", text.partition("\n\n")[0])) == set(names), module


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_a_file_takes_what_is_promised(path: Path) -> None:
    taken = set(taken_of("racewalk", path.read_text("utf-8")))
    assert {(module, name) for module, name in taken if not is_promised(module, name)} == set()


@pytest.mark.parametrize(
    "source",
    [
        "from racewalk.story.story import tell",
        "from racewalk.wire.statements import Statement",
        "from racewalk import Scheduler",
        "import racewalk.wire",
        "from racewalk.story import brief",
    ],
)
def test_a_private_door_is_found(source: str) -> None:
    assert not all(is_promised(*each) for each in taken_of("racewalk", source))
