"""Whether what students hand in can be confined here: as a user of its own, in a room."""

import os

from attack.grade import confinement
from shared_db.errors import LabError


def require_confinement() -> None:
    """Refuse a machine on which code of students could reach what is not theirs.

    Raises:
        LabError: it is such a machine.
    """
    # Without root a room is to be had, but the user in it is whoever started the class.
    why = confinement.why_none() if os.geteuid() == 0 else "only root can give it a user of its own"
    if why:
        raise LabError(
            f"no class can be held here, for code of students cannot be confined ({why}): "
            "be root on Linux, or let everybody have the lab on their own machine"
        )
