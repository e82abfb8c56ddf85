"""Somebody is the scheduler, in a terminal.

keys   what is pressed, or read from lines
seen   what is to be seen at one moment, and what came between two, in words
walk   asks for each choice, shows what comes of it, and takes steps back
"""

from racewalk.terminal.keys import Keys
from racewalk.terminal.seen import happened, stands, visible
from racewalk.terminal.walk import Walk

__all__ = ["Keys", "Walk", "happened", "stands", "visible"]
