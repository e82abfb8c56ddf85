"""Notes to whoever started the jail: a word and a sentence each, on a pipe."""

import os

_WORDS = "NOTES_FD"


def note(word: str, text: str = "") -> None:
    """Send one note; where nobody listens any more it is lost.

    Args:
        word: one of the grader's reasons, or how the start goes.
        text: for a person, in one line.
    """
    line = f"{word}\t{' '.join(str(text).split())}"[:400] + "\n"
    try:
        os.write(int(os.environ.get(_WORDS, "-1")), line.encode("utf-8", "replace"))
    except (OSError, ValueError):
        return
