"""The causes of silent misses, planted anew: each takes one mend out of the reduction.

A mutant is a patch of what reads statements, for as long as a program is judged. `needs` says which
features a program has to have to meet it, so that it is looked for where it can be.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from racewalk.commute import (
    calls,
    connection,
    dependence,
    effects,
    order,
    queries,
    schema,
    transactions,
)
from racewalk.commute.access import Access, Rows, Verb
from racewalk.commute.calls import Moment
from racewalk.commute.catalog import Catalog
from racewalk.commute.followed import Followed
from racewalk.commute.tables import Tables
from racewalk.schedule.observer import Observer
from racewalk.schedule.record import Run
from racewalk.wire import statements
from support.languages import CODE, KEYS, PLAIN, UNTIMED, Language

Plant = Callable[[ExitStack], None]


@dataclass(frozen=True)
class Mutant:
    """One cause.

    Attributes:
        number: of the cause.
        name: what is taken for harmless.
        needs: features of which a program needs one of each set, in different requests.
        plant: makes the patches.
        prefer: further features that help it to show.
        language: of the programs in which it can show.
    """

    number: int
    name: str
    needs: tuple[frozenset[str], frozenset[str]]
    plant: Plant
    prefer: frozenset[str] = frozenset()
    language: Language = PLAIN

    @contextmanager
    def planted(self) -> Iterator[None]:
        """Judge with this mistake."""
        with ExitStack() as patches:
            self.plant(patches)
            yield


def _no_line(verb: Verb) -> Plant:
    """A line of the relation is missing."""

    def plant(patches: ExitStack) -> None:
        patches.enter_context(patch.dict(dependence._TABLE, {verb: frozenset()}))

    return plant


def _drawn_meets_nobody(patches: ExitStack) -> None:
    """A key that is drawn is not locked in its index."""
    from racewalk.commute.writes import _Write

    claim = _Write._claim

    def claimed(self: _Write, table: Any, unique: Any, given: Any, keys: Any) -> None:
        if not any(c in table.drawn and c not in given for c in unique.columns):
            claim(self, table, unique, given, keys)

    patches.enter_context(patch.object(_Write, "_claim", claimed))


def _told_by_any_condition(patches: ExitStack) -> None:
    """Rows under FOR KEY SHARE are told apart by what others may change."""

    def lock(self: queries.Query, table: Any, where: Any, mode: Any) -> None:
        self.found.accesses.add(Access(Verb.LOCK, Rows(table.name, frozenset(where.items())), mode))

    patches.enter_context(patch.object(queries.Query, "_lock", lock))


def _no_watch(patches: ExitStack) -> None:
    patches.enter_context(patch.object(transactions, "unread", lambda *_args: False))


def _only_triggers(kind: str) -> Plant:
    """Code of the application is looked for in triggers alone, and nobody watches."""

    def plant(patches: ExitStack) -> None:
        _no_watch(patches)
        make = schema._table

        def table(row: dict[str, Any], shared: Any) -> schema.Table:
            made = make(row, shared)
            if made.name != kind:
                return made
            return replace(made, busy=False, checks=(), defaults={})

        patches.enter_context(patch.object(schema, "_table", table))

    return plant


def _by_name(name: str) -> Plant:
    """A name of PostgreSQL's is PostgreSQL's, and nobody watches."""

    def plant(patches: ExitStack) -> None:
        _no_watch(patches)
        asked = Catalog.is_of_the_application

        def is_of_the_application(self: Catalog, called: str, arguments: int) -> bool:
            return called != name and asked(self, called, arguments)

        patches.enter_context(patch.object(Catalog, "is_of_the_application", is_of_the_application))
        volatile = Catalog.is_volatile
        patches.enter_context(
            patch.object(Catalog, "is_volatile", lambda c, n: n != name and volatile(c, n))
        )

    return plant


def _no_order(patches: ExitStack) -> None:
    """Nobody sees how rows lie."""
    learn = Tables.learn

    def learnt(self: Tables, about: str, name: str = "") -> None:
        if about != "order":
            learn(self, about, name)

    patches.enter_context(patch.object(Tables, "learn", learnt))


def _no_closings(patches: ExitStack) -> None:
    """The end of a connection is no event."""
    patches.enter_context(patch.object(Followed, "closings", lambda *_args: []))


def _one_connection(patches: ExitStack) -> None:
    """A request has one transaction at a time."""
    read = Followed.footprints

    def footprints(self: Followed, run: Run) -> Any:
        steps = tuple(replace(step, connection=0) for step in run.steps)
        return read(self, Run(run.choices, steps, run.answers, run.closings))

    patches.enter_context(patch.object(Followed, "footprints", footprints))


def _by_length(patches: ExitStack) -> None:
    """Binary values of an unknown type are integers where their length allows it."""
    layouts = {2: ">h", 4: ">i", 8: ">q"}
    decode = statements.decode

    def decoded(raw: bytes | None, oid: int, binary: bool) -> statements.Value:
        if raw is not None and binary and oid == 0 and len(raw) in layouts:
            return int(struct.unpack(layouts[len(raw)], raw)[0])
        return decode(raw, oid, binary)

    patches.enter_context(patch.object(statements, "decode", decoded))
    # What was read without the mistake would be remembered.
    executed: Any = statements._executed
    patches.enter_context(patch.object(statements, "_executed", executed.__wrapped__))


def _no_timeouts(patches: ExitStack) -> None:
    """No wait ends by a timeout."""
    patches.enter_context(patch.object(transactions, "timeouts", lambda *_args: (set(), set())))


def _no_looks(patches: ExitStack) -> None:
    """What is asked afterwards is all that is asked."""
    patches.enter_context(patch.object(effects, "looks", lambda *_args: frozenset()))


def _any_looks_the_same(patches: ExitStack) -> None:
    """Equal values look the same, whatever their type."""
    patches.enter_context(patch.object(order, "_is_exact", lambda *_args, **_kinds: True))


def _one_clock(patches: ExitStack) -> None:
    """The time is taken in one spelling."""
    patches.enter_context(patch.object(calls, "_MOMENT_WORDS", frozenset({"current_timestamp"})))


def _no_tables(patches: ExitStack) -> None:
    """What can be read holds no table."""
    rest = frozenset(Verb) - {Verb.END, Verb.ASK}
    patches.enter_context(patch.dict(dependence._TABLE, {Verb.ANYTHING: rest}))


def _keys_checked_at_once(patches: ExitStack) -> None:
    """A key that is checked later is none of the row's."""
    keys = property(
        lambda table: frozenset(c for u in table.uniques if not u.deferrable for c in u.columns)
    )
    patches.enter_context(patch.object(schema.Table, "key_columns", keys))


def _one_moment(patches: ExitStack) -> None:
    """Who takes the time of a statement takes none of its transaction's."""
    taken = connection.Connection._moments

    def moments(self: Any, effect: Any) -> set[Access]:
        if Moment.STATEMENT in effect.moments:
            return {Access(Verb.CLOCK)}
        return taken(self, effect)

    patches.enter_context(patch.object(connection.Connection, "_moments", moments))


def _nothing_put_off(patches: ExitStack) -> None:
    """A trigger that was put off does what its plans tell, and nothing else."""
    patches.enter_context(
        patch.object(connection.Connection, "_deferred", lambda _connection: set())
    )


def _needs(first: str, second: str) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(first.split(", ")), frozenset(second.split(", "))


INSERTS = "insert, insert returning"
PUTS = "put, take out"
WRITES = "update, update by itself, conditional update"
MUTANTS = (
    Mutant(1, "a generated key is a name", _needs(INSERTS, INSERTS), _no_line(Verb.DRAW)),
    Mutant(
        2,
        "a key that is drawn meets nobody",
        _needs(INSERTS, "insert by hand"),
        _drawn_meets_nobody,
    ),
    Mutant(3, "BEGIN takes no time", _needs("clock", "clock"), _no_line(Verb.CLOCK)),
    Mutant(
        4,
        "a row under FOR KEY SHARE keeps its values",
        _needs("for key share by a value", "nowait by a value, change and lock by it"),
        _told_by_any_condition,
        frozenset({"update"}),
    ),
    Mutant(5, "a CHECK calls nobody", _needs("check", PUTS), _only_triggers("guarded")),
    Mutant(6, "a DEFAULT calls nobody", _needs("default", PUTS), _only_triggers("filled")),
    Mutant(7, "a name of PostgreSQL's is its own", _needs("function", WRITES), _by_name("version")),
    Mutant(8, "an overload is PostgreSQL's", _needs("overload", WRITES), _by_name("upper")),
    Mutant(9, "rows have no order", _needs("look, limit, gather, number", "put"), _no_order),
    Mutant(
        10,
        "a connection ends unseen",
        _needs("CLOSE", "nowait"),
        _no_closings,
        frozenset({"BEGIN", "nowait", "look"}),
    ),
    Mutant(
        11,
        "a request has one connection",
        _needs("two connections", "nowait"),
        _one_connection,
        frozenset({"BEGIN", "update", "look"}),
    ),
    Mutant(12, "two bytes are a number", _needs("binary value", "by a code"), _by_length),
    Mutant(
        13,
        "a timeout ends nothing",
        _needs("short timeout", "nap"),
        _no_timeouts,
        frozenset({"BEGIN", "update"}),
    ),
    Mutant(
        14,
        "nobody looks at a time",
        _needs("youngest", f"{INSERTS}, BEGIN"),
        _no_looks,
        frozenset({"insert"}),
        UNTIMED,
    ),
    Mutant(
        15,
        "equal values look the same",
        _needs("put a number", "numbers in order, numbers in groups, the largest number"),
        _any_looks_the_same,
        frozenset({"put it otherwise"}),
        KEYS,
    ),
    Mutant(
        16,
        "LOCALTIMESTAMP is no clock",
        _needs("a clock in words", "a clock in words"),
        _one_clock,
    ),
    Mutant(
        17,
        "a reader holds no table",
        _needs("lock table nowait", "read a row, for update"),
        _no_tables,
        frozenset({"read a row"}),
    ),
    Mutant(
        18,
        "a key that is checked later is no key",
        _needs("a place", "lock a place"),
        _keys_checked_at_once,
        language=KEYS,
    ),
    Mutant(
        19,
        "transactions have no numbers",
        _needs("write and look who wrote last", "put"),
        _no_line(Verb.NUMBER),
    ),
    Mutant(
        20,
        "a trigger takes one time",
        _needs("a trigger takes the time", "a trigger takes the time, BEGIN"),
        _one_moment,
        language=CODE,
    ),
    Mutant(
        21,
        "a trigger that was put off draws nothing",
        _needs("a trigger draws later", "nextval, draws"),
        _nothing_put_off,
        language=CODE,
    ),
)
"""In the order of their numbers."""


def meets(mutant: Mutant, features: list[frozenset[str]]) -> bool:
    """Return whether two different requests have what a mutant needs."""
    first, second = mutant.needs
    return any(
        one & first and other & second
        for i, one in enumerate(features)
        for j, other in enumerate(features)
        if i != j
    )


__all__ = ["MUTANTS", "Mutant", "Observer", "meets"]
