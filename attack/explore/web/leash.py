"""gunicorn on a leash: when the process that started it ends, in whatever way, so does gunicorn.

That process holds the other end of our standard input, which closes with it, kill -9 included.
"""

import os
import signal
import sys
import threading

from gunicorn.app.wsgiapp import run


def _end_with_the_holder() -> None:
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)  # the workers too: gunicorn leads a session of its own


if __name__ == "__main__":
    threading.Thread(target=_end_with_the_holder, daemon=True).start()
    run()
