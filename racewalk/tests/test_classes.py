"""Classes on PostgreSQL: the counts that are known, and brute force as the oracle."""

from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings

from racewalk.schedule.observer import Observer
from racewalk.schedule.runner import LiveRunner
from support.cells import Cells
from support.labs import Database, MakeLab
from support.model import Model
from support.oracle import agree, brute_force, every_schedule, one_per_class
from support.programs import Op, Program, programs
from support.readers import PAIRS, reader_of
from support.withdrawals import SCRIPTS

CLASSES = {
    "autocommit": (6, 4),
    "transaction": (6, 4),
    "row_lock": (6, 0),
    "conditional_update": (4, 0),
    "serializable": (14, 0),
}
"""Of two requests: classes, unsafe ones."""
CLASSES_OF_THREE = {
    "autocommit": (702, 684, 63, 60),
    "transaction": (48_540, 47_640, 57, 54),
    "row_lock": (2_682, 0, 54, 0),
    "conditional_update": (1_926, 0, 30, 0),
}
"""Of three: schedules, unsafe ones, classes, unsafe ones."""


@pytest.mark.parametrize("name", CLASSES)
def test_classes_of_two(make_lab: MakeLab, observer: Observer, name: str) -> None:
    lab = make_lab([SCRIPTS[name]] * 2)
    certificate = agree(lab, 2, lambda: reader_of(observer))
    found = certificate.reduction
    assert found
    assert (found.classes, found.unsafe_classes) == CLASSES[name]
    assert not found.unreadable
    smallest = brute_force(lab).smallest
    assert bool(smallest) == bool(certificate.smallest)
    if smallest and certificate.smallest:
        assert certificate.smallest[0].preemptions == smallest[0].preemptions
        assert len(certificate.smallest[0].steps) == len(smallest[0].steps)


@pytest.mark.parametrize("name", CLASSES_OF_THREE)
def test_classes_of_three(make_lab: MakeLab, observer: Observer, name: str) -> None:
    certificate = one_per_class(make_lab([SCRIPTS[name]] * 3), 3, reader_of(observer))
    assert certificate.exhausted
    assert certificate.reduction
    found = (certificate.reduction.classes, certificate.reduction.unsafe_classes)
    assert (certificate.schedules, certificate.unsafe, *found) == CLASSES_OF_THREE[name]


@pytest.mark.acceptance
@pytest.mark.parametrize("name", ["autocommit", "row_lock", "conditional_update"])
def test_brute_force_agrees_of_three(make_lab: MakeLab, observer: Observer, name: str) -> None:
    agree(make_lab([SCRIPTS[name]] * 3), 3, lambda: reader_of(observer))


def on_postgresql(database: Database, observer: Observer, drawn: Sequence[Program]) -> None:
    """Check reduced search and brute force on the database."""
    target = Cells(observer, database.superuser, drawn)
    with LiveRunner(target, observer, database.address, patience=5.0) as lab:
        agree(lab, len(drawn), lambda: reader_of(observer))


BEGINS = (None, "begin", "begin repeatable read", "begin serializable")
SOME = (programs(BEGINS, 2), programs(BEGINS, 2))


@pytest.mark.acceptance
@given(*SOME)
@settings(max_examples=100, deadline=None)
@example(
    Program(None, (Op("session lock", 2), Op("lock", 1))),
    Program("begin", (Op("lock", 1), Op("advisory", 2))),
)
@example(
    Program(None, (Op("session lock", 1), Op("session lock", 1))),
    Program(None, (Op("advisory", 1),)),
)
def test_programs_on_postgresql(
    database: Database, observer: Observer, first: Program, second: Program
) -> None:
    on_postgresql(database, observer, (first, second))


@pytest.mark.acceptance
@given(PAIRS)
@settings(max_examples=60, deadline=None)
def test_the_model_is_right(
    database: Database, observer: Observer, pair: tuple[Program, ...]
) -> None:
    """The model leads to the outcomes that PostgreSQL leads to."""
    target = Cells(observer, database.superuser, pair)
    with LiveRunner(target, observer, database.address, patience=5.0) as lab:
        for run, outcome in every_schedule(Model(pair)):
            assert lab.run(run.schedule)[1] == outcome
