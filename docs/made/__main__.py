"""python -m docs.made record | check | pages | speed | whatif [STRATEGY …]."""

import sys

from docs.made import pages, recordings, speed, whatif
from shared_db.errors import LabError

_AGAIN = "`make recordings` records it again; a hash that changed means that the lesson did, too"


def main(asked: list[str]) -> int:
    """Do what is asked; return an exit code: 1 where a recording is stale, 2 where none was asked.

    Raises:
        LabError: the explorer does not start, or a cell cannot be recorded.
    """
    match asked:
        case ["record"]:
            recordings.record()
            pages.write()
        case ["record", "unlocked"]:
            recordings.record_unlocked()
        case ["pages"]:
            pages.write()
        case ["speed"]:
            speed.write()
        case ["whatif", *slugs]:
            whatif.write(slugs)
        case ["check"]:
            stale = list(recordings.stale())
            for name in stale:
                print(f"overdraft: {name} is not what is explored today: {_AGAIN}", file=sys.stderr)  # noqa: T201
            return 1 if stale else 0
        case _:
            words = "record, check, pages, speed, whatif"
            print(f"overdraft: say one of {words}, not {asked}", file=sys.stderr)  # noqa: T201
            return 2
    return 0


try:
    sys.exit(main(sys.argv[1:]))
except LabError as error:
    sys.exit(f"overdraft: {error}")
