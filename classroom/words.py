"""What became of a job, in words for the student who asked."""

from collections.abc import Iterator
from typing import Any

from attack.counting import counted
from attack.grade.exercises import exercise
from classroom.queue import MOST_TRIES, Job


def title(job: Job) -> str:
    """Return what was asked for: 'attack no_lock on flask'."""
    what = job.asked.get("strategy") or f"exercise {job.asked.get('exercise')}"
    return f"{job.kind} {what} on {job.asked.get('stack')}"


def standing(job: Job, before: int) -> str:
    """Return where a job stands that is not done yet.

    Args:
        job: the job.
        before: how many of its kind come first.
    """
    if job.state == "running":
        return f"{title(job)}: it runs now"
    place = f"{before} before you" if before else "you are next"
    return f"{title(job)}: waits, {place}"


def lines(job: Job) -> Iterator[str]:
    """Yield what came of a job that is over."""
    if job.state == "cut":
        yield f"{title(job)}: cut short {MOST_TRIES} times, and not tried again. Ask anew."
        return
    told = job.outcome or {}
    if "failed" in told:
        yield f"{title(job)}: not done: {told['failed']}"
    elif job.kind == "attack":
        yield f"{title(job)}:"
        yield from (f"  {line}" for row in told.get("rows", []) for line in _row(row))
    else:
        yield from _graded(job, told)


def _row(row: dict[str, Any]) -> Iterator[str]:
    payouts = ", ".join(map(str, row["payouts"]))
    yield (
        f"{row['place']}: {row['words']}. {counted(row['requests'], 'request')} for "
        f"{row['amount']} each on {row['start']}: paid {payouts}, right were {row['right']}."
    )
    if row["reason"]:
        yield f"  {row['reason']}"
    if row["conflicts"]:
        yield f"  Given up with 503: {counted(row['conflicts'], 'request')}."
    if row["others"]:
        yield f"  Money of others changed: {', '.join(row['others'])}. Tell the teacher."


def _graded(job: Job, told: dict[str, Any]) -> Iterator[str]:
    if told["solved"]:
        yield f"{title(job)}: solved. {told['said']}"
        task = exercise(int(job.asked["exercise"]))
        yield from (f"  What held it: {sentence}" for sentence in told.get("held", ()))
        yield f"  One way that works: {' '.join(task.holds.split())}"
        yield from (f"  Others tried: {other.what}: {other.came}" for other in task.others)
        return
    yield f"{title(job)}: not yet ({told['reason']})."
    yield f"  {' '.join(told['said'].split())}"
    example = told["counterexample"] or {}
    if "steps" in example:
        yield f"  {example['trial']}:"
        for step in example["steps"]:
            facts = "".join(f"; {fact}" for fact in step["facts"])
            yield f"    {step['request']}  {' '.join(step['text'].split())}{facts}"
