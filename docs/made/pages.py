"""What the applications' pages show of lessons and recordings, made from these."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attack import targets
from docs.extension.lesson import file_of, order, parse
from docs.made.named import RECORDINGS, by_an_application
from docs.made.questions import question
from racewalk.stepper.fallback import fallback
from racewalk.stepper.recording import read
from shared_db.lesson import FOLDER
from shared_db.paths import STATIC

STORIES = STATIC / "stories"


def pages() -> Iterator[tuple[Path, str]]:
    """Yield every file and what is to stand in it."""
    for number, slug in enumerate(order(), 1):
        lesson = parse(file_of(slug).read_text("utf-8"))
        stories = {}
        for stack in targets.load().stacks:
            if name := by_an_application(stack, slug):
                told, picture = _story(stack, slug, name)
                stories[stack] = told
                yield STATIC / told["picture"], picture
        page = {"number": number, "title": lesson.title, **question(lesson), "stories": stories}
        text = json.dumps(page, indent=1, ensure_ascii=False)
        yield FOLDER / f"{slug}.json", f"{text}\n"


def write() -> None:
    """Write all of them, and drop every other."""
    made = dict(pages())
    for path, text in made.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    for path in kept() - made.keys():
        path.unlink()


def kept() -> set[Path]:
    """Return the files that are there."""
    return {*FOLDER.glob("*.json"), *STORIES.glob("*.svg")}


def _story(stack: str, slug: str, name: str) -> tuple[dict[str, Any], str]:
    recording = read(RECORDINGS / f"{name}.json")
    told = fallback(recording, name)
    return {
        "cell": recording["cell"]["title"],
        "known": told.known,
        "which": told.which,
        "sentences": told.sentences,
        "picture": f"{STORIES.name}/{stack}-{slug}.svg",
        "recorded": recording["recorded"],
        "postgresql": recording["versions"]["postgresql"],
        "hash": recording["hash"],
    }, told.picture
