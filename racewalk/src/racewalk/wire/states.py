"""Where a connection stands, and what moves it: one table, from which this picture is drawn.

    OPENING   ready     → IDLE
    IDLE      step      → HELD
    IDLE      noise     → PASSING
    HELD      released  → RUNNING
    RUNNING   ready     → IDLE
    RUNNING   parsed    → PREPARED
    RUNNING   failed    → PASSING
    PREPARED  bound     → RUNNING
    PREPARED  other     → IDLE
    PASSING   ready     → IDLE
    any       left      → CLOSING
    any       gone      → CLOSED

A driver that prepares on its own sends Parse, waits, then sends Bind and Execute. Both make one
step: the first is held, and once released lets the second follow at once, for parsing takes locks
and may take the snapshot, and the step must happen in one place. In between the connection is
PREPARED. What a client sent behind a statement that failed, up to its Sync, the server drops; it
passes.
"""

from __future__ import annotations

from typing import Final

from racewalk.words import Word


class LinkState(Word):
    """Where a connection stands."""

    OPENING = "opening"
    IDLE = "idle"
    HELD = "held"
    RUNNING = "running"
    PREPARED = "prepared"
    PASSING = "passing"
    CLOSING = "closing"
    CLOSED = "closed"


SET_UP: Final = frozenset({LinkState.OPENING, LinkState.PASSING})
"""Where the client waits for the server's answer to what is no step."""


class Signal(Word):
    """What moves a connection from one state to the next."""

    READY = "ready"
    STEP = "step"
    NOISE = "noise"
    RELEASED = "released"
    PARSED = "parsed"
    FAILED = "failed"
    BOUND = "bound"
    OTHER = "other"
    LEFT = "left"
    GONE = "gone"


MOVES: Final[dict[tuple[LinkState, Signal], LinkState]] = {
    (LinkState.OPENING, Signal.READY): LinkState.IDLE,
    (LinkState.IDLE, Signal.STEP): LinkState.HELD,
    (LinkState.IDLE, Signal.NOISE): LinkState.PASSING,
    (LinkState.HELD, Signal.RELEASED): LinkState.RUNNING,
    (LinkState.RUNNING, Signal.READY): LinkState.IDLE,
    (LinkState.RUNNING, Signal.PARSED): LinkState.PREPARED,
    (LinkState.RUNNING, Signal.FAILED): LinkState.PASSING,
    (LinkState.PREPARED, Signal.BOUND): LinkState.RUNNING,
    (LinkState.PREPARED, Signal.OTHER): LinkState.IDLE,
    (LinkState.PASSING, Signal.READY): LinkState.IDLE,
}
ENDS: Final = {Signal.LEFT: LinkState.CLOSING, Signal.GONE: LinkState.CLOSED}
"""What ends a connection, wherever it stands."""


def after(state: LinkState, signal: Signal) -> LinkState:
    """Return the state that a signal leads to.

    Raises:
        RuntimeError: the table has no such move.
    """
    found = MOVES.get((state, signal)) or ENDS.get(signal)
    if found is None:
        raise RuntimeError(f"{signal.value} on a connection that is {state.value}")
    return found


def picture() -> str:
    """Return the table as text, one move a line."""
    moves = [(state.name, signal, there) for (state, signal), there in MOVES.items()]
    moves += [("any", signal, there) for signal, there in ENDS.items()]
    lines = (f"    {state:<9} {signal.value:<9} → {there.name}" for state, signal, there in moves)
    return "\n".join(lines)
