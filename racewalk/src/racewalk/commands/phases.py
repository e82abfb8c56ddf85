"""What a command is doing while nothing is found yet."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console


class Phases:
    """Shows what is under way: on a terminal in one line that moves, elsewhere a line for each.

    Args:
        console: where.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("")

    def __enter__(self) -> Phases:
        self._status.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._status.stop()

    def begin(self, phase: str) -> None:
        """Show a phase, such as 'Starting the application'."""
        if self._console.is_terminal:
            self.update(f"{phase} ...")
        else:
            self._console.print(f"{phase} ...", markup=False, soft_wrap=True)

    def update(self, text: str) -> None:
        """Show how far a phase has come; on a terminal only."""
        self._status.update(text)
