"""What is asked of a repair before anything races: that it is Python, and what it sends."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from attack.grade.bare import bare
from attack.grade.exercises import Rule
from attack.grade.stop import Failed
from attack.grade.trial import Fault
from racewalk import Run

_LOCKS = ("Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition")
_ALONE = (*_LOCKS, "threading", "hash")


def readable(source: bytes, longest: int) -> None:
    """Refuse what cannot be Python, before anything is started.

    Raises:
        Failed: it is too long, or no Python.
    """
    if len(source) > longest:
        raise Failed(Fault("does_not_load", f"The file is longer than {longest // 1024} KiB."))
    try:
        compile(source, "the repair", "exec", dont_inherit=True)
    except SyntaxError as error:
        raise Failed(Fault("does_not_load", f"Line {error.lineno}: {error.msg}.")) from None
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise Failed(Fault("does_not_load", f"{type(error).__name__}: {error}.")) from None


def of_one_process(source: bytes) -> bool:
    """Tell whether a repair names what each process has for itself, such as a lock."""
    nodes = list(ast.walk(ast.parse(source)))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return not (names.isdisjoint(_ALONE) and attributes.isdisjoint(_LOCKS))


def statements(run: Run, request: int) -> Iterator[tuple[str, str]]:
    """Yield what a request sent, statement by statement, in one line each.

    Each comes twice: without comments and texts, since what stands there does nothing, and whole.
    """
    for step in run.steps:
        if step.request == request:
            yield bare(step.sql), step.line


def broken_rule(rules: tuple[Rule, ...], stack: str, run: Run) -> Fault | None:
    """Return which rule the statements of a run's first request break, or None."""
    sent = list(statements(run, 0))
    for rule in rules:
        if rule.stack not in ("", stack):
            continue
        if rule.needs and not any(_found(rule.needs, told) for told, _ in sent):
            return Fault(rule.reason)
        if bad := [line for told, line in sent if rule.lacks and _found(rule.lacks, told)]:
            return Fault(rule.reason, f"It sent: {bad[0]}.")
        if rule.most and sum(_found(rule.counts, told) for told, _ in sent) > rule.most:
            return Fault(rule.reason)
    return None


def forbidden(run: Run) -> Fault | None:
    """Return what a run shows that no repair may do, or None."""
    for step in run.steps:
        if "pg_sleep" in step.line:
            return Fault("sleeps", f"It sent: {step.line}.")
        if step.error == "42501":
            return Fault("not_permitted", f"It sent: {step.line}.")
        if any(name == "client_min_messages" for name, _ in step.settings):
            return Fault("meddles", f"It sent: {step.line}.")  # nobody would hear who waits
    return None


def _found(pattern: str, line: str) -> bool:
    return re.search(pattern, line, re.IGNORECASE) is not None
