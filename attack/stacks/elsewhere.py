"""Stacks that somebody else started and the environment names, as in the harness's container."""

import os

from attack import targets
from attack.stacks.where import Instance, Stacks
from shared_db.errors import LabError
from shared_db.lab_id import lab_id
from shared_db.runtime import required, runtime


def stacks() -> Stacks | None:
    """Return the stacks of OVERDRAFT_FLASK_URL and its likes, or None where none is set.

    OVERDRAFT_FLASK_OTHER_URL and its likes name instances with OTHER_WORKERS workers, and
    OVERDRAFT_DJANGO_ATOMIC_URL one with 1 worker and ATOMIC_REQUESTS. LAB_ID is what each of their
    answers has to carry.

    Raises:
        LabError: one is set but another, or DATABASE_URL, is not; or one is no URL of a stack.
    """
    names = targets.load().stacks
    main = {stack: f"OVERDRAFT_{stack.upper()}_URL" for stack in names}
    if not any(os.environ.get(variable) for variable in main.values()):
        return None
    others = {stack: f"OVERDRAFT_{stack.upper()}_OTHER_URL" for stack in names}
    return Stacks(
        urls=tuple((stack, _url(variable)) for stack, variable in main.items()),
        lab_id=lab_id(),
        database_url=required("DATABASE_URL"),
        workers=runtime().workers,
        scale=runtime().instances,
        others=tuple(
            Instance(stack, int(required("OTHER_WORKERS")), _url(variable))
            for stack, variable in others.items()
            if os.environ.get(variable)
        )
        + tuple(
            Instance("django", 1, _url(variable), atomic_requests=True)
            for variable in ("OVERDRAFT_DJANGO_ATOMIC_URL",)
            if os.environ.get(variable)
        ),
    )


def _url(variable: str) -> str:
    url = required(variable).rstrip("/")
    if not url.startswith("http://"):
        raise LabError(f"{variable}={url}: an address such as http://127.0.0.1:8001 is needed")
    return url
