"""What is shown where no script runs: one order as a picture, and as a list in the same words."""

from __future__ import annotations

from dataclasses import dataclass

from racewalk.stepper import order
from racewalk.stepper.recording import Recording
from racewalk.story import svg
from racewalk.story.story import Line, Story
from racewalk.words import name, preemptions


@dataclass(frozen=True, slots=True)
class Fallback:
    """An order, told without a script.

    Attributes:
        summary: what is known of all orders, and which one this is.
        picture: it as an SVG.
        sentences: it line by line, from the first statement to the ending.
    """

    summary: str
    picture: str
    sentences: tuple[str, ...]


def fallback(recording: Recording, identity: str) -> Fallback:
    """Return what is shown of a recording where no script runs.

    Args:
        recording: what was recorded.
        identity: what the ids of the picture begin with.
    """
    moves = order.telling(recording)
    story = order.story(recording, moves)
    summary = f"{_known(recording)} {_which(recording, story)} {order.written(moves)}."
    title = str(recording["cell"].get("title", identity))
    return Fallback(summary, svg.render(story, title, summary, identity), _sentences(story))


def _known(recording: Recording) -> str:
    certificate = recording["certificate"]
    schedules, unsafe = certificate["schedules"], certificate["unsafe"]
    if not unsafe:
        return f"None of the {schedules:,} orders is unsafe."
    return f"{unsafe:,} of the {schedules:,} orders are unsafe."


def _which(recording: Recording, story: Story) -> str:
    number = preemptions(story.preemptions)
    if recording["certificate"]["unsafe"]:
        return f"This is the simplest of them, with {number}:"
    waits = any(line.kind in ("waits", "inside") for line in story.lines)
    return f"This is one with {number}{', in which a request waits' if waits else ''}:"


def _sentences(story: Story) -> tuple[str, ...]:
    lines = [_sentence(line) for line in story.lines]
    answers = [f"{name(request)} answers: {said}" for request, said in enumerate(story.answers)]
    return (*lines, *answers, story.ending)


def _sentence(line: Line) -> str:
    start = {"waits": "waits at ", "goes on": "goes on: "}.get(line.kind, "")
    return "; ".join(
        [f"{name(line.request)}: {start}{line.text}", *(words for words, _ in line.facts)]
    )
