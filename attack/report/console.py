"""The console that tables are printed on."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_PIPED_WIDTH = 132  # nothing wraps a file or a pipe


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line: exit code 1, which rich gives, is a verdict here.

        Raises:
            BrokenPipeError: always.
        """
        raise BrokenPipeError


def console(piped_width: int = _PIPED_WIDTH) -> Console:
    """Return a console as wide as the terminal, or `piped_width` columns where none is."""
    plain = _Console()
    return plain if plain.is_terminal else _Console(width=piped_width)


def progress(console: Console) -> Progress:
    """Return a progress bar that goes when all is done, and shows nothing where output is piped."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
