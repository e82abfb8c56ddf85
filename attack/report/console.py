"""The console that tables are printed on."""

from rich.console import Console

_PIPED_WIDTH = 120  # nothing wraps a file or a pipe


def console() -> Console:
    """Return a console as wide as the terminal, or wide enough for every table where none is."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=_PIPED_WIDTH)
