"""The catalogue as its readers see it."""

import ast
import re
from typing import get_args

import pytest

from attack import targets
from shared_db import catalogue
from shared_db.catalogue import Case, Explored, Setting, strategies
from shared_db.paths import CHECKOUT

SETTINGS: tuple[Setting, ...] = get_args(Setting)
STACKS = targets.load().stacks
BOTH = {"flask": "held", "django": "exploited"}


def case(**entry: object) -> Case:
    """Return the case of an entry of the file."""
    return catalogue._case(dict(entry))


def test_one_verdict_is_expected_of_every_stack() -> None:
    held = case(expected="held")
    assert held.stacks == STACKS
    assert {held.expected_on(stack) for stack in STACKS} == {"held"}
    assert not held.stacks_differ


def test_a_verdict_for_each_stack() -> None:
    differing = case(expected=dict(BOTH), name="x")
    assert {stack: differing.expected_on(stack) for stack in STACKS} == BOTH
    assert differing.stacks_differ


def test_a_case_of_one_stack() -> None:
    alone = case(expected={"django": "exploited"}, atomic_requests=True)
    assert alone.stacks == ("django",)
    assert not alone.stacks_differ
    with pytest.raises(KeyError):
        alone.expected_on("flask")


def test_what_is_explored_follows_from_the_attack_unless_it_is_told() -> None:
    plain = case(expected=dict(BOTH))
    assert [plain.explored_on("django", setting) for setting in SETTINGS] == [
        "unsafe",
        "unsafe",
        "safe",
    ]
    assert [plain.explored_on("flask", setting) for setting in SETTINGS] == ["safe"] * 3
    told = case(expected="exploited", explored={"all": {"flask": "safe"}, "users": "aborts"})
    assert [told.explored_on("flask", each) for each in SETTINGS] == ["unsafe", "safe", "aborts"]
    assert [told.explored_on("django", each) for each in SETTINGS] == ["unsafe", "unsafe", "aborts"]


def test_numbers_count_up_and_slugs_are_unique() -> None:
    assert [each.number for each in strategies()] == list(range(1, len(strategies()) + 1))
    assert len({each.slug for each in strategies()}) == len(strategies())


@pytest.mark.parametrize("strategy", strategies(), ids=lambda each: each.slug)
def test_an_entry_is_whole(strategy: catalogue.Strategy) -> None:
    assert strategy.cases
    assert len({case.name for case in strategy.cases}) == len(strategy.cases)
    assert bool(strategy.holds) == (strategy.kind == "defence")
    for case in strategy.cases:
        assert set(case.stacks) <= set(STACKS)
        assert case.workers or not case.atomic_requests
        verdicts = {case.expected_on(stack) for stack in case.stacks}
        assert verdicts <= {"exploited", "held", "starved"}
        assert strategy.kind != "defence" or verdicts == {"held"}
        for (stack, setting), found in case.explored:
            assert (stack in case.stacks, setting in SETTINGS) == (True, True)
            assert found in get_args(Explored)


LOCK = re.compile(r"FOR (NO KEY )?UPDATE")
NO_KEY = re.compile(r"key_share.*True|no_key=True")


@pytest.mark.parametrize("stack", STACKS)
def test_the_lock_that_is_named_is_the_one_that_is_sent(stack: str) -> None:
    for strategy in strategies():
        source = (CHECKOUT / f"{stack}_app" / "strategies" / f"{strategy.slug}.py").read_text()
        docstring = str(ast.get_docstring(ast.parse(source)))
        code = source.replace(docstring, "")
        named = LOCK.search(f"{strategy.how} {docstring}")
        if named and "for_update" in code:
            assert bool(named[1]) == bool(NO_KEY.search(code)), strategy.slug
