"""What a keeper that was killed left behind: its servers, and the database below them."""

import psutil

from attack.stacks import state

_ENDS_WITHIN_S = 15


def end() -> bool:
    """End all of it; False where nothing was left. No keeper may be running."""
    from shared_db import embedded  # the images have a server beside them, and not what this needs

    left = state.read()
    found = [child.find() for child in left.children] if left else []
    alive = [process for process in found if process]
    for process in alive:
        process.terminate()
    for process in psutil.wait_procs(alive, _ENDS_WITHIN_S)[1]:
        process.kill()
    database = embedded.stop_left_behind()
    state.remove()
    return bool(alive) or database
