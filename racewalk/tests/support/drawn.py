"""Programs that nobody thought of, drawn by number: the grammar that applications use.

A seed says the program, on every machine. hypothesis is not used here, though it is at hand: its
examples hang on its version and on what it kept, and it shrinks by running anew what was drawn
before, where brute force takes seconds a time. `random.Random(seed)` and `shrink` do in forty
lines what is needed, and a program that was found is plain text to keep.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from racewalk.targets.session import Query
from support.languages import PLAIN, Language
from support.trials import CLOSE, On, Said

_IN_A_TRANSACTION = frozenset(
    {
        *("savepoint", "rollback to", "release", "short timeout", "nap", "a level", "chain"),
        *("cursor", "cursor for update", "lock table", "lock table nowait"),
        *("check later", "check now", "and now"),
    }
)

_PREFERRED = 5 / 6
"""Share of what is drawn from the preferred features, where there are any."""
BEGINS = (
    *(None, None, "BEGIN", "BEGIN", "BEGIN"),
    *("BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN ISOLATION LEVEL SERIALIZABLE"),
)
ENDS = ("COMMIT", "COMMIT", "COMMIT", "ROLLBACK", "CLOSE")
TWO = "two connections"
Features = frozenset[str]
ANY: Features = frozenset()
_Name = TypeVar("_Name", bound=str | None)


@dataclass(frozen=True)
class Program:
    """What one request does.

    Attributes:
        begin: how its transaction begins, or None for autocommit.
        steps: features of a language, each with its SQL.
        end: 'COMMIT', 'ROLLBACK' or 'CLOSE', where there is a transaction.
        second: the places of the steps that go on a second connection.
    """

    begin: str | None
    steps: tuple[tuple[str, str], ...]
    end: str = "COMMIT"
    second: frozenset[int] = frozenset()

    @property
    def features(self) -> frozenset[str]:
        """What it uses."""
        found = {name for name, _ in self.steps}
        if self.begin:
            found |= {self.begin, self.end}
        return frozenset(found | ({TWO} if self.second else set()))

    @property
    def said(self) -> tuple[Said, ...]:
        """Its statements in order."""
        said: list[Said] = [self.begin] if self.begin else []
        for index, (_, sql) in enumerate(self.steps):
            for each in sql.split(" ;; "):
                text, _, value = each.partition(" -- ")
                query: Query = (text, (value.encode(),)) if value else text
                said.append(On(1, query) if index in self.second else query)
        if self.begin:
            # a close is no step: what others do before it comes before the step ahead of it
            said += ["SELECT 2", CLOSE] if self.end == "CLOSE" else [self.end]
        return tuple(said)


Programs = tuple[Program, ...]


def draw(
    seed: int, prefer: tuple[Features, Features] = (ANY, ANY), language: Language = PLAIN
) -> Programs:
    """Return the programs of a seed: two clients, or now and then three.

    Args:
        seed: any number.
        prefer: features that most of what each of two clients says is taken from, another one
            each time. Who prefers some says two things: enough for most mistakes to show, and
            few enough for brute force to be short.
        language: what they may say.
    """
    random = Random(seed)  # noqa: S311 - it says what is drawn, and keeps no secret
    if random.random() < 0.15:
        lengths = [random.choice((1, 1, 2)) for _ in "abc"]
        each = (*prefer, prefer[0] | prefer[1])
        return tuple(
            _program(random, (None,), range(1, most + 1), wanted, language)
            for most, wanted in zip(lengths, each, strict=True)
        )
    lengths = [random.choice((1, 2, 3)) for _ in "ab"]
    return tuple(
        _program(random, BEGINS, (2,) if wanted else range(1, most + 1), wanted, language)
        for most, wanted in zip(lengths, prefer, strict=True)
    )


def _program(
    random: Random,
    begins: Sequence[str | None],
    lengths: Sequence[int],
    prefer: Features,
    language: Language,
) -> Program:
    def choose(names: Sequence[_Name], said: Sequence[str] = ()) -> _Name:
        wanted = [name for name in names if name in prefer and name not in said]
        return random.choice(wanted if wanted and random.random() < _PREFERRED else names)

    begin = choose(begins)
    names = [name for name in language.grammar if begin or name not in _IN_A_TRANSACTION]
    chosen: list[str] = []
    for _ in range(random.choice(lengths)):
        chosen.append(choose(names, said=chosen))
    if "rollback to" in chosen and "savepoint" not in chosen:
        chosen.insert(0, "savepoint")
    values: dict[str, object] = {"k": random.choice((1, 1, 2)), "v": random.choice((1, 2, 3))}
    values |= {"c": random.choice("xyz"), "d": random.choice(("aa", "aa", "bb"))}
    steps = tuple((name, language.grammar[name].format(**values)) for name in chosen)
    share = 0.5 if TWO in prefer else 0.05
    second = frozenset(i for i in range(len(steps)) if random.random() < share)
    if _IN_A_TRANSACTION & set(chosen):
        second = frozenset()
    return Program(begin, steps, choose(ENDS), second)


def smaller(programs: Programs) -> Iterator[Programs]:
    """Yield what has a little less, the largest steps down first."""
    for index, program in enumerate(programs):
        if len(programs) > 2:
            yield programs[:index] + programs[index + 1 :]
        for at in range(len(program.steps)):
            if len(program.steps) > 1:
                steps = program.steps[:at] + program.steps[at + 1 :]
                kept = frozenset(i - (i > at) for i in program.second if i != at)
                yield _with(programs, index, Program(program.begin, steps, program.end, kept))
        if program.begin not in (None, "BEGIN"):
            yield _with(
                programs, index, Program("BEGIN", program.steps, program.end, program.second)
            )
        if program.begin:
            yield _with(programs, index, Program(None, program.steps, second=program.second))
        if program.second:
            yield _with(programs, index, Program(program.begin, program.steps, program.end))


def _with(programs: Programs, index: int, program: Program) -> Programs:
    return (*programs[:index], program, *programs[index + 1 :])


def shrink(programs: Programs, fails: Callable[[Programs], bool]) -> Programs:
    """Return programs that fail still, of which nothing can be left out."""
    while True:
        for less in smaller(programs):
            if fails(less):
                programs = less
                break
        else:
            return programs


def write(programs: Programs, why: str) -> str:
    """Return programs as text to keep."""
    told = [
        {"begin": p.begin, "steps": p.steps, "end": p.end, "second": sorted(p.second)}
        for p in programs
    ]
    return json.dumps({"why": why, "programs": told}, indent=2) + "\n"


def read(text: str) -> Programs:
    """Return programs that were kept."""
    return tuple(
        Program(
            each["begin"],
            tuple((name, sql) for name, sql in each["steps"]),
            each["end"],
            frozenset(each["second"]),
        )
        for each in json.loads(text)["programs"]
    )
