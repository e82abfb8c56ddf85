"""The console that tables are printed on."""

from rich.console import Console

_PIPED_WIDTH = 132  # nothing wraps a file or a pipe


def console(piped_width: int = _PIPED_WIDTH) -> Console:
    """Return a console as wide as the terminal, or `piped_width` columns where none is."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=piped_width)
