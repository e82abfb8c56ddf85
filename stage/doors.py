"""What may be asked for: a door of the application, and the function of the repair behind it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

NAME = "DOORS"
"""The variable that names the set of doors."""


@dataclass(frozen=True)
class Door:
    """One address.

    Attributes:
        function: of the repair; it gets the user first.
        numbers: fields of the form that follow, as whole numbers.
        words: fields that follow these, as they are.
        named: fields that are given by their names, as they are.
    """

    function: str
    numbers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def arguments(self, form: Mapping[str, str]) -> tuple[list[int | str], dict[str, str]]:
        """Return what a form gives the function, beside the user."""
        numbers = [int(form[name]) for name in self.numbers]
        return [*numbers, *(form[name] for name in self.words)], {n: form[n] for n in self.named}


SETS: dict[str, dict[str, Door]] = {
    "withdrawal": {"withdraw": Door("withdraw", ("amount",), named=("key",))},
    "transfer": {"transfer": Door("transfer", ("receiver", "amount"))},
    "prizes": {
        "redeem": Door("redeem", words=("code",)),
        "draw": Door("draw"),
        "spend": Door("spend", ("points",)),
    },
    "admins": {"resign": Door("resign")},
}


def doors() -> dict[str, Door]:
    """Return those of this process."""
    return SETS[os.environ[NAME]]
