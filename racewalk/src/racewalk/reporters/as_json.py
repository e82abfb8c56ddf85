"""What was found, for programs; docs/scenarios.md tells the fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from racewalk.scenario.verdicts import Found
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run


def as_json(found: Sequence[Found]) -> dict[str, Any]:
    """Return all races as a JSON object."""
    return {"races": [_race(each) for each in found]}


def _race(found: Found) -> dict[str, Any]:
    certificate, reduction = found.certificate, found.certificate.reduction
    smallest = certificate.smallest
    return {
        "name": found.written.name,
        "verdict": found.verdict,
        "reason": found.reason,
        "expected": found.written.expected,
        "requests": certificate.requests,
        "schedules": certificate.schedules,
        "unsafe": certificate.unsafe,
        "classes": reduction.classes if reduction else None,
        "unsafe_classes": reduction.unsafe_classes if reduction else None,
        "runs": certificate.runs,
        "remembered": certificate.remembered,
        "exhausted": certificate.exhausted and not certificate.vacuous,
        "preemptions": found.bound,
        "seconds": round(certificate.seconds, 3),
        "hash": certificate.hash,
        "by_preemptions": {
            str(number): list(both) for number, both in sorted(certificate.by_preemptions.items())
        },
        "failed": certificate.failed,
        "errors": dict(sorted(certificate.errors.items())),
        "serial": found.is_serial,
        "ignored": list(certificate.masked),
        "approximated": dict(certificate.approximated),
        "counterexample": _counterexample(*smallest) if smallest else None,
    }


def _counterexample(run: Run, outcome: Outcome) -> dict[str, Any]:
    return {
        "schedule": str(run.schedule),
        "preemptions": run.preemptions,
        "steps": [{"request": step.request, "sql": step.line} for step in run.steps],
        "broken": list(outcome.violations),
        "facts": outcome.facts.plain(),
    }
