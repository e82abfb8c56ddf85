"""A command to paste, with the settings that somebody asked for and others do not have anyway."""

from collections.abc import Mapping
from typing import Final

_TARGETS: Final = {"fire": "attack"}  # of the Makefile, where they have another name
_OF_MAKE: Final = {
    "fire": ("trials", "technique", "strategy", "stack", "requests", "start", "amount"),
    "explore": ("strategy", "stack", "requests", "start", "users"),
}
"""What `make` takes for a command: as FIRE and EXPLORE of the Makefile say."""


def command(name: str, settings: Mapping[str, object]) -> str:
    """Return a command in backquotes: through `make` where that can say it all.

    Args:
        name: of the command, such as 'fire'.
        settings: values by the names of its options, with '_' for '-'; None or False for one that
            is not given, and True for one that takes no value.
    """
    given = {option: value for option, value in settings.items() if value not in (None, False)}
    if set(given) <= set(_OF_MAKE[name]):
        words = ["make", _TARGETS.get(name, name)]
        words += [f"{option.upper()}={value}" for option, value in given.items()]
    else:
        words = [".venv/bin/attack", name]
        for option, value in given.items():
            words.append(f"--{option.replace('_', '-')}")
            if value is not True:
                words.append(str(value))
    return f"`{' '.join(words)}`"


def unlike(defaults: Mapping[str, object], asked: Mapping[str, object]) -> dict[str, object]:
    """Return what was asked for and is not the default."""
    return {name: value for name, value in asked.items() if value != defaults[name]}
