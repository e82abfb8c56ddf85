"""A schedule as people want to see it.

brief, story   a statement, and a schedule, told for people (pure)
columns        which columns matter: one request wrote them, and another read them (pure)
picture, svg   the story in the terminal, and as an SVG (pure)
file           a schedule kept, and compared with a run of it
renaming       random values that differ between the two (pure)
"""

from racewalk.story.brief import brief as in_brief
from racewalk.story.file import Saved, describe, forget, load, save
from racewalk.story.picture import draw
from racewalk.story.story import Line, Story, tell
from racewalk.story.svg import render
from racewalk.words import name

__all__ = [
    "Line",
    "Saved",
    "Story",
    "describe",
    "draw",
    "forget",
    "in_brief",
    "load",
    "name",
    "render",
    "save",
    "tell",
]
