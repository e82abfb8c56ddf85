"""Which lab an answer comes from: an id, drawn at each start of a lab, in a header of every answer.

Several labs can run on one machine. The harness knows its own by it; it is no secret.
"""

import os
import secrets

LAB_HEADER = "X-Lab-Id"


def lab_id() -> str:
    """Return the id of the lab that this process belongs to, or '' where none was given."""
    return os.environ.get("LAB_ID", "")


def new_lab_id() -> str:
    """Return an id that no other lab has."""
    return secrets.token_hex(8)
