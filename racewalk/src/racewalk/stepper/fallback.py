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
        known: what the certificate says of all orders.
        which: which one this is.
        picture: it as an SVG.
        sentences: it line by line, from the first statement to the ending.
    """

    known: str
    which: str
    picture: str
    sentences: tuple[str, ...]

    @property
    def summary(self) -> str:
        """What is known of all orders, and which one this is."""
        return f"{self.known} {self.which}"


def fallback(recording: Recording, identity: str) -> Fallback:
    """Return what is shown of a recording where no script runs.

    Args:
        recording: what was recorded.
        identity: what the ids of the picture begin with.
    """
    moves = order.telling(recording)
    story = order.story(recording, moves)
    known = _known(recording)
    which = f"{_which(recording, story)} {order.written(moves)}."
    title = str(recording["cell"].get("title", identity))
    picture = svg.render(story, title, f"{known} {which}", identity)
    return Fallback(known, which, picture, _sentences(story))


def _known(recording: Recording) -> str:
    certificate = recording["certificate"]
    schedules, unsafe = certificate["schedules"], certificate["unsafe"]
    if schedules == 1:
        return f"There is one order, and it is {'unsafe' if unsafe else 'not unsafe'}."
    if unsafe:
        return f"{unsafe:,} of the {schedules:,} orders {'is' if unsafe == 1 else 'are'} unsafe."
    none = f"None of the {schedules:,} orders is unsafe."
    bad = order.bad_ends(recording)
    if not bad:
        return none
    count, kinds = sum(each["count"] for each in bad), sorted({each["bad"] for each in bad})
    return f"{none} In {count:,} the end is not as it should be: {', '.join(kinds)}."


def _which(recording: Recording, story: Story) -> str:
    number = preemptions(story.preemptions)
    if recording["certificate"]["schedules"] == 1:
        return "This is it:"
    if recording["certificate"]["unsafe"] or order.bad_ends(recording):
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
